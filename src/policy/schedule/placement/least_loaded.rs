//! The units with the least work.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::world::Site;
use crate::policy::registry::{BuildError, Plugin};
use crate::policy::schedule::{Placement, PoolFilter};
use crate::policy::{ClusterView, TaskView};
use crate::rng::StreamRng;
use crate::units::{NodeId, UnitId};

use super::ranked::{Rank, Ranking, place_ranked};

/// Prefers units with the fewest tasks on them, then the least work done so far; nodes with the most
/// free units. The load balancing of the first XPU manager. Ties: lowest number.
#[derive(Clone, Copy, Debug, Default)]
pub struct LeastLoaded;

/// No parameters.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Params {}

impl Ranking for LeastLoaded {
    fn unit(&mut self, _task: TaskView<'_>, unit: UnitId, view: &ClusterView<'_>) -> Rank {
        let at = view.unit(unit);
        let work = at.work_done();
        (at.residents().len() as u64, (work >> 64) as u64, work as u64)
    }

    fn node(&mut self, _task: TaskView<'_>, node: NodeId, view: &ClusterView<'_>) -> Rank {
        let (cpus, memory, units) = view.node_free(node);
        (u64::MAX - u64::from(units), u64::MAX - cpus, u64::MAX - memory.get())
    }
}

impl Placement for LeastLoaded {
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

impl Plugin for LeastLoaded {
    const NAME: &'static str = "least-loaded";
    const ABOUT: &'static str = "fewest tasks, then least work done so far (load balancing)";
    type Params = Params;

    fn build(_: Params) -> Result<Self, BuildError> {
        Ok(Self)
    }
}
