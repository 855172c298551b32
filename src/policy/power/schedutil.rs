//! Frequency by the average utilization that the scheduler keeps.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::json::Seconds;
use crate::policy::Governor;
use crate::policy::registry::{BuildError, Plugin};
use crate::units::SimDuration;

use super::{Choice, Look, sampling};

/// The lowest state with at least `fmax · util · (1 + margin)`, by the rule of Linux 6.12 for clocks that the
/// utilization does not depend on. The utilization is a running average with a half-life, in which a busy moment
/// counts by its clock over the highest. While the unit has had no rest since the last look, the clock does not fall.
#[derive(Clone, Copy, Debug)]
pub struct Schedutil {
    period: SimDuration,
    half_life: SimDuration,
    margin: f64,
}

/// Parameters of [`Schedutil`].
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// Time between two looks: seconds, or text with a unit. In Linux the least time between two changes, which is that
    /// of the driver, or 1 ms. Default 10 ms.
    pub rate_limit: Seconds,
    /// After which a moment counts half. Default 32 ms, as in Linux.
    pub half_life: Seconds,
    /// How much more than the utilization is asked for, from 0 to 10. Default 0.25, as in Linux.
    pub margin: f64,
}

impl Default for Params {
    fn default() -> Self {
        Self { rate_limit: Seconds(0.01), half_life: Seconds(0.032), margin: 0.25 }
    }
}

impl Schedutil {
    /// The state for a utilization.
    fn target(&self, util: f64, look: &Look<'_>) -> usize {
        let state = look.at_least(look.highest * util * (1.0 + self.margin));
        if look.load >= 1.0 { state.max(look.current) } else { state }
    }
}

impl Governor for Schedutil {
    fn initial(&self, _count: usize) -> usize {
        0
    }

    fn period(&self) -> Option<SimDuration> {
        Some(self.period)
    }

    fn half_life(&self) -> Option<SimDuration> {
        Some(self.half_life)
    }

    fn look(&mut self, look: &Look<'_>) -> Choice {
        let state = self.target(look.util, look);
        // From here the average goes straight to what the unit does now, and so does the target.
        let limit = look.busy * look.clock / look.highest;
        Choice { state, settled: state == look.current && self.target(limit, look) == state }
    }
}

impl Plugin for Schedutil {
    const NAME: &'static str = "schedutil";
    const ABOUT: &'static str = "the P-state for 1.25 times the average utilization, half-life 32 ms (Linux governor)";
    type Params = Params;

    fn build(params: Params) -> Result<Self, BuildError> {
        if !(0.0..=10.0).contains(&params.margin) {
            let found = params.margin;
            return Err(BuildError::new(format_args!("found {found}, expected a number in [0, 10]")).inside("margin"));
        }
        Ok(Self {
            period: sampling::period(params.rate_limit, "rate_limit")?,
            half_life: sampling::period(params.half_life, "half_life")?,
            margin: params.margin,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::look::look;
    use super::*;

    const F: [f64; 3] = [1.0, 1.5, 2.0];

    fn choose(current: usize, load: f64, util: f64) -> Choice {
        let mut governor = Schedutil::build(Params::default()).unwrap();
        governor.look(&Look { util, ..look(1, current, load, &F) })
    }

    /// 2 · 1.25 = 2.5 times the utilization: 0.39 asks for 0.975, 0.41 for 1.025, 0.6 for 1.5, 0.61 for 1.525.
    #[test]
    fn it_asks_for_a_quarter_more_than_the_utilization() {
        let states = [0.39, 0.41, 0.6, 0.61, 1.0].map(|util| choose(0, 0.9, util).state);
        assert_eq!(states, [0, 1, 1, 2, 2]);
        assert_eq!(choose(2, 0.9, 0.39).state, 0);
    }

    #[test]
    fn without_a_rest_the_clock_does_not_fall() {
        assert_eq!(choose(2, 1.0, 0.39).state, 2);
        assert_eq!(choose(1, 1.0, 0.39).state, 1);
    }

    /// Fully busy at 1 of 2 the average goes to 0.5, which asks for 1.25: not settled in state 0, even if 0.3 asks for
    /// no more than that now.
    #[test]
    fn it_is_settled_where_the_average_leads_to_the_same() {
        assert!(!choose(0, 1.0, 0.3).settled);
        assert!(choose(2, 1.0, 0.9).settled);
        assert!(!choose(2, 0.0, 0.9).settled);
        assert!(choose(0, 0.0, 0.1).settled);
    }
}
