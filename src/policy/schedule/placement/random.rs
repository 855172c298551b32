//! Units drawn by lot.

use crate::model::world::Site;
use crate::policy::registry::{BuildError, NoParams, Plugin};
use crate::policy::schedule::{Placement, PoolFilter};
use crate::policy::{ClusterView, TaskView};
use crate::rng::StreamRng;
use crate::units::{NodeId, UnitId};
use rand::RngExt;

use super::ranked::{Rank, Ranking, place_ranked};

/// Uniform among the units (or nodes) that fit, in the fastest pool that has room.
#[derive(Clone, Copy, Debug, Default)]
pub struct Random;

/// Gives every candidate a random rank.
struct Lots<'a>(&'a mut StreamRng);

impl Ranking for Lots<'_> {
    fn unit(&mut self, _task: TaskView<'_>, _unit: UnitId, _view: &ClusterView<'_>) -> Rank {
        (self.0.random(), 0, 0)
    }

    fn node(&mut self, _task: TaskView<'_>, _node: NodeId, _view: &ClusterView<'_>) -> Rank {
        (self.0.random(), 0, 0)
    }
}

impl Placement for Random {
    fn place(
        &mut self,
        task: TaskView<'_>,
        pools: PoolFilter,
        view: &ClusterView<'_>,
        rng: &mut StreamRng,
        site: &mut Site,
    ) -> bool {
        place_ranked(&mut Lots(rng), task, pools, view, site)
    }

    fn is_steady(&self) -> bool {
        true
    }
}

impl Plugin for Random {
    const NAME: &'static str = "random";
    const ABOUT: &'static str = "uniform among the units that fit";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self)
    }
}
