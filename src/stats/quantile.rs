//! Quantiles of non-negative integers in bounded memory.

/// Values kept as they are before the sketch becomes a histogram.
const EXACT: usize = 65_536;
/// Sub-buckets of one power of two: 2^11, so a bucket is at most 2^-11 of its values wide.
const SUB_BITS: u32 = 11;

/// Quantiles of `u64` values, usually nanoseconds.
///
/// Up to 65,536 values are kept and quantiles are exact. The next value turns them into a histogram
/// whose buckets widen with the value (as in HdrHistogram, Tene 2012): below 4096 each integer has its own,
/// above, a bucket is 2^-11 of its lower edge wide and answers with its middle, so a quantile is within
/// 2^-12 (0.025 %) of the exact one. The histogram holds at most 110,592 counts (864 KiB).
///
/// For a real quantity, scale it to an integer first (seconds to nanoseconds, a ratio to millionths).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QuantileSketch {
    count: u64,
    max: u64,
    min: u64,
    /// The values, as long as `buckets` is empty.
    values: Vec<u64>,
    /// Number of values in each bucket, up to the highest bucket in use.
    buckets: Vec<u64>,
}

impl QuantileSketch {
    /// Nothing recorded yet, nothing allocated.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes one value into account.
    #[inline]
    pub fn record(&mut self, x: u64) {
        self.min = if self.count == 0 { x } else { self.min.min(x) };
        self.max = self.max.max(x);
        self.count = self.count.saturating_add(1);
        if !self.buckets.is_empty() {
            self.tally(x);
        } else if self.values.len() < EXACT {
            self.values.push(x);
        } else {
            self.switch();
            self.tally(x);
        }
    }

    /// The smallest recorded x with `F(x) >= q`, F being the share of values at most x ("nearest rank", the inverse
    /// of the empirical distribution function; type 1 of Hyndman & Fan 1996).
    ///
    /// So `quantile(0.0)` is the minimum and `quantile(1.0)` the maximum, both exact. `None` without
    /// values, or where `q` is outside [0, 1].
    pub fn quantile(&self, q: f64) -> Option<u64> {
        let rank = nearest_rank(q, self.count)?;
        if rank == self.count {
            return Some(self.max);
        }
        if self.buckets.is_empty() {
            let mut values = self.values.clone();
            let place = usize::try_from(rank - 1).ok().filter(|&i| i < values.len())?;
            return Some(*values.select_nth_unstable(place).1);
        }
        let mut below = 0u64;
        let bucket = self.buckets.iter().position(|&n| {
            below = below.saturating_add(n);
            below >= rank
        })?;
        Some(middle_of(bucket).clamp(self.min, self.max))
    }

    /// [`quantile`](Self::quantile) of many shares at once, in one pass over the sorted values; empty without values.
    ///
    /// `shares` must rise; one that falls or is outside [0, 1] has the quantile of the largest share before it.
    pub fn quantiles(&self, shares: &[f64]) -> Vec<u64> {
        let mut sorted = self.values.clone();
        sorted.sort_unstable();
        // (bucket, values up to its end), moved on by rising ranks.
        let (mut bucket, mut below) = (0usize, self.buckets.first().copied().unwrap_or(0));
        let mut last = self.min;
        let mut at = |rank: u64| {
            if rank == self.count {
                return self.max;
            }
            if self.buckets.is_empty() {
                return usize::try_from(rank - 1).ok().and_then(|i| sorted.get(i)).map_or(self.max, |&x| x);
            }
            while below < rank && bucket + 1 < self.buckets.len() {
                bucket += 1;
                below = below.saturating_add(self.buckets.get(bucket).copied().unwrap_or(0));
            }
            middle_of(bucket).clamp(self.min, self.max)
        };
        let mut found = Vec::with_capacity(shares.len());
        for &share in shares.iter().filter(|_| self.count > 0) {
            last = nearest_rank(share, self.count).map_or(last, &mut at).max(last);
            found.push(last);
        }
        found
    }

