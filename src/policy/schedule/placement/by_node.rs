//! Placement by a rank of nodes: units of all pools compete, and a gang stays together where it can.

use crate::model::task::PoolOption;
use crate::model::world::Site;
use crate::policy::registry::{BuildError, Plugin};
use crate::policy::schedule::{Placement, PoolFilter};
use crate::policy::{ClusterView, TaskView};
use crate::rng::StreamRng;
use crate::units::{NodeId, PoolId, UnitId};

use super::ranked::Rank;

/// What a placement by nodes prefers. Lower ranks win; the last tie goes to the lowest number of node or unit.
pub trait NodeRanking: Send {
    /// Rank of `node` for `task`. `units` are those of one pool on which it fits, ascending: at least its width,
    /// but for a gang that no node can hold; none for a task that needs only its host.
    fn node(&mut self, task: TaskView<'_>, node: NodeId, units: &[UnitId], view: &ClusterView<'_>) -> Rank;

    /// Rank of a unit within its node. Default: the least free share first.
    fn unit(&mut self, _task: TaskView<'_>, unit: UnitId, view: &ClusterView<'_>) -> Rank {
        (u64::from(view.unit(unit).free().0), 0, 0)
    }
}

/// Makes a placement of a ranking of nodes.
///
/// The task goes to the best-ranked node that can hold all of it. A gang that no node can hold, and that need not
/// stay in one, fills nodes in the order of their ranks, in the pool where that takes the fewest nodes (ties: the
/// fastest pool).
#[derive(Clone, Copy, Debug, Default)]
pub struct ByNode<R>(R);

impl<R: NodeRanking> Placement for ByNode<R> {
    fn place(
        &mut self,
        task: TaskView<'_>,
        pools: PoolFilter,
        view: &ClusterView<'_>,
        _rng: &mut StreamRng,
        site: &mut Site,
    ) -> bool {
        let ranking = &mut self.0;
        if task.units() == 0 {
            let fit = view.nodes().filter(|n| view.node_fits(task, *n));
            site.nodes.extend(fit.map(|n| (ranking.node(task, n, &[], view), n)).min().map(|(_, node)| node));
            return !site.nodes.is_empty();
        }
        let usable = usable(task, pools, view);
        if usable.is_empty() {
            return false;
        }
        let width = task.units() as usize;
        let mut best: Option<(Rank, NodeId, Vec<UnitId>)> = None;
        let mut seats = Seats::default();
        for node in view.nodes().filter(|n| view.node_fits(task, *n)) {
            seats.each(task, node, &usable, view, |units| {
                if units.len() >= width {
                    let rank = ranking.node(task, node, units, view);
                    if best.as_ref().is_none_or(|(r, ..)| rank < *r) {
                        best = Some((rank, node, units.to_vec()));
                    }
                }
            });
        }
        if let Some((_, node, units)) = best {
            take(width, units, site, |unit| ranking.unit(task, unit, view));
            site.nodes.push(node);
            return true;
        }
        !view.one_node(task) && self.spread_over_nodes(task, &usable, view, site)
    }
}

impl<R: NodeRanking> ByNode<R> {
    /// Fills nodes in the order of their ranks.
    fn spread_over_nodes(
        &mut self,
        task: TaskView<'_>,
        usable: &[PoolId],
        view: &ClusterView<'_>,
        site: &mut Site,
    ) -> bool {
        let width = task.units() as usize;
        let mut fewest: Option<(usize, Vec<UnitId>)> = None;
        let mut seats = Seats::default();
        for pool in usable {
            let mut groups: Vec<(Rank, NodeId, Vec<UnitId>)> = Vec::new();
            for node in view.nodes() {
                seats.each(task, node, std::slice::from_ref(pool), view, |units| {
                    groups.push((self.0.node(task, node, units, view), node, units.to_vec()));
                });
            }
            groups.sort_unstable();
            let (mut units, mut nodes) = (Vec::with_capacity(width), 0);
            for (_, _, group) in groups {
                if units.len() == width {
                    break;
                }
                let mut part = Site::default();
                take(width - units.len(), group, &mut part, |unit| self.0.unit(task, unit, view));
                units.extend(part.units);
                nodes += 1;
            }
            if units.len() == width && fewest.as_ref().is_none_or(|(n, _)| nodes < *n) {
                fewest = Some((nodes, units));
            }
        }
        let Some((_, mut units)) = fewest else { return false };
        units.sort_unstable();
        site.units = units;
        true
    }
}

impl<R: Plugin> Plugin for ByNode<R> {
    const NAME: &'static str = R::NAME;
    const ABOUT: &'static str = R::ABOUT;
    type Params = R::Params;

    fn build(params: R::Params) -> Result<Self, BuildError> {
        R::build(params).map(Self)
    }
}

/// The pools among which `task` may choose and that have free share enough for it, fastest first.
pub(super) fn usable(task: TaskView<'_>, pools: PoolFilter, view: &ClusterView<'_>) -> Vec<PoolId> {
    let enough = |o: &&PoolOption| pools.allows(o.pool) && view.free_share(o.pool) >= task.demand();
    view.options(task).iter().filter(enough).map(|o| o.pool).collect()
}

/// Adds the `count` best of `units` to `site`, ascending.
pub(super) fn take<K: Ord>(count: usize, units: Vec<UnitId>, site: &mut Site, mut rank: impl FnMut(UnitId) -> K) {
    let mut ranked: Vec<(K, UnitId)> = units.into_iter().map(|u| (rank(u), u)).collect();
    ranked.sort_unstable();
    site.units.extend(ranked.into_iter().take(count).map(|(_, u)| u));
    site.units.sort_unstable();
}

/// Finds the units of a node on which a task fits; keeps its buffer between nodes.
#[derive(Default)]
pub(super) struct Seats {
    units: Vec<UnitId>,
}

impl Seats {
    /// Calls `each` with the units of `node` on which `task` fits, pool by pool among `usable`, ascending.
    pub(super) fn each(
        &mut self,
        task: TaskView<'_>,
        node: NodeId,
        usable: &[PoolId],
        view: &ClusterView<'_>,
        mut each: impl FnMut(&[UnitId]),
    ) {
        self.units.clear();
        self.units.extend(view.node_units(node).filter(|u| usable.contains(&view.pool_of(*u)) && view.fits(task, *u)));
        // Units of one pool need not stand side by side; the sort is stable.
        self.units.sort_by_key(|u| view.pool_of(*u));
        self.units.chunk_by(|a, b| view.pool_of(*a) == view.pool_of(*b)).for_each(&mut each);
    }
}
