//! Smallest job first.

use crate::policy::registry::{BuildError, NoParams, Plugin};
use crate::policy::{ClusterView, TaskView};

use super::sorted::SortKey;

/// The number of units that a task takes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sjf;

impl SortKey for Sjf {
    fn key(&self, task: TaskView<'_>, _view: &ClusterView<'_>) -> u128 {
        u128::from(task.units())
    }
}

impl Plugin for Sjf {
    const NAME: &'static str = "tiresias-sjf";
    const ABOUT: &'static str = "Tiresias' simulator: fewest units first, preemptive (Gu et al. 2019)";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self)
    }
}
