//! Confidence intervals of a mean over independent replications.

use super::{Moments, student_t};

/// A mean with a two-sided confidence interval, symmetric about it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// Mean of the values.
    pub mean: f64,
    /// Half the interval's width, at least 0.
    pub half_width: f64,
    /// Confidence level, such as 0.95.
    pub level: f64,
    /// Number of values, at least 2.
    pub count: u64,
}

impl Interval {
    /// Lower end.
    pub fn low(&self) -> f64 {
        self.mean - self.half_width
    }

    /// Upper end.
    pub fn high(&self) -> f64 {
        self.mean + self.half_width
    }

    /// True where `x` is inside, ends included.
    pub fn contains(&self, x: f64) -> bool {
        (self.low()..=self.high()).contains(&x)
    }
}

/// The interval `mean +- t s / sqrt n`, t being the Student quantile for `n - 1` degrees of freedom.
///
/// Holds for independent values with a nearly normal mean: one value for each replication, never one
/// for each task of a run, which are dependent. `None` with fewer than two values, a value that is not finite, or a
/// level outside (0, 1). Equal values give an interval of width 0.
pub fn mean_interval(values: &[f64], level: f64) -> Option<Interval> {
    if values.iter().any(|x| !x.is_finite()) {
        return None;
    }
    let moments: Moments = values.iter().copied().collect();
    let (mean, variance) = (moments.mean()?, moments.variance()?);
    let t = student_t(moments.count() - 1, level)?;
    let half_width = t * (variance / moments.count() as f64).sqrt();
    (mean.is_finite() && half_width.is_finite()).then_some(Interval { mean, half_width, level, count: moments.count() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worked_example() {
        // Mean 3, variance 2.5, standard error sqrt(0.5), t(4) = 2.776445: half-width 1.963243.
        let i = mean_interval(&[1.0, 2.0, 3.0, 4.0, 5.0], 0.95).unwrap();
        assert_eq!((i.mean, i.count), (3.0, 5));
        assert!((i.half_width - 1.963_243).abs() < 1e-6);
        assert!(i.contains(1.1) && !i.contains(1.0) && !i.contains(f64::NAN));
    }

    #[test]
    fn equal_values_give_no_width() {
        let i = mean_interval(&[0.1; 7], 0.95).unwrap();
        assert_eq!((i.low(), i.high()), (0.1, 0.1));
    }

    #[test]
    fn what_cannot_be_said_is_not_said() {
        assert_eq!(mean_interval(&[], 0.95), None);
        assert_eq!(mean_interval(&[1.0], 0.95), None);
        assert_eq!(mean_interval(&[1.0, f64::NAN], 0.95), None);
        assert_eq!(mean_interval(&[1.0, f64::INFINITY], 0.95), None);
        for level in [0.0, 1.0, -0.5, f64::NAN] {
            assert_eq!(mean_interval(&[1.0, 2.0], level), None);
        }
        // Finite values whose spread is not.
        assert_eq!(mean_interval(&[f64::MAX, -f64::MAX], 0.95), None);
    }
}
