//! Frequency step by step.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::json::Seconds;
use crate::policy::Governor;
use crate::policy::registry::{BuildError, Plugin};
use crate::units::SimDuration;

use super::sampling::{self, Idle, Samples};
use super::{Choice, Look};

/// Above one threshold of load the wish rises by a step of the highest clock, below another it falls by one, by the
/// rule of Linux 6.12. Rising, the unit gets the highest state at or below the wish; falling, the lowest at or above it.
#[derive(Clone, Debug)]
pub struct Conservative {
    period: SimDuration,
    up_threshold: f64,
    down_threshold: f64,
    step: f64,
    down_factor: u32,
    samples: Samples,
    wishes: Vec<Wish>,
}

/// What is wished for a unit.
#[derive(Clone, Copy, Debug, Default)]
struct Wish {
    /// In hertz; 0 before the first look.
    clock: f64,
    /// Samples since the last that could lower it.
    skipped: u32,
}

/// Parameters of [`Conservative`].
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// Time between two looks: seconds, or text with a unit. Linux looks every few milliseconds; long
    /// runs want more. Default 1 s.
    pub period: Seconds,
    /// Load above which the clock rises, in (0, 1]. Default 0.8.
    pub up_threshold: f64,
    /// Load below which it falls, in (0, 1], below `up_threshold`. Default 0.2.
    pub down_threshold: f64,
    /// A step, as a share of the highest clock, in (0, 1]. Default 0.05.
    pub freq_step: f64,
    /// Every so many samples it may fall. Default 1.
    pub sampling_down_factor: u32,
    /// Whether a unit without work is looked at: `sampled`, or `deferred` as in Linux, where a rest of more than two
    /// periods is made up for by as many steps. Default `sampled`.
    pub idle: Idle,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            period: Seconds(1.0),
            up_threshold: 0.8,
            down_threshold: 0.2,
            freq_step: 0.05,
            sampling_down_factor: 1,
            idle: Idle::Sampled,
        }
    }
}

impl Governor for Conservative {
    fn initial(&self, _count: usize) -> usize {
        0
    }

    fn period(&self) -> Option<SimDuration> {
        Some(self.period)
    }

    fn look(&mut self, look: &Look<'_>) -> Choice {
        let at = look.unit.index();
        if self.wishes.len() <= at {
            self.wishes.resize(at + 1, Wish::default());
        }
        self.samples.add(look);
        let hold = Choice { state: look.current, settled: true };
        let (Some(wish), Some(&low), Some(&high)) =
            (self.wishes.get_mut(at), look.frequencies.first(), look.frequencies.last())
        else {
            return hold;
        };
        if self.samples.is_deferred(look) {
            return hold;
        }
        let sample = self.samples.take(look);
        // Whole hertz, so that steps add up to what they should.
        let step = (self.step * high).round().max(1.0);
        if !(low..=high).contains(&wish.clock) {
            wish.clock = look.frequencies.get(look.current).copied().unwrap_or(low);
        }
        if sample.load < self.down_threshold {
            wish.clock = (wish.clock - sample.idle_periods as f64 * step).max(low);
        }
        let mut state = look.current;
        if sample.load > self.up_threshold {
            wish.skipped = 0;
            if wish.clock < high {
                wish.clock = (wish.clock + step).min(high);
                state = look.at_most(wish.clock);
            }
            return Choice { state, settled: wish.clock >= high && sample.load == look.load };
        }
        wish.skipped += 1;
        let may_fall = sample.load < self.down_threshold && wish.clock > low;
        if wish.skipped < self.down_factor {
            return Choice { state, settled: !may_fall };
        }
        wish.skipped = 0;
        if may_fall {
            wish.clock = (wish.clock - step).max(low);
        }
        if sample.load < self.down_threshold {
            state = look.at_least(wish.clock);
        }
        Choice { state, settled: !(may_fall && wish.clock > low) && sample.load == look.load }
    }
}

impl Plugin for Conservative {
    const NAME: &'static str = "conservative";
    const ABOUT: &'static str = "one step of the clock up or down by two load thresholds (Linux governor)";
    type Params = Params;

