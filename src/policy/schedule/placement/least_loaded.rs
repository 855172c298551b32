//! The units with the least work.

use crate::policy::registry::{BuildError, NoParams, Plugin};
use crate::policy::{ClusterView, TaskView};
use crate::units::{NodeId, UnitId};

use super::ranked::{Rank, Ranking};

/// Prefers units with the fewest tasks on them, then the least work done so far; nodes with the most
/// free units. The load balancing of the first XPU manager. Ties: lowest number.
#[derive(Clone, Copy, Debug, Default)]
pub struct LeastLoaded;

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

impl Plugin for LeastLoaded {
    const NAME: &'static str = "least-loaded";
    const ABOUT: &'static str = "fewest tasks, then least work done so far (load balancing)";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self)
    }
}