    /// Number of values.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Largest value, exact; `None` without values.
    pub fn max(&self) -> Option<u64> {
        (self.count > 0).then_some(self.max)
    }

    /// True while quantiles are those of the values themselves.
    pub fn is_exact(&self) -> bool {
        self.buckets.is_empty()
    }

    /// Forgets everything: the end of a warm-up.
    pub fn clear(&mut self) {
        self.values.clear();
        self.buckets.clear();
        (self.count, self.max, self.min) = (0, 0, 0);
    }

    /// Moves the values into the histogram.
    #[cold]
    fn switch(&mut self) {
        for x in std::mem::take(&mut self.values) {
            self.tally(x);
        }
    }

    #[inline]
    fn tally(&mut self, x: u64) {
        let bucket = bucket_of(x);
        if bucket >= self.buckets.len() {
            self.buckets.resize(bucket + 1, 0);
        }
        if let Some(n) = self.buckets.get_mut(bucket) {
            *n = n.saturating_add(1);
        }
    }
}

/// The rank k, counted from 1, of the smallest of `n` sorted values with `k/n >= q`.
///
/// Compared as `k/n >= q` rather than by rounding `q * n` up, so that 0.07 of 100 is rank 7, although
/// the product is a hair above 7. `None` where `n` is 0 or `q` outside [0, 1].
pub fn nearest_rank(q: f64, n: u64) -> Option<u64> {
    if n == 0 || !(0.0..=1.0).contains(&q) {
        return None;
    }
    let reaches = |k: u64| k as f64 / n as f64 >= q;
    let guess = ((q * n as f64).ceil() as u64).clamp(1, n);
    if guess > 1 && reaches(guess - 1) {
        Some(guess - 1)
    } else if guess < n && !reaches(guess) {
        Some(guess + 1)
    } else {
        Some(guess)
    }
}

/// The bucket of `x`: the value itself below 4096; above, 2048 buckets for each power of two.
#[inline]
fn bucket_of(x: u64) -> usize {
    let shift = (63 - (x | 1).leading_zeros()).saturating_sub(SUB_BITS);
    ((shift as usize) << SUB_BITS) + (x >> shift) as usize
}

