//! The free units on which the task would end first.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::world::Site;
use crate::policy::registry::{BuildError, Plugin};
use crate::policy::schedule::{Placement, PoolFilter};
use crate::policy::{ClusterView, TaskView};
use crate::rng::StreamRng;
use crate::units::{NodeId, UnitId};

use super::ranked::{Rank, Ranking, place_ranked};

/// Prefers, over all kinds of units, the free ones on which the task is expected to end first: waking
/// time plus estimated time at full speed there. Ties: pool order, then lowest number.
///
/// It weighs only units that are free now (minimum completion time over idle machines: Maheswaran et al.,
/// JPDC 1999, without queues at the units).
#[derive(Clone, Copy, Debug, Default)]
pub struct FastestFinish;

/// No parameters.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Params {}

impl Ranking for FastestFinish {
    fn unit(&mut self, task: TaskView<'_>, unit: UnitId, view: &ClusterView<'_>) -> Rank {
        let at = view.unit(unit);
        let time = at.wake_delay() + view.estimated_remaining(task, at.pool());
        (time.as_nanos(), 0, 0)
    }

    fn node(&mut self, _task: TaskView<'_>, node: NodeId, view: &ClusterView<'_>) -> Rank {
        let sleepers = view.node_units(node).filter(|u| !view.unit(*u).wake_delay().is_zero()).count();
        (sleepers as u64, 0, 0)
    }

    fn across_pools(&self) -> bool {
        true
    }
}

impl Placement for FastestFinish {
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

impl Plugin for FastestFinish {
    const NAME: &'static str = "fastest-finish";
    const ABOUT: &'static str = "free units on which the task is expected to end first (MCT, Maheswaran 1999)";
    type Params = Params;

    fn build(_: Params) -> Result<Self, BuildError> {
        Ok(Self)
    }
}
