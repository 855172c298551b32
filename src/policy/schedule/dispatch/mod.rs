//! Dispatching: a task is bound to a unit as soon as it is ready, and waits in that unit's line.
//!
//! One rule chooses the line, another whether an idle unit may take from the line of a busy one.

mod fastest_finish;
mod jiq;
mod jsq;
mod least_work;
mod met;
mod power_of_d;
mod random;
mod round_robin;
mod scheduler;
mod steal;

pub use super::load::Load;
pub use fastest_finish::FastestFinish;
pub use jiq::JoinIdleQueue;
pub use jsq::JoinShortestQueue;
pub use least_work::LeastWork;
pub use met::FastestUnit;
pub use power_of_d::PowerOfD;
pub use random::Random;
pub use round_robin::RoundRobin;
pub use scheduler::{ChooseBy, Dispatch, DispatchParams};
pub use steal::Steal;

use std::collections::BTreeMap;

use crate::model::world::Site;
use crate::rng::StreamRng;
use crate::units::{NodeId, PoolId, UnitId};

use super::super::{ClusterView, TaskView};

/// At which units a task will stand in line.
pub trait Choose: Send {
    /// Units for `task` out of the pools that could hold it; a gang is given as many as it is wide, of one pool.
    /// `None` where there are none.
    fn choose(
        &mut self,
        task: TaskView<'_>,
        load: &mut Load,
        view: &ClusterView<'_>,
        rng: &mut StreamRng,
    ) -> Option<Site>;
}

/// The pools that could hold `task`, fastest first.
fn pools(task: TaskView<'_>, view: &ClusterView<'_>) -> Vec<PoolId> {
    view.possible(task).map(|option| option.pool).collect()
}

/// The first of `units` that make a site for `task`: so many as it is wide; in one node that has the host resources,
/// where that is needed.
fn gather(task: TaskView<'_>, view: &ClusterView<'_>, units: impl Iterator<Item = UnitId>) -> Option<Site> {
    let units = units.filter(|u| !view.unit(*u).is_down());
    let width = task.units() as usize;
    let site = |mut units: Vec<UnitId>, node| {
        units.sort_unstable();
        Site::new(units, node)
    };
    if !view.one_node(task) {
        let first: Vec<UnitId> = units.take(width).collect();
        return (first.len() == width).then(|| site(first, None));
    }
    let mut rooms: BTreeMap<NodeId, Vec<UnitId>> = BTreeMap::new();
    for unit in units {
        let node = view.unit(unit).node();
        if !view.node_could_hold(task, node) {
            continue;
        }
        let room = rooms.entry(node).or_default();
        room.push(unit);
        if room.len() == width {
            return Some(site(std::mem::take(room), Some(node)));
        }
    }
    None
}
