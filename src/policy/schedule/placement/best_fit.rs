//! The units that leave the least behind.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::world::Site;
use crate::policy::registry::{BuildError, Plugin};
use crate::policy::schedule::{Placement, PoolFilter};
use crate::policy::{ClusterView, TaskView};
use crate::rng::StreamRng;
use crate::units::{NodeId, UnitId};

use super::ranked::{Rank, Ranking, place_ranked};

/// Prefers units with the least free share, then the least free memory, in nodes with the fewest free
/// units; among nodes, the one with the fewest free units, then processors. Ties: lowest number.
#[derive(Clone, Copy, Debug, Default)]
pub struct BestFit;

/// No parameters.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Params {}

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

impl Placement for BestFit {
    fn place(
        &mut self,
        task: TaskView<'_>,
        pools: PoolFilter,
        view: &ClusterView<'_>,
        _rng: &mut StreamRng,
        site: &mut Site,
    ) -> bool {
        place_ranked(self, task, pools, view, site)
    }
}

impl Plugin for BestFit {
    const NAME: &'static str = "best-fit";
    const ABOUT: &'static str = "units and nodes that leave the least free behind";
    type Params = Params;

    fn build(_: Params) -> Result<Self, BuildError> {
        Ok(Self)
    }
}
