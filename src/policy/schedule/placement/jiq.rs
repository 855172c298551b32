//! An idle unit, else any.

use crate::model::world::Site;
use crate::policy::registry::{BuildError, NoParams, Plugin};
use crate::policy::schedule::{Placement, PoolFilter};
use crate::policy::{ClusterView, TaskView};
use crate::rng::StreamRng;
use crate::units::{NodeId, UnitId};
use rand::RngExt;

use super::ranked::{Rank, Ranking, place_ranked};

/// Join the idle queue: units without tasks, lowest number first; where there are none, uniform among those that
/// fit. In the fastest pool that has room; among nodes likewise, a node being idle where all its units are.
#[derive(Clone, Copy, Debug, Default)]
pub struct Jiq;

/// Idle candidates before all others, which have lots.
struct IdleFirst<'a>(&'a mut StreamRng);

impl IdleFirst<'_> {
    fn rank(&mut self, idle: bool) -> Rank {
        if idle { (0, 0, 0) } else { (1, self.0.random(), 0) }
    }
}

impl Ranking for IdleFirst<'_> {
    fn unit(&mut self, _task: TaskView<'_>, unit: UnitId, view: &ClusterView<'_>) -> Rank {
        self.rank(view.unit(unit).residents().is_empty())
    }

    fn node(&mut self, _task: TaskView<'_>, node: NodeId, view: &ClusterView<'_>) -> Rank {
        self.rank(view.node_units(node).all(|u| view.unit(u).residents().is_empty()))
    }
}

impl Placement for Jiq {
    fn place(
        &mut self,
        task: TaskView<'_>,
        pools: PoolFilter,
        view: &ClusterView<'_>,
        rng: &mut StreamRng,
        site: &mut Site,
    ) -> bool {
        place_ranked(&mut IdleFirst(rng), task, pools, view, site)
    }
}

impl Plugin for Jiq {
    const NAME: &'static str = "jiq";
    const ABOUT: &'static str = "join the idle queue: an idle unit, else a random one (Lu et al. 2011)";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self)
    }
}
