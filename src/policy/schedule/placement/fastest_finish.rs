//! The free units on which the task would end first.

use crate::policy::registry::{BuildError, NoParams, Plugin};
use crate::policy::{ClusterView, TaskView};
use crate::units::{NodeId, UnitId};

use super::ranked::{Rank, Ranking};

/// Prefers, over all kinds of units, the free ones on which the task is expected to end first: waking
/// time plus estimated time at full speed there. Ties: pool order, then lowest number.
///
/// It weighs only units that are free now (minimum completion time over idle machines: Maheswaran et al.,
/// JPDC 1999, without queues at the units).
#[derive(Clone, Copy, Debug, Default)]
pub struct FastestFinish;

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

impl Plugin for FastestFinish {
    const NAME: &'static str = "fastest-finish";
    const ABOUT: &'static str = "free units on which the task is expected to end first (MCT, Maheswaran 1999)";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self)
    }
}
