//! Gangs that stay together.

use crate::policy::registry::{BuildError, NoParams, Plugin};
use crate::policy::{ClusterView, TaskView};
use crate::units::{NodeId, UnitId};

use super::by_node::NodeRanking;
use super::ranked::Rank;

/// Keeps a gang within one node if any node can hold it: the one with the fewest units that fit, then the fewest
/// free processors (best fit). Else over the fewest nodes: those with the most units that fit first. Within a node
/// the units with the least free share. Ties: lowest number.
#[derive(Clone, Copy, Debug, Default)]
pub struct Locality;

impl NodeRanking for Locality {
    fn node(&mut self, task: TaskView<'_>, node: NodeId, units: &[UnitId], view: &ClusterView<'_>) -> Rank {
        let (cpus, memory, _) = view.node_free(node);
        let fitting = units.len() as u64;
        if fitting >= u64::from(task.units()) {
            (fitting, cpus, memory.get())
        } else {
            (u64::MAX - fitting, cpus, memory.get())
        }
    }
}

impl Plugin for Locality {
    const NAME: &'static str = "locality";
    const ABOUT: &'static str = "a gang within one node, best fit; else over the fewest nodes";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self)
    }
}
