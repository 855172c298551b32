//! The units that leave the most behind.

use crate::policy::registry::{BuildError, NoParams, Plugin};
use crate::policy::{ClusterView, TaskView};
use crate::units::{NodeId, UnitId};

use super::BestFit;
use super::ranked::{Rank, Ranking, reversed};

/// Prefers the opposite of [`BestFit`]: most free share, most free units in the node. Ties: lowest number.
#[derive(Clone, Copy, Debug, Default)]
pub struct WorstFit;

impl Ranking for WorstFit {
    fn unit(&mut self, task: TaskView<'_>, unit: UnitId, view: &ClusterView<'_>) -> Rank {
        reversed(BestFit.unit(task, unit, view))
    }

    fn node(&mut self, task: TaskView<'_>, node: NodeId, view: &ClusterView<'_>) -> Rank {
        reversed(BestFit.node(task, node, view))
    }
}

impl Plugin for WorstFit {
    const NAME: &'static str = "worst-fit";
    const ABOUT: &'static str = "units and nodes that leave the most free behind";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self)
    }
}
