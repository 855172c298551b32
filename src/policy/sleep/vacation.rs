//! Idle units go away for a while and cannot be called back.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::dist::Dist;
use crate::json::{Seconds, SubError};
use crate::policy::registry::{BuildError, Plugin};
use crate::policy::{SleepPolicy, UnitView};
use crate::rng::StreamRng;
use crate::units::SimDuration;

use super::{Descent, IdlePeriod};

/// A unit that becomes idle is away for a random time; if nothing waits for it when it is back, it goes again
/// (multiple vacations: maintenance, or work of somebody else's). Needs devices with a sleep state, in whose
/// transition power the absence is paid.
///
/// Source: Levy & Yechiali, Management Science 1975.
#[derive(Clone, Debug)]
pub struct Vacation {
    length: Dist,
}

/// Parameters of [`Vacation`].
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// Mean length of one absence.
    pub mean: Seconds,
    /// Coefficient of variation of the length: 0 for equal lengths, 1 (default) for exponential ones.
    #[serde(default = "one")]
    pub cv: f64,
}

fn one() -> f64 {
    1.0
}

impl SleepPolicy for Vacation {
    fn descend(&mut self, _unit: UnitView<'_>, _period: IdlePeriod) -> Option<Descent> {
        Some(Descent { state: 0, after: SimDuration::ZERO })
    }

    fn absence(&mut self, rng: &mut StreamRng) -> Option<SimDuration> {
        Some(SimDuration::from_secs_f64_clamped(self.length.sample(rng)).max(SimDuration::from_nanos(1)))
    }
}

impl Plugin for Vacation {
    const NAME: &'static str = "vacation";
    const ABOUT: &'static str = "idle units are away for a random time, again and again (Levy & Yechiali 1975)";
    type Params = Params;

    fn build(params: Params) -> Result<Self, BuildError> {
        let mean = params.mean.get();
        if mean <= 0.0 {
            return Err(SubError::new(format_args!("found {mean}, expected a duration > 0")).inside("mean"));
        }
        let length = match params.cv {
            0.0 => Dist::constant(mean),
            1.0 => Dist::exponential(mean),
            cv => Dist::gamma(mean, cv),
        };
        length.map(|length| Self { length }).map_err(|why| SubError::new(why).inside("cv"))
    }
}
