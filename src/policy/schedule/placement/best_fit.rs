//! The units that leave the least behind.

use crate::policy::registry::{BuildError, NoParams, Plugin};
use crate::policy::{ClusterView, TaskView};
use crate::units::{NodeId, UnitId};

use super::ranked::{Rank, Ranking};

/// Prefers units with the least free share, then the least free memory, in nodes with the fewest free
/// units; among nodes, the one with the fewest free units, then processors. Ties: lowest number.
#[derive(Clone, Copy, Debug, Default)]
pub struct BestFit;

impl Ranking for BestFit {
    fn unit(&mut self, _task: TaskView<'_>, unit: UnitId, view: &ClusterView<'_>) -> Rank {
        let at = view.unit(unit);
        let (_, _, free_units) = view.node_free(at.node());
        (u64::from(at.free().0), u64::from(free_units), at.memory_free().get())
    }

    fn node(&mut self, _task: TaskView<'_>, node: NodeId, view: &ClusterView<'_>) -> Rank {
        let (cpus, memory, units) = view.node_free(node);
        (u64::from(units), cpus, memory.get())
    }
}

impl Plugin for BestFit {
    const NAME: &'static str = "best-fit";
    const ABOUT: &'static str = "units and nodes that leave the least free behind";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self)
    }
}