/// The middle of a bucket, half a width at most from any of its values.
fn middle_of(bucket: usize) -> u64 {
    let shift = ((bucket >> SUB_BITS) as u32).saturating_sub(1);
    let low = ((bucket - ((shift as usize) << SUB_BITS)) as u64) << shift;
    low + ((1u64 << shift) >> 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The definition, word for word.
    fn by_definition(values: &[u64], q: f64) -> u64 {
        let mut sorted = values.to_vec();
        sorted.sort_unstable();
        let n = sorted.len() as f64;
        let share = |x: u64| sorted.iter().filter(|&&v| v <= x).count() as f64 / n;
        *sorted.iter().find(|&&x| share(x) >= q).unwrap()
    }

    fn sketch(values: impl IntoIterator<Item = u64>) -> QuantileSketch {
        let mut s = QuantileSketch::new();
        values.into_iter().for_each(|x| s.record(x));
        s
    }

    #[test]
    fn worked_example() {
        // Nearest ranks of five values: 1st for 0.05 to 0.2, 2nd for 0.3 and 0.4, 3rd for 0.5, 5th for 1.
        let s = sketch([50, 15, 40, 20, 35]);
        let found = [0.0, 0.05, 0.3, 0.4, 0.5, 1.0].map(|q| s.quantile(q));
        assert_eq!(found, [15, 15, 20, 20, 35, 50].map(Some));
        assert_eq!((s.count(), s.max()), (5, Some(50)));
    }

    #[test]
    fn many_quantiles_at_once_are_those_one_by_one() {
        let shares: Vec<f64> = (0..=1000).map(|k| f64::from(k) / 1000.0).collect();
        let few = sketch([50, 15, 40, 20, 35]);
        let many = sketch((0..200_000u64).map(|x| x * x % 1_000_003));
        assert!(few.is_exact() && !many.is_exact());
        for sketch in [few, many] {
            let one_by_one: Vec<u64> = shares.iter().filter_map(|&q| sketch.quantile(q)).collect();
            assert_eq!(sketch.quantiles(&shares), one_by_one);
        }
        assert!(sketch([]).quantiles(&shares).is_empty());
    }

    #[test]
    fn decimal_shares_meet_their_ranks() {
        for percent in 1..=100 {
            assert_eq!(nearest_rank(f64::from(percent) / 100.0, 100), Some(u64::from(percent as u32)));
        }
        assert_eq!(nearest_rank(0.99, 1_000_000_000), Some(990_000_000));
    }

    #[test]
    fn refusals() {
        assert_eq!(sketch([]).quantile(0.5), None);
        for q in [f64::NAN, -0.1, 1.1, f64::INFINITY] {
            assert_eq!(sketch([1]).quantile(q), None);
        }
    }

    #[test]
    fn buckets_are_contiguous_and_narrow() {
        // Each bucket of the whole range: its neighbours touch, and its middle is within 2^-12.
        let edges = (0..64u32).flat_map(|e| [1u64 << e, (1u64 << e) + 1, (1u64 << e) - 1, (3u64 << e) >> 1]);
        for x in edges.chain(0..10_000).chain([u64::MAX]) {
            let bucket = bucket_of(x);
            let next = bucket_of(x.saturating_add(1));
            assert!(next == bucket || next == bucket + 1, "{x}");
            let middle = middle_of(bucket);
            assert!(middle.abs_diff(x) as f64 <= x as f64 / 4096.0, "{x} is answered by {middle}");
            assert!(x >= 4096 || middle == x);
        }
        assert_eq!(bucket_of(u64::MAX), 110_591);
    }

    #[test]
    fn the_switch_keeps_what_was_recorded() {
        // 0..70,000 scaled by 1000: quantile q is rank 70,000 q, that is value 1000 (rank - 1).
        let s = sketch((0..70_000u64).rev().map(|x| x * 1000));
        assert!(!s.is_exact() && sketch(0..65_536).is_exact());
        for (q, exact) in [(0.01, 699_000.0), (0.5, 34_999_000.0), (0.99, 69_299_000.0)] {
            let found = s.quantile(q).unwrap() as f64;
            assert!((found - exact).abs() <= exact / 4096.0, "{found} for {exact}");
        }
        assert_eq!((s.quantile(0.0), s.quantile(1.0)), (Some(0), Some(69_999_000)));
        let mut cleared = s;
        cleared.clear();
        assert_eq!(cleared, QuantileSketch::new());
    }

    #[test]
    fn small_values_stay_exact_after_the_switch() {
        let s = sketch((0..200_000u64).map(|x| x % 4096));
        // 200,000 = 48 * 4096 + 3392: values below 3392 come 49 times, so the 100,000th is 100,000/49 = 2040.8.
        assert_eq!(s.quantile(0.5), Some(2040));
    }

    proptest! {
        #[test]
        fn exact_mode_is_the_definition(values in prop::collection::vec(0..50u64, 1..60), q in 0.0..=1.0f64) {
            prop_assert_eq!(sketch(values.clone()).quantile(q), Some(by_definition(&values, q)));
        }

        #[test]
        fn histogram_mode_is_near_the_definition(values in prop::collection::vec(any::<u64>(), 1..60), q in 0.0..=1.0f64) {
            let mut s = sketch(values.clone());
            s.switch();
            let exact = by_definition(&values, q);
            prop_assert!(s.quantile(q).unwrap().abs_diff(exact) as f64 <= exact as f64 / 4096.0);
        }
    }
}
