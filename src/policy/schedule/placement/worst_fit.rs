//! The units that leave the most behind.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::world::Site;
use crate::policy::registry::{BuildError, Plugin};
use crate::policy::schedule::{Placement, PoolFilter};
use crate::policy::{ClusterView, TaskView};
use crate::rng::StreamRng;
use crate::units::{NodeId, UnitId};

use super::BestFit;
use super::ranked::{Rank, Ranking, place_ranked};

/// Prefers the opposite of [`BestFit`]: most free share, most free units in the node. Ties: lowest number.
#[derive(Clone, Copy, Debug, Default)]
pub struct WorstFit;

/// No parameters.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Params {}

fn reversed((a, b, c): Rank) -> Rank {
    (u64::MAX - a, u64::MAX - b, u64::MAX - c)
}

impl Ranking for WorstFit {
    fn unit(&mut self, task: TaskView<'_>, unit: UnitId, view: &ClusterView<'_>) -> Rank {
        reversed(BestFit.unit(task, unit, view))
    }

    fn node(&mut self, task: TaskView<'_>, node: NodeId, view: &ClusterView<'_>) -> Rank {
        reversed(BestFit.node(task, node, view))
    }
}

impl Placement for WorstFit {
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

impl Plugin for WorstFit {
    const NAME: &'static str = "worst-fit";
    const ABOUT: &'static str = "units and nodes that leave the most free behind";
    type Params = Params;

    fn build(_: Params) -> Result<Self, BuildError> {
        Ok(Self)
    }
}