    fn build(params: Params) -> Result<Self, BuildError> {
        let (up, down) = (params.up_threshold, params.down_threshold);
        let governor = Self {
            period: sampling::period(params.period, "period")?,
            up_threshold: sampling::share(up, "up_threshold")?,
            down_threshold: sampling::share(down, "down_threshold")?,
            step: sampling::share(params.freq_step, "freq_step")?,
            down_factor: sampling::factor(params.sampling_down_factor, "sampling_down_factor")?,
            samples: Samples::new(params.idle),
            wishes: Vec::new(),
        };
        if down >= up {
            let expected = format_args!("found {down}, expected less than {up}, `up_threshold`");
            return Err(BuildError::new(expected).inside("down_threshold"));
        }
        Ok(governor)
    }
}

#[cfg(test)]
mod tests {
    use super::super::look::look;
    use super::*;

    const F: [f64; 3] = [1.0e9, 1.5e9, 2.0e9];

    /// States after looks at these loads, from the lowest state on; the last look's answer.
    fn run(params: Params, loads: &[f64]) -> (Vec<usize>, bool) {
        let mut governor = Conservative::build(params).unwrap();
        let (mut current, mut settled) = (0, false);
        let states = (1..).zip(loads).map(|(now, load)| {
            let choice = governor.look(&look(now, current, *load, &F));
            (current, settled) = (choice.state, choice.settled);
            current
        });
        (states.collect(), settled)
    }

    /// Clocks in GHz. A step is 0.25 · 2 = 0.5. Up: wishes 1.5 and 2, then nothing more to wish. In between it holds. Down: 1.5, 1.
    #[test]
    fn it_goes_step_by_step() {
        let params = || Params { freq_step: 0.25, ..Params::default() };
        assert_eq!(run(params(), &[0.81, 1.0, 1.0]), (vec![1, 2, 2], true));
        assert_eq!(run(params(), &[1.0, 0.8, 0.2]), (vec![1, 1, 1], true));
        assert_eq!(run(params(), &[1.0, 1.0, 0.1, 0.1, 0.1]), (vec![1, 2, 1, 0, 0], true));
    }

    /// A step is 0.1 · 2 = 0.2: wishes 1.2, 1.4, 1.6 (state 1.5 at or below it), 1.8, 2.0. Then 1.8, where the lowest
    /// state at or above is 2; 1.6, 1.4 (state 1.5), 1.2, 1.
    #[test]
    fn a_wish_between_two_states_is_kept_for_the_next_step() {
        let params = Params { freq_step: 0.1, ..Params::default() };
        let loads = [1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0];
        assert_eq!(run(params, &loads), (vec![0, 0, 1, 1, 2, 2, 2, 1, 1, 0], true));
    }

    /// It may fall at every second sample only.
    #[test]
    fn it_may_fall_more_slowly_than_it_rises() {
        let params = Params { freq_step: 0.25, sampling_down_factor: 2, ..Params::default() };
        assert_eq!(run(params, &[1.0, 1.0, 0.0, 0.0, 0.0, 0.0]), (vec![1, 2, 2, 1, 1, 0], true));
    }

    /// It rests from 2 s to 9.9 s: the 7 whole periods in 7.9 s are made up for by seven steps, and an eighth follows
    /// for the load, that of the sample before the rest.
    #[test]
    fn a_rest_is_made_up_for_in_steps() {
        let params = Params { freq_step: 0.05, idle: Idle::Deferred, ..Params::default() };
        let mut governor = Conservative::build(params).unwrap();
        let mut at = |now, current, load| governor.look(&look(now, current, load, &F)).state;
        // The first look takes over the clock as it is; 0.1 lowers the wish to 1.9, where 2 is the lowest above.
        assert_eq!(at(1, 2, 0.5), 2);
        assert_eq!(at(2, 2, 0.1), 2);
        assert_eq!(at(3, 2, 0.0), 2);
        // 1.9 − 7 · 0.1 − 0.1 = 1.1: 1.5 is the lowest above.
        assert_eq!(at(10, 2, 0.1), 1);
    }

    #[test]
    fn parameters_are_checked() {
        let build = |up_threshold, down_threshold, freq_step| {
            Conservative::build(Params { up_threshold, down_threshold, freq_step, ..Params::default() })
        };
        assert!(build(0.8, 0.2, 1.0).is_ok());
        for (up, down, step) in [(0.2, 0.8, 0.1), (0.5, 0.5, 0.1), (1.1, 0.5, 0.1), (0.5, 0.2, 0.0)] {
            assert!(build(up, down, step).is_err(), "{up} {down} {step}");
        }
    }
}
