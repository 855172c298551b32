//! Sources made heavier or lighter.

use crate::model::task::{Forecasts, Submission, Work};
use crate::units::{SimDuration, SimTime};
use crate::workload::template::Template;

use super::checks::{Findings, number};
use super::schema::{ScaleSpec, SourceSpec};

use std::sync::Arc;

/// Greatest factor.
const LARGEST: f64 = 1e6;

impl SourceSpec {
    /// How it is scaled; all 1 where it does not say.
    pub fn scale(&self) -> ScaleSpec {
        let scale = match self {
            Self::Synthetic(s) => s.scale,
            Self::Trace(s) => s.scale,
            Self::Tasks(s) => s.scale,
        };
        scale.unwrap_or_default()
    }
}

/// The factors of the source at `pointer`; what is wrong with them is told, and counts as 1.
pub(super) fn check(spec: Option<ScaleSpec>, pointer: &str, findings: &mut Findings) -> ScaleSpec {
    let mut sound = spec.unwrap_or_default();
    for (field, factor) in [("arrivals", &mut sound.arrivals), ("sizes", &mut sound.sizes)] {
        // 1e-6 and more, so that no product of sound numbers leaves the range of distributions.
        let valid = (1.0 / LARGEST..=LARGEST).contains(factor);
        findings.require(valid, format!("{pointer}/scale/{field}"), number(*factor), "a number from 1e-6 to 1e6");
        if !valid {
            *factor = 1.0;
        }
    }
    sound
}

impl ScaleSpec {
    /// Whether it changes nothing.
    pub(super) fn is_one(self) -> bool {
        self == Self::default()
    }

    /// When what came at `at` comes.
    pub(super) fn arrival(self, at: SimTime) -> SimTime {
        SimTime::ZERO + (at - SimTime::ZERO).scaled(1.0 / self.arrivals)
    }

    /// Scales the times and the work of a list.
    pub(super) fn list(self, tasks: &mut [(SimTime, Submission)]) {
        if self.is_one() {
            return;
        }
        for (at, task) in tasks {
            *at = self.arrival(*at);
            task.work = match task.work {
                // Positive work takes time, however small it is.
                Work::Time(t) => Work::Time(t.scaled(self.sizes).max(SimDuration::from_nanos(t.as_nanos().min(1)))),
                Work::Roofline { flops, bytes } => {
                    Work::Roofline { flops: flops * self.sizes, bytes: bytes * self.sizes }
                }
            };
            task.estimate = task.estimate.map(|e| e.scaled(self.sizes));
            task.forecasts = task.forecasts.as_deref().map(|f| Arc::new(self.forecasts(*f)));
        }
    }

    fn forecasts(self, f: Forecasts) -> Forecasts {
        let scaled = |d: SimDuration| d.scaled(self.sizes);
        Forecasts { user: scaled(f.user), group: scaled(f.group), group_devices: scaled(f.group_devices) }
    }

    /// The class with its work scaled. Where that would leave the range of numbers, that is told.
    pub(super) fn class(self, template: Template, pointer: &str, findings: &mut Findings) -> Template {
        let kept = template.clone();
        template.resized(self.sizes).unwrap_or_else(|error| {
            findings.broken(format!("{pointer}/scale/sizes"), error.to_string());
            kept
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::task::Label;

    /// By hand: twice as fast, three times as large; a deadline is what it was.
    #[test]
    fn a_list_is_scaled_in_time_and_in_work() {
        let plain = Submission {
            estimate: Some(SimDuration::from_secs(5)),
            deadline: Some(SimDuration::from_secs(9)),
            ..Submission::plain(Label::Number(1), 0, SimDuration::from_secs(4))
        };
        let mut list = vec![(SimTime::ZERO + SimDuration::from_secs(10), plain.clone())];
        ScaleSpec { arrivals: 2.0, sizes: 3.0 }.list(&mut list);
        let (at, task) = &list[0];
        assert_eq!(*at, SimTime::ZERO + SimDuration::from_secs(5));
        assert_eq!(task.work, Work::Time(SimDuration::from_secs(12)));
        assert_eq!((task.estimate, task.deadline), (Some(SimDuration::from_secs(15)), Some(SimDuration::from_secs(9))));
        let mut short = vec![(SimTime::ZERO, Submission { work: Work::Time(SimDuration::from_nanos(1)), ..plain })];
        ScaleSpec { arrivals: 1.0, sizes: 1e-3 }.list(&mut short);
        assert_eq!(short[0].1.work, Work::Time(SimDuration::from_nanos(1)));
    }

    #[test]
    fn factors_without_sense_are_told() {
        for bad in [0.0, -1.0, f64::NAN, 1e7] {
            let mut findings = Findings::default();
            let sound = check(Some(ScaleSpec { arrivals: bad, sizes: bad }), "/workload/0", &mut findings);
            assert_eq!(findings.problems.len(), 2, "{bad}");
            assert!(sound.is_one() && findings.problems[1].to_string().contains("/workload/0/scale/sizes"));
        }
    }
}
