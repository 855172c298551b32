//! Frequency by load.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::json::Seconds;
use crate::policy::Governor;
use crate::policy::registry::{BuildError, Plugin};
use crate::units::{SimDuration, UnitId};

/// Above a threshold of load it jumps to the top; else it picks the state nearest to
/// `fmin + load (fmax − fmin)`, by the rule of Linux 6.12. The load is the busy share of the last period.
#[derive(Clone, Copy, Debug)]
pub struct Ondemand {
    period: SimDuration,
    up_threshold: f64,
}

/// Parameters of [`Ondemand`].
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// Time between two looks: seconds, or text with a unit. Linux looks every few milliseconds; long
    /// runs want more. Default 1 s.
    pub period: Seconds,
    /// Load above which the top state is taken, in (0, 1]. Default 0.95.
    pub up_threshold: f64,
}

impl Default for Params {
    fn default() -> Self {
        Self { period: Seconds(1.0), up_threshold: 0.95 }
    }
}

impl Governor for Ondemand {
    fn initial(&self, _count: usize) -> usize {
        0
    }

    fn period(&self) -> Option<SimDuration> {
        Some(self.period)
    }

    fn choose(&mut self, _unit: UnitId, current: usize, load: f64, frequencies: &[f64]) -> usize {
        let (Some(low), Some(high)) = (frequencies.first(), frequencies.last()) else { return current };
        if load > self.up_threshold {
            return frequencies.len() - 1;
        }
        let target = low + load * (high - low);
        let distance = |f: f64| (f - target).abs();
        let nearest =
            |best: usize, i: usize| if distance(frequencies[i]) < distance(frequencies[best]) { i } else { best };
        (0..frequencies.len()).fold(0, nearest)
    }
}

impl Plugin for Ondemand {
    const NAME: &'static str = "ondemand";
    const ABOUT: &'static str = "top P-state above a load threshold, else in proportion to the load (Linux governor)";
    type Params = Params;

    fn build(params: Params) -> Result<Self, BuildError> {
        let period = params.period.duration();
        if period < SimDuration::from_nanos(1_000) {
            return Err(BuildError::new(format_args!("found {period} s, expected at least 1 us")).inside("period"));
        }
        if !(params.up_threshold > 0.0 && params.up_threshold <= 1.0) {
            return Err(BuildError::new(format_args!("found {}, expected a number in (0, 1]", params.up_threshold))
                .inside("up_threshold"));
        }
        Ok(Self { period, up_threshold: params.up_threshold })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_the_rule_of_linux() {
        let mut governor = Ondemand::build(Params::default()).unwrap();
        let f = [1.0e9, 1.5e9, 2.0e9];
        let mut choose = |load| governor.choose(UnitId(0), 0, load, &f);
        // 0.96 > 0.95 jumps; 0.95 aims at 1.95 GHz, nearest 2.0; 0.6 at 1.6, nearest 1.5; 0.2 at 1.2, nearest 1.0.
        assert_eq!([choose(0.96), choose(0.95), choose(0.6), choose(0.2), choose(0.0)], [2, 2, 1, 0, 0]);
    }
}
