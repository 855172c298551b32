//! Priorities, preemptive-resume.

use crate::policy::registry::{BuildError, NoParams, Plugin};
use crate::policy::schedule::Key;
use crate::policy::{ClusterView, TaskView};

use super::Rank;

/// The user's priority, highest first.
///
/// Source: Conway, Maxwell & Miller, Theory of Scheduling, 1967, section 8-7 (preemptive resume, where work is kept).
#[derive(Clone, Copy, Debug, Default)]
pub struct Priority;

impl Rank for Priority {
    fn rank(&self, task: TaskView<'_>, _view: &ClusterView<'_>) -> Key {
        Key::descending_real(task.priority())
    }
}

impl Plugin for Priority {
    const NAME: &'static str = "priority-preemptive";
    const ABOUT: &'static str = "highest priority first, preemptive (Conway, Maxwell & Miller 1967)";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self)
    }
}
