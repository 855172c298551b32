//! The emptiest node.

use crate::policy::registry::{BuildError, NoParams, Plugin};
use crate::policy::{ClusterView, TaskView};
use crate::units::{NodeId, UnitId};

use super::by_node::NodeRanking;
use super::pack::Pack;
use super::ranked::{Rank, reversed};

/// Prefers the opposite of [`Pack`]: the emptiest node, in it the units with the most free share. Ties: lowest
/// number.
#[derive(Clone, Copy, Debug, Default)]
pub struct Spread;

impl NodeRanking for Spread {
    fn node(&mut self, task: TaskView<'_>, node: NodeId, units: &[UnitId], view: &ClusterView<'_>) -> Rank {
        reversed(Pack.node(task, node, units, view))
    }

    fn unit(&mut self, task: TaskView<'_>, unit: UnitId, view: &ClusterView<'_>) -> Rank {
        reversed(Pack.unit(task, unit, view))
    }
}

impl Plugin for Spread {
    const NAME: &'static str = "spread";
    const ABOUT: &'static str = "the emptiest node first, over all kinds that can run the task (least allocated)";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self)
    }
}
