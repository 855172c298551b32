//! Frequency by load.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::json::Seconds;
use crate::policy::Governor;
use crate::policy::registry::{BuildError, Plugin};
use crate::units::SimDuration;

use super::sampling::{self, Idle, Samples};
use super::{Choice, Look};

/// Above a threshold of load it jumps to the top; else it picks the state nearest to
/// `fmin + load (fmax − fmin)`, by the rule of Linux 6.12. The load is the busy share since the last sample.
#[derive(Clone, Debug)]
pub struct Ondemand {
    period: SimDuration,
    up_threshold: f64,
    down_factor: u32,
    samples: Samples,
    /// By unit: of how many periods the next sample is, and how many of them are still to come.
    waits: Vec<(u32, u32)>,
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
    /// After a jump to the top, until the load is below the threshold, a sample is of so many periods. Default 1.
    pub sampling_down_factor: u32,
    /// Whether a unit without work is looked at: `sampled`, or `deferred` as in Linux. Default `sampled`.
    pub idle: Idle,
}

impl Default for Params {
    fn default() -> Self {
        Self { period: Seconds(1.0), up_threshold: 0.95, sampling_down_factor: 1, idle: Idle::Sampled }
    }
}

impl Governor for Ondemand {
    fn initial(&self, _count: usize) -> usize {
        0
    }

    fn period(&self) -> Option<SimDuration> {
        Some(self.period)
    }

    fn look(&mut self, look: &Look<'_>) -> Choice {
        let at = look.unit.index();
        if self.waits.len() <= at {
            self.waits.resize(at + 1, (1, 0));
        }
        let hold = |settled| Choice { state: look.current, settled };
        let (Some((of, left)), Some(low), Some(high)) =
            (self.waits.get_mut(at), look.frequencies.first(), look.frequencies.last())
        else {
            return hold(true);
        };
        self.samples.add(look);
        if *left > 0 {
            *left -= 1;
            return hold(false);
        }
        if self.samples.is_deferred(look) {
            return hold(true);
        }
        let load = self.samples.take(look).load;
        let top = look.frequencies.len() - 1;
        let jumps = load > self.up_threshold;
        match jumps {
            true if look.current < top => *of = self.down_factor,
            true => {}
            false => *of = 1,
        }
        *left = *of - 1;
        let state = if jumps { top } else { look.nearest(low + load * (high - low)) };
        // After a rest the next sample may say something else although the load is the same.
        Choice { state, settled: load == look.load }
    }
}

impl Plugin for Ondemand {
    const NAME: &'static str = "ondemand";
    const ABOUT: &'static str = "top P-state above a load threshold, else in proportion to the load (Linux governor)";
    type Params = Params;

    fn build(params: Params) -> Result<Self, BuildError> {
        Ok(Self {
            period: sampling::period(params.period, "period")?,
            up_threshold: sampling::share(params.up_threshold, "up_threshold")?,
            down_factor: sampling::factor(params.sampling_down_factor, "sampling_down_factor")?,
            samples: Samples::new(params.idle),
            waits: Vec::new(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::look::look;
    use super::*;

    const F: [f64; 3] = [1.0e9, 1.5e9, 2.0e9];

    #[test]
    fn follows_the_rule_of_linux() {
        let mut governor = Ondemand::build(Params::default()).unwrap();
        let mut choose = |load| governor.look(&look(1, 0, load, &F)).state;
        // 0.96 > 0.95 jumps; 0.95 aims at 1.95 GHz, nearest 2.0; 0.6 at 1.6, nearest 1.5; 0.2 at 1.2, nearest 1.0.
        assert_eq!([choose(0.96), choose(0.95), choose(0.6), choose(0.2), choose(0.0)], [2, 2, 1, 0, 0]);
    }

    /// A factor of 3: the jump at 1 s makes the next sample one of 3 s, at 4 s, of load (1 + 1 + 0.4) / 3 = 0.8. That
    /// aims at 1.8 GHz and ends the longer samples: 0.5 at 5 s aims at 1.5 GHz.
    #[test]
    fn after_a_jump_a_sample_is_of_several_periods() {
        let params = Params { sampling_down_factor: 3, ..Params::default() };
        let mut governor = Ondemand::build(params).unwrap();
        let mut current = 0;
        let mut states = Vec::new();
        for (now, load) in [(1, 1.0), (2, 1.0), (3, 1.0), (4, 0.4), (5, 0.5), (6, 0.0)] {
            let choice = governor.look(&look(now, current, load, &F));
            current = choice.state;
            states.push(current);
        }
        assert_eq!(states, [2, 2, 2, 2, 1, 0]);
        let sure = governor.look(&look(7, current, 0.0, &F));
        assert_eq!(sure, Choice { state: 0, settled: true });
    }

    #[test]
    fn a_deferred_unit_keeps_its_clock_while_it_rests() {
        let mut governor = Ondemand::build(Params { idle: Idle::Deferred, ..Params::default() }).unwrap();
        assert_eq!(governor.look(&look(1, 0, 1.0, &F)).state, 2);
        assert_eq!(governor.look(&look(2, 2, 0.0, &F)).state, 2);
        // It has rested for 8.9 of 9 s: the load before, 1, counts once, and then 0.1.
        assert_eq!(governor.look(&look(10, 2, 0.1, &F)).state, 2);
        assert_eq!(governor.look(&look(11, 2, 0.1, &F)).state, 0);
    }
}
