//! Two policies on the same random numbers: compare the differences, not the means.

use super::{Interval, Moments, mean_interval, student_t_outside};

/// Differences smaller than this part of the values are rounding: sums of the same terms in another order.
const ROUNDING: f64 = 1e-12;

/// What the data say about a candidate beside its baseline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The difference is below 0.
    Lower,
    /// The difference is above 0.
    Higher,
    /// These replications do not show a difference. That is not equality.
    NotShown,
}

impl Verdict {
    /// The verdict at error probability `alpha`: by the p-value, and the sign of the difference.
    pub fn new(difference: f64, p_value: f64, alpha: f64) -> Self {
        match p_value < alpha {
            true if difference < 0.0 => Self::Lower,
            true if difference > 0.0 => Self::Higher,
            _ => Self::NotShown,
        }
    }
}

/// The mean difference `candidate - baseline`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MeanDifference {
    /// Its interval.
    pub difference: Interval,
    /// Two-sided p-value of no difference. It is 0 where there is a difference and no spread at all.
    pub p_value: f64,
    /// What this comparison shows, taken alone, at the level of the interval.
    pub verdict: Verdict,
}

impl MeanDifference {
    /// From an interval, and Student's t with `freedom` degrees for a standard error.
    pub(super) fn new(difference: Interval, standard_error: f64, freedom: f64) -> Self {
        let p_value = match difference.mean {
            0.0 => 1.0,
            mean if standard_error > 0.0 => student_t_outside(freedom, mean / standard_error),
            _ => 0.0,
        };
        Self { difference, p_value, verdict: Verdict::new(difference.mean, p_value, 1.0 - difference.level) }
    }
}

/// Compares two results replication by replication (the paired-t interval of Law, Simulation Modeling
/// and Analysis, section 10.2.1).
///
/// Values at the same index must come from the same replication number, so that both policies met the
/// same tasks; then what the tasks contribute cancels and the interval is far narrower than that of
/// either mean. One comparison errs with probability `1 - level`; a family of them needs [`holm`](super::holm).
/// Differences of less than 1e-12 of the values count as none.
///
/// `None` where the lengths differ, or [`mean_interval`] has no answer.
pub fn paired(candidate: &[f64], baseline: &[f64], level: f64) -> Option<MeanDifference> {
    if candidate.len() != baseline.len() {
        return None;
    }
    let differences: Vec<f64> = candidate.iter().zip(baseline).map(|(a, b)| apart(*a, *b)).collect();
    let difference = mean_interval(&differences, level)?;
    let moments: Moments = differences.into_iter().collect();
    let count = moments.count() as f64;
    Some(MeanDifference::new(difference, (moments.variance()? / count).sqrt(), count - 1.0))
}

/// `a - b`, 0 where that is within rounding.
pub(super) fn apart(a: f64, b: f64) -> f64 {
    if (a - b).abs() <= ROUNDING * a.abs().max(b.abs()) { 0.0 } else { a - b }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worked_example() {
        // Differences -1, -2, -3: mean -2, standard error 1/sqrt 3, t(2) = 4.302653: half-width 2.484138.
        let (a, b) = ([9.0, 18.0, 27.0], [10.0, 20.0, 30.0]);
        let wide = paired(&a, &b, 0.95).unwrap();
        assert!((wide.difference.half_width - 2.484_138).abs() < 1e-6);
        assert_eq!(wide.verdict, Verdict::NotShown);
        // At 90 % t(2) = 2.919986: half-width 1.685855, so 0 is outside.
        assert_eq!(paired(&a, &b, 0.90).unwrap().verdict, Verdict::Lower);
        assert_eq!(paired(&b, &a, 0.90).unwrap().verdict, Verdict::Higher);
    }

    #[test]
    fn pairing_shows_what_the_means_hide() {
        // A constant gain of 1 under loads that differ by 1000.
        let b = [1000.0, 2000.0, 3000.0, 4000.0];
        let a = b.map(|x| x - 1.0);
        let p = paired(&a, &b, 0.95).unwrap();
        assert_eq!((p.difference.mean, p.difference.half_width, p.verdict), (-1.0, 0.0, Verdict::Lower));
        assert_eq!(paired(&b, &b, 0.95).unwrap().verdict, Verdict::NotShown);
    }

    /// t = -2 sqrt 3 with two degrees: p = 1 - t / sqrt(2 + t^2) = 1 - sqrt(12 / 14) = 0.074180.
    #[test]
    fn p_values() {
        let p = |a: &[f64], b: &[f64]| paired(a, b, 0.95).unwrap().p_value;
        assert!((p(&[9.0, 18.0, 27.0], &[10.0, 20.0, 30.0]) - (1.0 - (12.0f64 / 14.0).sqrt())).abs() < 1e-10);
        // Always the same difference leaves no doubt, none at all shows nothing, nor does rounding.
        assert_eq!(p(&[1.0, 2.0], &[2.0, 3.0]), 0.0);
        assert_eq!(p(&[1.0, 2.0], &[1.0, 2.0]), 1.0);
        assert_eq!(p(&[0.1 + 0.2, 0.6], &[0.3, 0.6]), 1.0);
    }

    #[test]
    fn refusals() {
        assert_eq!(paired(&[1.0, 2.0], &[1.0, 2.0, 3.0], 0.95), None);
        assert_eq!(paired(&[1.0], &[2.0], 0.95), None);
        assert_eq!(paired(&[1.0, f64::NAN], &[2.0, 3.0], 0.95), None);
    }
}
