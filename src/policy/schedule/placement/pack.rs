//! The fullest node.

use crate::policy::registry::{BuildError, NoParams, Plugin};
use crate::policy::{ClusterView, TaskView};
use crate::units::{NodeId, UnitId};

use super::by_node::NodeRanking;
use super::ranked::Rank;

/// Fills the fullest node first: the least free share per unit, then the least free part of the host processors,
/// then of the host memory; in the node the units with the least free share. Ties: lowest number.
#[derive(Clone, Copy, Debug, Default)]
pub struct Pack;

/// `free` as millionths of `capacity`; nothing of what never binds.
fn part(free: u64, capacity: u64) -> u64 {
    if capacity == u64::MAX || capacity == 0 {
        return 0;
    }
    (u128::from(free) * 1_000_000 / u128::from(capacity)) as u64
}

impl NodeRanking for Pack {
    fn node(&mut self, _task: TaskView<'_>, node: NodeId, _units: &[UnitId], view: &ClusterView<'_>) -> Rank {
        let (units, free) =
            view.node_units(node).fold((0u64, 0u64), |(n, sum), u| (n + 1, sum + u64::from(view.unit(u).free().0)));
        let ((cpus, memory, _), (all_cpus, all_memory)) = (view.node_free(node), view.node_capacity(node));
        (free / units.max(1), part(cpus, all_cpus), part(memory.get(), all_memory.get()))
    }
}

impl Plugin for Pack {
    const NAME: &'static str = "pack";
    const ABOUT: &'static str = "the fullest node first, over all kinds that can run the task (most allocated)";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self)
    }
}
