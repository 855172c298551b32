//! Least remaining service first.

use crate::policy::registry::{BuildError, NoParams, Plugin};
use crate::policy::{ClusterView, TaskView};

use super::sorted::{SortKey, left};

/// The estimated time left, times the units that a task takes.
#[derive(Clone, Copy, Debug, Default)]
pub struct ShortestGpu;

impl SortKey for ShortestGpu {
    fn key(&self, task: TaskView<'_>, view: &ClusterView<'_>) -> u128 {
        u128::from(left(task, view).as_nanos()) * u128::from(task.units())
    }
}

impl Plugin for ShortestGpu {
    const NAME: &'static str = "tiresias-shortest-gpu";
    const ABOUT: &'static str = "Tiresias' simulator: least remaining time x units first, preemptive (Gu et al. 2019)";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self)
    }
}
