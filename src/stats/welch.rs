//! The difference of two means over independent samples.

use super::paired::apart;
use super::{Interval, MeanDifference, Moments, student_t_real};

/// Compares two results that were measured on different work: Welch's interval for unequal variances.
///
/// With variances `s^2` of the means, its degrees of freedom are
/// `(s_a^2 + s_b^2)^2 / (s_a^4 / (n_a - 1) + s_b^4 / (n_b - 1))` (Welch, "The generalization of Student's problem
/// when several different population variances are involved", Biometrika 34, 1947). The interval counts the values of
/// both. Samples that go up and down together, as those of common random numbers do, make it wider than need be.
///
/// `None` with fewer than two values in either, a value that is not finite, or a level outside (0, 1).
pub fn welch(candidate: &[f64], baseline: &[f64], level: f64) -> Option<MeanDifference> {
    if candidate.iter().chain(baseline).any(|x| !x.is_finite()) {
        return None;
    }
    let (a, b): (Moments, Moments) = (candidate.iter().copied().collect(), baseline.iter().copied().collect());
    let of_mean = |m: &Moments| Some(m.variance()? / m.count() as f64);
    let (spread_a, spread_b) = (of_mean(&a)?, of_mean(&b)?);
    let mean = apart(a.mean()?, b.mean()?);
    let count = a.count() + b.count();
    let part = |spread: f64, m: &Moments| spread * spread / (m.count() as f64 - 1.0);
    let spread = spread_a + spread_b;
    // Without any spread the degrees do not matter.
    let freedom = if spread > 0.0 { spread * spread / (part(spread_a, &a) + part(spread_b, &b)) } else { 1.0 };
    let half_width = student_t_real(freedom, level)? * spread.sqrt();
    let difference = Interval { mean, half_width, level, count };
    (mean.is_finite() && half_width.is_finite()).then(|| MeanDifference::new(difference, spread.sqrt(), freedom))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::Verdict;

    /// a = 1, 2, 3, 4, 5: mean 3, variance 2.5, of the mean 0.5. b = 2, 6, 10: mean 6, variance 16, of the mean 16/3.
    /// Spread 35/6, standard error 2.415229; freedom (35/6)^2 / (0.25/4 + (16/3)^2/2) = 34.027778 / 14.284722 = 2.382110.
    #[test]
    fn worked_example() {
        let found = welch(&[1.0, 2.0, 3.0, 4.0, 5.0], &[2.0, 6.0, 10.0], 0.95).unwrap();
        assert_eq!((found.difference.mean, found.difference.count, found.verdict), (-3.0, 8, Verdict::NotShown));
        // p and the ends by scipy.stats.ttest_ind(equal_var=False).
        assert!((found.p_value - 0.322_484_237).abs() < 1e-8, "{found:?}");
        let ends = (found.difference.low(), found.difference.high());
        assert!((ends.0 + 11.947_120_630).abs() < 1e-7 && (ends.1 - 5.947_120_630).abs() < 1e-7, "{ends:?}");
    }

    #[test]
    fn edges() {
        assert_eq!(welch(&[1.0], &[1.0, 2.0], 0.95), None);
        assert_eq!(welch(&[1.0, f64::NAN], &[1.0, 2.0], 0.95), None);
        assert_eq!(welch(&[1.0, 2.0], &[1.0, 2.0], 1.0), None);
        let same = welch(&[2.0; 3], &[2.0; 2], 0.95).unwrap();
        assert_eq!((same.p_value, same.difference.half_width), (1.0, 0.0));
        let apart = welch(&[3.0; 3], &[2.0; 2], 0.95).unwrap();
        assert_eq!((apart.p_value, apart.verdict), (0.0, Verdict::Higher));
    }
}
