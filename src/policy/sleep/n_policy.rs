//! Sleep until several tasks wait.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::json::SubError;
use crate::policy::registry::{BuildError, Plugin};
use crate::policy::{SleepPolicy, UnitView};
use crate::units::SimDuration;

use super::{Descent, IdlePeriod, chosen};

/// A unit sleeps as soon as it is idle, and is out of the scheduler's reach until `tasks` tasks wait in the queue: fewer
/// wake-ups, for more waiting. When that many wait, all units that sleep are within reach; those that are given a task wake,
/// the others are out of reach again. Once no more tasks can come, and where the waiting room holds fewer, fewer will do.
///
/// Source: Yadin & Naor, Operational Research Quarterly 14(4), 1963.
#[derive(Clone, Copy, Debug)]
pub struct NPolicy {
    tasks: u64,
    state: Option<u8>,
}

/// Parameters of [`NPolicy`].
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// How many tasks must wait, at least 1; default 2.
    pub tasks: u64,
    /// Which sleep state, 0 the shallowest; default: the deepest that the device has.
    pub state: Option<u8>,
}

impl Default for Params {
    fn default() -> Self {
        Self { tasks: 2, state: None }
    }
}

impl SleepPolicy for NPolicy {
    fn descend(&mut self, unit: UnitView<'_>, _period: IdlePeriod) -> Option<Descent> {
        Some(Descent { state: chosen(self.state, unit)?, after: SimDuration::ZERO })
    }

    fn tasks_to_wake(&self) -> Option<u64> {
        Some(self.tasks)
    }
}

impl Plugin for NPolicy {
    const NAME: &'static str = "n-policy";
    const ABOUT: &'static str = "sleep when idle, wake when `tasks` tasks wait (Yadin & Naor 1963)";
    type Params = Params;

    fn build(params: Params) -> Result<Self, BuildError> {
        if params.tasks == 0 {
            return Err(SubError::new("found 0, expected at least 1 task").inside("tasks"));
        }
        Ok(Self { tasks: params.tasks, state: params.state })
    }
}
