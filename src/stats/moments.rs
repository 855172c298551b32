//! Running count, mean, variance and extremes.

/// Moments of a sequence in one pass and constant memory.
///
/// Mean and sum of squares are updated as in Welford (Technometrics 4, 1962), which does not lose the
/// variance of values that are large beside their spread; two halves are joined as in Chan, Golub &
/// LeVeque (1979). The order of the values changes the last digits, never more.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moments {
    count: u64,
    mean: f64,
    /// Sum of squared deviations from the mean.
    squares: f64,
    min: f64,
    max: f64,
}

impl Default for Moments {
    fn default() -> Self {
        Self { count: 0, mean: 0.0, squares: 0.0, min: f64::INFINITY, max: f64::NEG_INFINITY }
    }
}

impl Moments {
    /// Nothing recorded yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes one value into account. A NaN makes mean and variance NaN: check values at their source.
    #[inline]
    pub fn record(&mut self, x: f64) {
        self.count = self.count.saturating_add(1);
        let before = x - self.mean;
        self.mean += before / self.count as f64;
        self.squares += before * (x - self.mean);
        self.min = self.min.min(x);
        self.max = self.max.max(x);
    }

    /// Adds everything that `other` has recorded.
    pub fn merge(&mut self, other: &Self) {
        if other.count == 0 {
            return;
        }
        if self.count == 0 {
            *self = *other;
            return;
        }
        let (n, m) = (self.count as f64, other.count as f64);
        let apart = other.mean - self.mean;
        self.count = self.count.saturating_add(other.count);
        self.mean += apart * (m / (n + m));
        self.squares += other.squares + apart * apart * (n * m / (n + m));
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
    }

    /// Number of values.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Arithmetic mean; `None` without values.
    pub fn mean(&self) -> Option<f64> {
        (self.count > 0).then_some(self.mean)
    }

    /// Sample variance, divided by `n - 1`; `None` with fewer than two values.
    pub fn variance(&self) -> Option<f64> {
        (self.count > 1).then(|| (self.squares / (self.count - 1) as f64).max(0.0))
    }

    /// Smallest value; `None` without values.
    pub fn min(&self) -> Option<f64> {
        (self.count > 0).then_some(self.min)
    }

    /// Largest value; `None` without values.
    pub fn max(&self) -> Option<f64> {
        (self.count > 0).then_some(self.max)
    }
}

impl FromIterator<f64> for Moments {
    fn from_iter<I: IntoIterator<Item = f64>>(values: I) -> Self {
        let mut moments = Self::new();
        values.into_iter().for_each(|x| moments.record(x));
        moments
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn worked_example() {
        // Deviations from 5: 9 + 1 + 1 + 1 + 0 + 0 + 4 + 16 = 32; 32/7.
        let m: Moments = [2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0].into_iter().collect();
        assert_eq!((m.count(), m.mean(), m.min(), m.max()), (8, Some(5.0), Some(2.0), Some(9.0)));
        assert!((m.variance().unwrap() - 32.0 / 7.0).abs() < 1e-15);
    }

    #[test]
    fn a_large_offset_does_not_eat_the_variance() {
        let m: Moments = [1e9 + 4.0, 1e9 + 7.0, 1e9 + 13.0, 1e9 + 16.0].into_iter().collect();
        assert_eq!(m.variance(), Some(30.0));
    }

    #[test]
    fn nothing_is_absent_rather_than_zero() {
        let mut m = Moments::new();
        assert_eq!((m.mean(), m.variance(), m.min(), m.max()), (None, None, None, None));
        m.record(3.0);
        assert_eq!((m.mean(), m.variance()), (Some(3.0), None));
    }

    proptest! {
        #[test]
        fn merging_parts_equals_the_whole(xs in prop::collection::vec(-1e6..1e6f64, 2..200), cut in 0..200usize) {
            let (left, right) = xs.split_at(cut.min(xs.len()));
            let mut merged: Moments = left.iter().copied().collect();
            merged.merge(&right.iter().copied().collect());
            // Two passes over the data, as the definition says.
            let n = xs.len() as f64;
            let mean = xs.iter().sum::<f64>() / n;
            let variance = xs.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0);
            prop_assert_eq!(merged.count(), xs.len() as u64);
            prop_assert!((merged.mean().unwrap() - mean).abs() < 1e-8);
            prop_assert!((merged.variance().unwrap() - variance).abs() <= 1e-9 * variance.max(1.0));
        }
    }
}
