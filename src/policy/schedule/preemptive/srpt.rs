//! Shortest remaining processing time, preemptive.

use crate::policy::registry::{BuildError, NoParams, Plugin};
use crate::policy::schedule::Key;
use crate::policy::{ClusterView, TaskView};

use super::Rank;

/// The estimated time left, at full speed on the task's fastest kind of unit.
///
/// Source: Schrage & Miller, Operations Research 1966. With perfect estimates on one unit it
/// minimises the mean response time.
#[derive(Clone, Copy, Debug, Default)]
pub struct Srpt;

impl Rank for Srpt {
    fn rank(&self, task: TaskView<'_>, view: &ClusterView<'_>) -> Key {
        let best = view.options(task).first();
        let left = best.map_or(task.estimate(), |best| view.estimated_remaining(task, best.pool));
        Key::ascending(left.as_nanos())
    }
}

impl Plugin for Srpt {
    const NAME: &'static str = "srpt";
    const ABOUT: &'static str = "shortest remaining time first, preemptive (Schrage & Miller 1966)";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self)
    }
}
