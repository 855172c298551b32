//! Discretized least attained service, by time and units: Tiresias-L.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::policy::TaskView;
use crate::policy::registry::{BuildError, Plugin};
use crate::units::SimDuration;

use super::leveled::Service;

/// Service is time worked times units.
///
/// The next look comes `(limit − time worked) / units` from now, in whole seconds: the original forgets there to
/// multiply the time worked, so that a task which has worked already may be found out late. It is found out at any other
/// decision before.
#[derive(Clone, Copy, Debug)]
pub struct DlasGpu {
    rounding: Rounding,
}

/// How the original's division is rounded to a second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Rounding {
    /// As it is written: up.
    #[default]
    Up,
    /// As Python 2 runs it, which divides whole numbers before there is anything to round: down.
    Down,
}

/// Parameters.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DlasGpuParams {
    /// How the time of the next look is rounded to a second; default `up`.
    rounding: Rounding,
}

impl Service for DlasGpu {
    fn of(&self, task: TaskView<'_>, executed: SimDuration) -> u128 {
        u128::from(executed.as_nanos()) * u128::from(task.units())
    }

    fn look_after(&self, task: TaskView<'_>, executed: SimDuration, limit: SimDuration) -> SimDuration {
        let (missing, per_second) = ((limit - executed).as_nanos(), u64::from(task.units().max(1)) * 1_000_000_000);
        SimDuration::from_secs(match self.rounding {
            Rounding::Up => missing.div_ceil(per_second),
            // A look at once would find nothing new.
            Rounding::Down => (missing / per_second).max(1),
        })
    }
}

impl Plugin for DlasGpu {
    const NAME: &'static str = "tiresias-dlas-gpu";
    const ABOUT: &'static str = "Tiresias-L: three queues by time worked x units, preemptive (Gu et al., NSDI 2019)";
    type Params = DlasGpuParams;

    fn build(params: DlasGpuParams) -> Result<Self, BuildError> {
        Ok(Self { rounding: params.rounding })
    }
}
