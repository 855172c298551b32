//! How many replications are enough: sequential stopping at a relative precision.

use std::ops::Range;

use super::{Interval, mean_interval};

/// When to stop adding replications.
///
/// The rule of Law, Simulation Modeling and Analysis, section 9.4.1 (Law & Kelton): replicate until the half-width
/// of the interval is at most `gamma / (1 + gamma)` of the mean. Then the mean is within `gamma` of the true one,
/// relatively, with a probability near the level: `|estimate − truth| <= gamma |truth|` follows from `|estimate −
/// truth| <= gamma / (1 + gamma) |estimate|`. Because every look is a chance to stop at an interval that is short
/// by luck, there is none before `first` replications, and only one for every `step` after that.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StoppingRule {
    /// Relative error that is allowed, in (0, 1).
    pub gamma: f64,
    /// Confidence level, in (0, 1).
    pub level: f64,
    /// Replications before the first look; at least 2, and at least 10 for what the rule promises.
    pub first: u32,
    /// Replications between two looks, at least 1.
    pub step: u32,
    /// Most replications.
    pub cap: u32,
}

impl StoppingRule {
    /// Looks after 10 replications and then after every 5, at the 95 % level.
    ///
    /// `None` where `gamma` is outside (0, 1) or `cap` is less than 2, which gives no interval.
    pub fn new(gamma: f64, cap: u32) -> Option<Self> {
        let valid = gamma > 0.0 && gamma < 1.0 && cap >= 2;
        valid.then_some(Self { gamma, level: 0.95, first: 10, step: 5, cap })
    }

    /// Largest half-width as a part of the mean: `gamma / (1 + gamma)`.
    pub fn bound(&self) -> f64 {
        self.gamma / (1.0 + self.gamma)
    }

    /// Whether one value per replication is enough of them. Never with fewer values than before the first look
    /// (or than the cap, where that is lower).
    pub fn is_precise(&self, values: &[f64]) -> bool {
        values.len() >= self.first.min(self.cap) as usize
            && relative_half_width(values, self.level).is_some_and(|part| part <= self.bound())
    }

    /// The numbers of the replications to run next, after the first `done` ones.
    ///
    /// `None` where nothing more is to run: all that was looked at `is_precise`, or the cap is reached. What comes
    /// next depends on nothing else, so not on how many threads there are.
    pub fn next(&self, done: u32, is_precise: bool) -> Option<Range<u32>> {
        let more = if done == 0 { self.first } else { self.step };
        let until = done.saturating_add(more.max(1)).min(self.cap);
        (until > done && !(is_precise && done > 0)).then_some(done..until)
    }
}

/// Half-width of the interval of a mean as a part of that mean: `h / |mean|`.
///
/// 0 where all values are equal, even if they are all 0; infinite where only the mean is 0. `None` where
/// [`mean_interval`] has no answer.
pub fn relative_half_width(values: &[f64], level: f64) -> Option<f64> {
    let Interval { mean, half_width, .. } = mean_interval(values, level)?;
    Some(if half_width == 0.0 { 0.0 } else { half_width / mean.abs() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(gamma: f64, cap: u32) -> StoppingRule {
        StoppingRule::new(gamma, cap).unwrap()
    }

    /// The bank of Law's chapter 9: ten mean delays, mean 2.03, sample variance 0.31, a 90 % interval of 2.03 ± 0.32.
    /// That is 0.1587 of the mean, which is gamma / (1 + gamma) at gamma = 0.1886.
    #[test]
    fn the_bank_of_the_textbook() {
        let delays = [1.53, 1.66, 1.24, 2.34, 2.00, 1.69, 2.69, 2.86, 1.70, 2.60];
        let part = relative_half_width(&delays, 0.90).unwrap();
        // Sample variance 0.309099 and t(9) = 1.833113: 1.833113 sqrt(0.0309099) / 2.031.
        assert!((part - 0.158_682).abs() < 1e-6, "{part}");
        let ninety = |gamma| StoppingRule { level: 0.90, ..rule(gamma, 100) };
        assert!(!ninety(0.10).is_precise(&delays));
        // 0.158682 / (1 - 0.158682) = 0.188611.
        assert!(!ninety(0.1886).is_precise(&delays) && ninety(0.1887).is_precise(&delays));
    }

    #[test]
    fn looks_come_after_ten_and_then_every_five_up_to_the_cap() {
        let r = rule(0.02, 22);
        assert_eq!(r.next(0, false), Some(0..10));
        assert_eq!(r.next(10, false), Some(10..15));
        assert_eq!(r.next(10, true), None);
        assert_eq!(r.next(20, false), Some(20..22));
        assert_eq!(r.next(22, false), None);
        assert_eq!(rule(0.02, 4).next(0, false), Some(0..4));
    }

    #[test]
    fn nine_values_are_never_enough_unless_the_cap_says_so() {
        assert!(!rule(0.5, 100).is_precise(&[1.0; 9]));
        assert!(rule(0.5, 100).is_precise(&[1.0; 10]));
        assert!(rule(0.5, 9).is_precise(&[1.0; 9]));
    }

    #[test]
    fn a_mean_of_zero_is_precise_only_where_all_values_are() {
        assert_eq!(relative_half_width(&[0.0; 10], 0.95), Some(0.0));
        assert_eq!(relative_half_width(&[-1.0, 1.0], 0.95), Some(f64::INFINITY));
        assert_eq!(relative_half_width(&[1.0], 0.95), None);
        assert!(rule(0.1, 99).is_precise(&[0.0; 10]));
    }

    #[test]
    fn nonsense_is_no_rule() {
        for (gamma, cap) in [(0.0, 100), (1.0, 100), (-0.1, 100), (f64::NAN, 100), (0.1, 1)] {
            assert_eq!(StoppingRule::new(gamma, cap), None);
        }
    }
}
