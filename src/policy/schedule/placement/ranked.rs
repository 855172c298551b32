//! Placement by a rank of units and nodes: the lowest fitting ones win.

use crate::model::world::Site;
use crate::policy::schedule::{Placement, PoolFilter};
use crate::policy::{ClusterView, TaskView};
use crate::rng::StreamRng;
use crate::units::{NodeId, PoolId, UnitId};

use super::fill_nodes::fill;

/// Lower is better; the last tie goes to the lowest number of unit or node.
pub type Rank = (u64, u64, u64);

/// The rank that makes the last the first.
pub(super) const fn reversed((a, b, c): Rank) -> Rank {
    (u64::MAX - a, u64::MAX - b, u64::MAX - c)
}

/// What a placement prefers. Every ranking is a placement: the lowest ranks win.
pub trait Ranking {
    /// Rank of a unit on which the task fits.
    fn unit(&mut self, task: TaskView<'_>, unit: UnitId, view: &ClusterView<'_>) -> Rank;

    /// Rank of a node in which the task fits.
    fn node(&mut self, task: TaskView<'_>, node: NodeId, view: &ClusterView<'_>) -> Rank;

    /// Whether units of all pools compete, rather than the fastest pool with room being taken.
    fn across_pools(&self) -> bool {
        false
    }
}

impl<R: Ranking + Send> Placement for R {
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

    fn place_instances(
        &mut self,
        task: TaskView<'_>,
        pools: PoolFilter,
        view: &ClusterView<'_>,
        site: &mut Site,
    ) -> bool {
        let mut nodes: Vec<(Rank, u64, NodeId)> =
            view.nodes().map(|n| (self.node(task, n, view), view.node_tie(n), n)).collect();
        nodes.sort_unstable();
        fill(task, pools, nodes.into_iter().map(|(.., node)| node), view, site)
    }

    fn is_steady(&self) -> bool {
        true
    }
}

/// Fills `site` with the best-ranked units on which `task` fits.
pub fn place_ranked(
    ranking: &mut impl Ranking,
    task: TaskView<'_>,
    pools: PoolFilter,
    view: &ClusterView<'_>,
    site: &mut Site,
) -> bool {
    if view.one_node(task) || task.units() == 0 {
        return place_in_node(ranking, task, pools, view, site);
    }
    let width = task.units() as usize;
    let mut best: Option<(Rank, Vec<UnitId>)> = None;
    for option in view.options(task).iter().filter(|o| pools.allows(o.pool)) {
        if view.free_share(option.pool) < task.demand() {
            continue;
        }
        // Nothing is ranked where there is no room: a refusal draws no lots.
        let fits = view.units_with(option.pool, task.share()).filter(|u| view.fits(task, *u));
        if fits.clone().take(width).count() < width {
            continue;
        }
        let mut ranked: Vec<(Rank, u64, UnitId)> =
            fits.map(|u| (ranking.unit(task, u, view), view.unit_tie(u), u)).collect();
        if ranked.len() > width {
            ranked.select_nth_unstable(width - 1);
            ranked.truncate(width);
        }
        // A gang is as good as its worst unit.
        let rank = ranked.iter().map(|(r, ..)| *r).max().unwrap_or_default();
        if best.as_ref().is_none_or(|(b, _)| rank < *b) {
            best = Some((rank, ranked.into_iter().map(|(_, _, u)| u).collect()));
        }
        if !ranking.across_pools() {
            break;
        }
    }
    let Some((_, units)) = best else { return false };
    site.units.extend(units);
    site.units.sort_unstable();
    true
}

/// The best-ranked node, and in it the best-ranked units of the fastest pool with room.
fn place_in_node(
    ranking: &mut impl Ranking,
    task: TaskView<'_>,
    pools: PoolFilter,
    view: &ClusterView<'_>,
    site: &mut Site,
) -> bool {
    if task.units() == 0 {
        let best = view.nodes_with_room(task).map(|n| (ranking.node(task, n, view), view.node_tie(n), n)).min();
        site.nodes.extend(best.map(|(.., node)| node));
        return best.is_some();
    }
    for option in view.options(task).iter().filter(|o| pools.allows(o.pool)) {
        if view.free_share(option.pool) < task.demand() {
            continue;
        }
        let best = view
            .nodes_with_room(task)
            .filter(|n| has_room(task, *n, option.pool, view))
            .map(|n| (ranking.node(task, n, view), view.node_tie(n), n))
            .min();
        let Some((.., node)) = best else { continue };
        let mut ranked: Vec<(Rank, u64, UnitId)> = fitting(task, node, option.pool, view)
            .map(|u| (ranking.unit(task, u, view), view.unit_tie(u), u))
            .collect();
        ranked.sort_unstable();
        site.units.extend(ranked.into_iter().take(task.units() as usize).map(|(.., u)| u));
        site.units.sort_unstable();
        site.nodes.push(node);
        return true;
    }
    false
}

/// Units of `pool` in `node` on which `task` fits, ascending.
pub(super) fn fitting<'a>(
    task: TaskView<'a>,
    node: NodeId,
    pool: PoolId,
    view: &ClusterView<'a>,
) -> impl Iterator<Item = UnitId> {
    let view = *view;
    view.node_units(node).filter(move |u| view.pool_of(*u) == pool && view.fits(task, *u))
}

/// Whether `task` finds all its units of `pool` in `node`.
pub(super) fn has_room(task: TaskView<'_>, node: NodeId, pool: PoolId, view: &ClusterView<'_>) -> bool {
    fitting(task, node, pool, view).take(task.units() as usize).count() == task.units() as usize
}
