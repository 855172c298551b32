//! The units with the fewest tasks.

use crate::policy::registry::{BuildError, NoParams, Plugin};
use crate::policy::{ClusterView, TaskView};
use crate::units::{NodeId, UnitId};

use super::ranked::{Rank, Ranking};

/// Join the shortest queue: the units with the fewest residents, in the fastest pool that has room; among nodes the
/// one whose units have the fewest. Ties: lowest number.
#[derive(Clone, Copy, Debug, Default)]
pub struct Jsq;

impl Ranking for Jsq {
    fn unit(&mut self, _task: TaskView<'_>, unit: UnitId, view: &ClusterView<'_>) -> Rank {
        (view.unit(unit).residents().len() as u64, 0, 0)
    }

    fn node(&mut self, _task: TaskView<'_>, node: NodeId, view: &ClusterView<'_>) -> Rank {
        (view.node_units(node).map(|u| view.unit(u).residents().len() as u64).sum(), 0, 0)
    }
}

impl Plugin for Jsq {
    const NAME: &'static str = "jsq";
    const ABOUT: &'static str = "join the shortest queue: units with the fewest tasks (Winston 1977)";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self)
    }
}
