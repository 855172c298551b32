//! Discretized least attained service, by time.

use crate::policy::TaskView;
use crate::policy::registry::{BuildError, NoParams, Plugin};
use crate::units::SimDuration;

use super::leveled::Service;

/// Service is time worked; the next look is when the limit is reached.
#[derive(Clone, Copy, Debug, Default)]
pub struct Dlas;

impl Service for Dlas {
    fn of(&self, _task: TaskView<'_>, executed: SimDuration) -> u128 {
        u128::from(executed.as_nanos())
    }

    fn look_after(&self, _task: TaskView<'_>, executed: SimDuration, limit: SimDuration) -> SimDuration {
        limit - executed
    }
}

impl Plugin for Dlas {
    const NAME: &'static str = "tiresias-dlas";
    const ABOUT: &'static str = "Tiresias' simulator: three queues by time worked, preemptive (Gu et al. 2019)";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self)
    }
}
