//! An interval from one long run: batch means.

use statrs::distribution::{ContinuousCDF, Normal};

use super::{Interval, Moments, mean_interval};

/// Level of the test whether batch means are dependent: it is wrong about independent ones so often.
pub const DEPENDENCE_TEST: f64 = 0.05;

/// What the batches of one run say.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BatchMeans {
    /// Interval of the mean, with one degree of freedom less than there are batches.
    pub interval: Interval,
    /// Autocorrelation of neighbouring batch means, in [-1, 1]; 0 where all are equal.
    pub lag1: f64,
    /// Whether the test finds the batch means dependent: then the batches are too short, and the interval too.
    pub is_dependent: bool,
}

/// The interval of nonoverlapping batch means (Law, Simulation Modeling and Analysis, section 9.5.3).
///
/// `means` are the means of batches of equal size in their order, 20 to 40 of them (Schmeiser 1982). They are
/// taken for independent, which von Neumann's ratio tests (Fishman, Management Science 24, 1978): under
/// independence `C = 1 − Σ (y_j − y_{j+1})² / (2 Σ (y_j − mean)²)` is about normal with mean 0 and variance `(b −
/// 2) / (b² − 1)`; they are told dependent where C is above the upper 5 % point. Only positive dependence makes an
/// interval too short, so only that is tested.
///
/// `None` with fewer than 3 batches, or where [`mean_interval`] has no answer.
pub fn batch_means(means: &[f64], level: f64) -> Option<BatchMeans> {
    if means.len() < 3 {
        return None;
    }
    let interval = mean_interval(means, level)?;
    let moments: Moments = means.iter().copied().collect();
    let squares = moments.variance()? * (moments.count() - 1) as f64;
    if squares == 0.0 {
        return Some(BatchMeans { interval, lag1: 0.0, is_dependent: false });
    }
    let pairs = || means.iter().zip(means.iter().skip(1));
    let products: f64 = pairs().map(|(a, b)| (a - interval.mean) * (b - interval.mean)).sum();
    let steps: f64 = pairs().map(|(a, b)| (a - b) * (a - b)).sum();
    let ratio = 1.0 - steps / (2.0 * squares);
    let count = means.len() as f64;
    let deviation = ((count - 2.0) / (count * count - 1.0)).sqrt();
    let point = Normal::new(0.0, 1.0).ok()?.inverse_cdf(1.0 - DEPENDENCE_TEST);
    Some(BatchMeans { interval, lag1: products / squares, is_dependent: ratio > point * deviation })
}

/// Means of batches of equal size over a sequence of unknown length, in bounded memory.
///
/// Keeps at most 32 small batches for each one that is wanted; where they are full, neighbours are joined in pairs
/// and all batches are twice as long from then on. At the end as many small batches make one wanted batch as there
/// can be; what is left over, at most a 16th, is dropped from the beginning, where a transient may linger.
#[derive(Clone, Debug)]
pub struct Batches {
    wanted: usize,
    /// Values in each small batch.
    size: u64,
    sums: Vec<f64>,
    open: f64,
    in_open: u64,
}

/// Small batches for each wanted one before they are joined in pairs.
const FINENESS: usize = 32;

impl Batches {
    /// Nothing recorded; `wanted` batches in the end, at least 1.
    pub fn new(wanted: u32) -> Self {
        Self { wanted: wanted.max(1) as usize, size: 1, sums: Vec::new(), open: 0.0, in_open: 0 }
    }

    /// Takes the next value.
    pub fn record(&mut self, x: f64) {
        self.open += x;
        self.in_open += 1;
        if self.in_open < self.size {
            return;
        }
        self.sums.push(std::mem::take(&mut self.open));
        self.in_open = 0;
        if self.sums.len() == FINENESS * self.wanted {
            self.sums = self.sums.chunks_exact(2).map(|pair| pair.iter().sum()).collect();
            self.size = self.size.saturating_mul(2);
        }
    }

    /// Forgets everything: the end of a warm-up.
    pub fn clear(&mut self) {
        *self = Self::new(u32::try_from(self.wanted).unwrap_or(u32::MAX));
    }

