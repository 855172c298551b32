//! Preemptive shortest job first.

use crate::policy::registry::{BuildError, NoParams, Plugin};
use crate::policy::schedule::Key;
use crate::policy::{ClusterView, TaskView};

use super::Rank;

/// The estimated time of the whole task, at full speed on its fastest kind of unit: what it has done already does not
/// count.
///
/// Source: Harchol-Balter, Performance Modeling and Design of Computer Systems, 2013, section 32.3.
#[derive(Clone, Copy, Debug, Default)]
pub struct Psjf;

impl Rank for Psjf {
    fn rank(&self, task: TaskView<'_>, view: &ClusterView<'_>) -> Key {
        let best = view.options(task).first();
        let whole = best.map_or(task.estimate(), |best| view.estimated_time(task, best.pool));
        Key::ascending(whole.as_nanos())
    }
}

impl Plugin for Psjf {
    const NAME: &'static str = "psjf";
    const ABOUT: &'static str = "shortest estimate first, preemptive; work done does not count (Harchol-Balter 2013)";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self)
    }
}
