//! Two policies on the same random numbers: compare the differences, not the means.

use super::{Interval, mean_interval};

/// What the data say about a candidate beside its baseline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The whole interval of the difference is below 0.
    Lower,
    /// The whole interval of the difference is above 0.
    Higher,
    /// The interval holds 0: these replications do not show a difference. That is not equality.
    NotShown,
}

/// The mean difference `candidate - baseline` over replications.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Paired {
    /// Interval of the mean difference.
    pub difference: Interval,
    /// What it shows at its level.
    pub verdict: Verdict,
}

/// Compares two results replication by replication (the paired-t interval of Law, Simulation Modeling
/// and Analysis, section 10.2.1).
///
/// Values at the same index must come from the same replication number, so that both policies met the
/// same tasks; then what the tasks contribute cancels and the interval is far narrower than that of
/// either mean. One comparison errs with probability `1 - level`; a family of them needs a correction.
///
/// `None` where the lengths differ, or [`mean_interval`] has no answer.
pub fn paired(candidate: &[f64], baseline: &[f64], level: f64) -> Option<Paired> {
    if candidate.len() != baseline.len() {
        return None;
    }
    let differences: Vec<f64> = candidate.iter().zip(baseline).map(|(a, b)| a - b).collect();
    let difference = mean_interval(&differences, level)?;
    let verdict = if difference.high() < 0.0 {
        Verdict::Lower
    } else if difference.low() > 0.0 {
        Verdict::Higher
    } else {
        Verdict::NotShown
    };
    Some(Paired { difference, verdict })
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

    #[test]
    fn refusals() {
        assert_eq!(paired(&[1.0, 2.0], &[1.0, 2.0, 3.0], 0.95), None);
        assert_eq!(paired(&[1.0], &[2.0], 0.95), None);
        assert_eq!(paired(&[1.0, f64::NAN], &[2.0, 3.0], 0.95), None);
    }
}