    /// The means of the wanted number of batches, and how many values each is of; `None` with fewer values than
    /// batches.
    pub fn means(&self) -> Option<(Vec<f64>, u64)> {
        let joined = self.sums.len() / self.wanted;
        if joined == 0 {
            return None;
        }
        let values = self.size.saturating_mul(joined as u64);
        let used = self.sums.get(self.sums.len() - joined * self.wanted..)?;
        Some((used.chunks_exact(joined).map(|part| part.iter().sum::<f64>() / values as f64).collect(), values))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By numpy and scipy from the definitions: mean 3.3583, half-width 0.386441 (t with 11 degrees), lag-1
    /// 0.300618, C = 0.37948. The bound is 1.644854 sqrt(10 / 143) = 0.434970.
    #[test]
    fn agrees_with_independent_code() {
        let y = [3.1, 2.7, 3.9, 4.2, 3.3, 2.8, 2.9, 3.6, 4.4, 3.8, 3.0, 2.6];
        let b = batch_means(&y, 0.95).unwrap();
        assert!((b.interval.mean - 3.358_333_333).abs() < 1e-9);
        assert!((b.interval.half_width - 0.386_440_725).abs() < 1e-8);
        assert!((b.lag1 - 0.300_617_790).abs() < 1e-9);
        assert!(!b.is_dependent);
    }

    /// Ten equal values and then ten others: squares 20, one step of 2, C = 1 − 4/40 = 0.9, far above 1.645
    /// sqrt(18/399) = 0.349. Products: nine and nine of 1 and one of −1 make 17, so lag-1 is 0.85.
    #[test]
    fn one_long_swing_is_dependence() {
        let y: Vec<f64> = (0..20).map(|i| if i < 10 { 1.0 } else { 3.0 }).collect();
        let b = batch_means(&y, 0.95).unwrap();
        assert!((b.lag1 - 0.85).abs() < 1e-12 && b.is_dependent);
        // Values in turn are negatively dependent: the interval errs to the safe side.
        let turns: Vec<f64> = (0..20).map(|i| f64::from(i % 2)).collect();
        assert!(!batch_means(&turns, 0.95).unwrap().is_dependent);
    }

    #[test]
    fn equal_batches_are_exact() {
        let b = batch_means(&[2.0; 20], 0.95).unwrap();
        assert_eq!((b.interval.half_width, b.lag1, b.is_dependent), (0.0, 0.0, false));
        assert_eq!(batch_means(&[1.0, 2.0], 0.95), None);
        assert_eq!(batch_means(&[1.0, f64::NAN, 2.0], 0.95), None);
    }

    /// 1,000 numbers in 20 batches: 640 fill 32 times 20 and are joined to 320 pairs, the other 360 are 180 more;
    /// 500 pairs are 25 for each batch, so all are used and the first batch is 0..50 with mean 24.5.
    #[test]
    fn batches_are_of_equal_size_whatever_the_length() {
        let mut b = Batches::new(20);
        (0..1000).for_each(|i| b.record(f64::from(i)));
        let (means, size) = b.means().unwrap();
        assert_eq!((means.len(), size), (20, 50));
        for (i, mean) in means.iter().enumerate() {
            assert_eq!(*mean, 24.5 + 50.0 * i as f64);
        }
        // 1,019 numbers: 509 whole pairs, still 25 for each; nine pairs are dropped from the beginning.
        (1000..1019).for_each(|i| b.record(f64::from(i)));
        let (means, size) = b.means().unwrap();
        assert_eq!((size, means[0]), (50, 18.0 + 24.5));
    }

    #[test]
    fn memory_is_bounded_and_little_is_dropped() {
        for n in [20u32, 39, 640, 641, 1279, 1280, 100_003] {
            let mut b = Batches::new(20);
            (0..n).for_each(|_| b.record(1.0));
            let (means, size) = b.means().unwrap();
            assert!(b.sums.len() <= 640 && means == [1.0; 20]);
            if n >= 640 {
                assert!(size * 20 * 16 >= u64::from(n) * 15, "{n}: {size}");
            }
        }
        let mut b = Batches::new(20);
        (0..19).for_each(|_| b.record(1.0));
        assert_eq!(b.means(), None);
        b.clear();
        assert_eq!((b.sums.len(), b.in_open), (0, 0));
    }
}
