//! Three speeds by load.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::json::Seconds;
use crate::policy::Governor;
use crate::policy::registry::{BuildError, Plugin};
use crate::units::{SimDuration, UnitId};

/// The lowest P-state below one load, the highest above another, the middle one between them: the rule
/// of the first XPU manager. The load is the busy share of the last period; before the first it is 0.
///
/// The middle one of `n` states is number `n / 2`, counted from 0; the thresholds themselves belong to it.
#[derive(Clone, Copy, Debug)]
pub struct Thresholds {
    period: SimDuration,
    low: f64,
    high: f64,
}

/// Parameters of [`Thresholds`].
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// Time between two looks: seconds, or text with a unit. Default 1 s.
    pub period: Seconds,
    /// Load below which the lowest state is taken, in [0, 1]. Default 0.3.
    pub low: f64,
    /// Load above which the highest state is taken, in [0, 1], not below `low`. Default 0.7.
    pub high: f64,
}

impl Default for Params {
    fn default() -> Self {
        Self { period: Seconds(1.0), low: 0.3, high: 0.7 }
    }
}

impl Thresholds {
    fn state(self, load: f64, count: usize) -> usize {
        if load < self.low {
            0
        } else if load > self.high {
            count.saturating_sub(1)
        } else {
            count / 2
        }
    }
}

impl Governor for Thresholds {
    fn initial(&self, count: usize) -> usize {
        self.state(0.0, count)
    }

    fn period(&self) -> Option<SimDuration> {
        Some(self.period)
    }

    fn choose(&mut self, _unit: UnitId, _current: usize, load: f64, frequencies: &[f64]) -> usize {
        self.state(load, frequencies.len())
    }
}

impl Plugin for Thresholds {
    const NAME: &'static str = "thresholds";
    const ABOUT: &'static str = "lowest, middle or highest P-state by two load thresholds";
    type Params = Params;

    fn build(params: Params) -> Result<Self, BuildError> {
        let period = params.period.duration();
        if period < SimDuration::from_nanos(1_000) {
            return Err(BuildError::new(format_args!("found {period} s, expected at least 1 us")).inside("period"));
        }
        for (name, load) in [("low", params.low), ("high", params.high)] {
            if !(0.0..=1.0).contains(&load) {
                return Err(BuildError::new(format_args!("found {load}, expected a number in [0, 1]")).inside(name));
            }
        }
        if params.low > params.high {
            let (low, high) = (params.low, params.high);
            return Err(BuildError::new(format_args!("found {high}, expected at least {low}, `low`")).inside("high"));
        }
        Ok(Self { period, low: params.low, high: params.high })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_thresholds_belong_to_the_middle() {
        let mut governor = Thresholds::build(Params::default()).unwrap();
        let mut choose = |load| governor.choose(UnitId(0), 0, load, &[1.0, 2.0, 3.0]);
        assert_eq!([0.0, 0.29, 0.3, 0.5, 0.7, 0.71, 1.0].map(&mut choose), [0, 0, 1, 1, 1, 2, 2]);
        assert_eq!(governor.initial(3), 0);
    }

    #[test]
    fn any_number_of_states_will_do() {
        let mut governor = Thresholds::build(Params::default()).unwrap();
        let mut choose = |load, count: usize| governor.choose(UnitId(0), 0, load, &vec![1.0; count]);
        assert_eq!([choose(0.5, 1), choose(1.0, 1), choose(0.5, 2), choose(0.5, 4)], [0, 0, 1, 2]);
    }

    #[test]
    fn parameters_are_checked() {
        let build = |low, high| Thresholds::build(Params { low, high, ..Params::default() });
        assert!(build(0.0, 1.0).is_ok() && build(0.5, 0.5).is_ok());
        for (low, high) in [(-0.1, 0.5), (0.2, 1.1), (0.6, 0.5), (f64::NAN, 0.5)] {
            assert!(build(low, high).is_err(), "{low} {high}");
        }
    }
}
