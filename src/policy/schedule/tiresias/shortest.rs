//! Shortest remaining time first.

use crate::policy::registry::{BuildError, NoParams, Plugin};
use crate::policy::{ClusterView, TaskView};

use super::sorted::{SortKey, left};

/// The estimated time left.
#[derive(Clone, Copy, Debug, Default)]
pub struct Shortest;

impl SortKey for Shortest {
    fn key(&self, task: TaskView<'_>, view: &ClusterView<'_>) -> u128 {
        u128::from(left(task, view).as_nanos())
    }
}

impl Plugin for Shortest {
    const NAME: &'static str = "tiresias-shortest";
    const ABOUT: &'static str = "Tiresias' simulator: shortest remaining time first, preemptive (Gu et al. 2019)";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self)
    }
}
