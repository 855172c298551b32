//! Nodes one after the other, each filled with as many instances as fit.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::world::{Changes, Site};
use crate::policy::registry::{BuildError, Plugin};
use crate::policy::schedule::{Placement, PoolFilter};
use crate::policy::{ClusterView, TaskView};
use crate::rng::StreamRng;
use crate::units::{NodeId, PoolId};

use super::ranked::fitting;

/// In which order nodes are filled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NodeOrder {
    /// As they are numbered.
    #[default]
    Id,
    /// Least used first: by the rounded percentage of [`FillNodes`], ties by number.
    LeastUsed,
}

/// Parameters of [`FillNodes`].
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// In which order nodes are filled.
    pub nodes: NodeOrder,
}

/// All or nothing: goes through the nodes and puts as many instances as fit into each.
///
/// The use of a node is the mean of its devices' and its host processors' used fractions, in percent, rounded half
/// to even (of its processors alone where it has no devices); it is looked at anew for each task. So does the
/// simulator of the PAI study (Weng et al., USENIX NSDI 2022).
#[derive(Debug, Default)]
pub struct FillNodes {
    order: NodeOrder,
    /// Nodes by use, as of `seen`.
    by_use: Vec<(u64, NodeId)>,
    seen: Option<Changes>,
}

/// Rounded percentage of a node that is in use.
fn percent_used(node: NodeId, view: &ClusterView<'_>) -> u64 {
    let used = |free: f64, all: f64| if all > 0.0 { 1.0 - free / all } else { 0.0 };
    let (cpus, _, _) = view.node_free(node);
    let host = used(cpus as f64, view.node_capacity(node).0 as f64);
    let (free, all) = view.node_units(node).map(|u| view.unit(u)).fold((0u64, 0u64), |(free, all), unit| {
        (free + u64::from(unit.free().0), all + u64::from(unit.size().places.0))
    });
    let part = if all > 0 { (used(free as f64, all as f64) + host) / 2.0 } else { host };
    (100.0 * part).round_ties_even() as u64
}

/// Fills `nodes` in turn with instances of `task` until all have a place; a gang is of one pool.
pub fn fill(
    task: TaskView<'_>,
    pools: PoolFilter,
    nodes: impl Iterator<Item = NodeId> + Clone,
    view: &ClusterView<'_>,
    site: &mut Site,
) -> bool {
    if task.units() == 0 {
        return fill_hosts(task, nodes, view, site);
    }
    let mut options = view.options(task).iter().map(|o| o.pool).filter(|p| pools.allows(*p));
    if task.units() > 1 && task.instances() == 1 && !view.one_node(task) {
        return options.any(|pool| spread(task, pool, nodes.clone(), view, site));
    }
    if task.instances() == 1 {
        // Alone it need not look for company of its own kind: the order of the nodes decides.
        let roomy: Vec<PoolId> = options.filter(|p| view.free_share(*p) >= task.demand()).collect();
        let mut nodes = nodes.filter(|n| view.node_fits(task, *n));
        return !roomy.is_empty() && nodes.any(|n| roomy.iter().any(|pool| take(task, n, *pool, 1, view, site) == 1));
    }
    options.any(|pool| view.free_share(pool) >= task.demand() && fill_pool(task, pool, nodes.clone(), view, site))
}

/// Fills `nodes` in turn with instances of `task` on units of one pool.
fn fill_pool(
    task: TaskView<'_>,
    pool: PoolId,
    nodes: impl Iterator<Item = NodeId>,
    view: &ClusterView<'_>,
    site: &mut Site,
) -> bool {
    let mut missing = task.instances();
    for node in nodes {
        missing -= take(task, node, pool, missing, view, site);
        if missing == 0 {
            site.units.sort_unstable();
            site.nodes.sort_unstable();
            return true;
        }
    }
    site.units.clear();
    site.nodes.clear();
    false
}

/// Units of one pool for a gang that may lie anywhere, from `nodes` in turn.
fn spread(
    task: TaskView<'_>,
    pool: PoolId,
    nodes: impl Iterator<Item = NodeId>,
    view: &ClusterView<'_>,
    site: &mut Site,
) -> bool {
    if view.free_share(pool) < task.demand() {
        return false;
    }
    site.units.extend(nodes.flat_map(|node| fitting(task, node, pool, view)).take(task.units() as usize));
    if site.units.len() < task.units() as usize {
        site.units.clear();
        return false;
    }
    site.units.sort_unstable();
    true
}

/// Adds as many instances to `site` as fit into `node`, at most `most`; returns how many.
fn take(task: TaskView<'_>, node: NodeId, pool: PoolId, most: u32, view: &ClusterView<'_>, site: &mut Site) -> u32 {
    let here = view.instances_fit(task, node, pool).min(most);
    if here > 0 {
        let per_instance = task.units() / task.instances().max(1);
        let units = view.node_units(node).filter(|u| view.pool_of(*u) == pool);
        let parts = units.flat_map(|u| std::iter::repeat_n(u, view.parts(task, u) as usize));
        site.units.extend(parts.take(here as usize * per_instance as usize));
        site.nodes.extend(std::iter::repeat_n(node, here as usize));
    }
    here
}

/// The same for a task that needs no units.
fn fill_hosts(
    task: TaskView<'_>,
    nodes: impl Iterator<Item = NodeId>,
    view: &ClusterView<'_>,
    site: &mut Site,
) -> bool {
    let mut missing = task.instances();
    for node in nodes {
        // No unit is asked for, so that any pool will do.
        let here = view.instances_fit(task, node, PoolId(0)).min(missing);
        site.nodes.extend(std::iter::repeat_n(node, here as usize));
        missing -= here;
        if missing == 0 {
            site.nodes.sort_unstable();
            return true;
        }
    }
    site.nodes.clear();
    false
}

impl Placement for FillNodes {
    fn place(
        &mut self,
        task: TaskView<'_>,
        pools: PoolFilter,
        view: &ClusterView<'_>,
        _rng: &mut StreamRng,
        site: &mut Site,
    ) -> bool {
        self.place_instances(task, pools, view, site)
    }

    fn is_steady(&self) -> bool {
        true
    }

    fn place_instances(
        &mut self,
        task: TaskView<'_>,
        pools: PoolFilter,
        view: &ClusterView<'_>,
        site: &mut Site,
    ) -> bool {
        match self.order {
            NodeOrder::Id => fill(task, pools, view.nodes(), view, site),
            NodeOrder::LeastUsed => {
                if self.seen != Some(view.changes()) {
                    self.seen = Some(view.changes());
                    self.by_use.clear();
                    self.by_use.extend(view.nodes().map(|n| (percent_used(n, view), n)));
                    self.by_use.sort_unstable();
                }
                fill(task, pools, self.by_use.iter().map(|(_, node)| *node), view, site)
            }
        }
    }
}

impl Plugin for FillNodes {
    const NAME: &'static str = "fill-nodes";
    const ABOUT: &'static str = "each node in turn takes as many instances as fit (Weng et al., NSDI 2022)";
    type Params = Params;

    fn build(params: Params) -> Result<Self, BuildError> {
        Ok(Self { order: params.nodes, ..Self::default() })
    }
}
