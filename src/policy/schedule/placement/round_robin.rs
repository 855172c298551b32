//! Units in turn.

use crate::model::world::Site;
use crate::policy::registry::{BuildError, NoParams, Plugin};
use crate::policy::schedule::{Placement, PoolFilter};
use crate::policy::{ClusterView, TaskView};
use crate::rng::StreamRng;
use crate::units::{NodeId, UnitId};

use super::ranked::{Rank, Ranking, place_ranked};

/// Goes round: the first units that fit after the one given last, in the fastest pool that has room.
#[derive(Clone, Copy, Debug, Default)]
pub struct RoundRobin {
    turn: Turn,
}

/// Where the round stands.
#[derive(Clone, Copy, Debug, Default)]
struct Turn {
    next_unit: u32,
    next_node: u32,
}

/// Distance forward from `next`, so that what was just given comes last.
const fn turn(number: u32, next: u32) -> u64 {
    number.wrapping_sub(next) as u64
}

impl Ranking for Turn {
    fn unit(&mut self, _task: TaskView<'_>, unit: UnitId, _view: &ClusterView<'_>) -> Rank {
        (turn(unit.0, self.next_unit), 0, 0)
    }

    fn node(&mut self, _task: TaskView<'_>, node: NodeId, _view: &ClusterView<'_>) -> Rank {
        (turn(node.0, self.next_node), 0, 0)
    }
}

impl Placement for RoundRobin {
    fn place(
        &mut self,
        task: TaskView<'_>,
        pools: PoolFilter,
        view: &ClusterView<'_>,
        _rng: &mut StreamRng,
        site: &mut Site,
    ) -> bool {
        let Turn { next_unit, next_node } = self.turn;
        if !place_ranked(&mut self.turn, task, pools, view, site) {
            return false;
        }
        // The last unit given, in turn order, not the highest number.
        let last = site.units.iter().max_by_key(|u| turn(u.0, next_unit));
        self.turn.next_unit = last.map_or(next_unit, |u| u.0 + 1);
        self.turn.next_node = site.nodes.last().map_or(next_node, |n| n.0 + 1);
        true
    }

    fn is_steady(&self) -> bool {
        true
    }
}

impl Plugin for RoundRobin {
    const NAME: &'static str = "round-robin";
    const ABOUT: &'static str = "units in turn";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self::default())
    }
}
