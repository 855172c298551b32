//! The first units that fit.

use crate::model::world::Site;
use crate::policy::registry::{BuildError, NoParams, Plugin};
use crate::policy::schedule::{Placement, PoolFilter};
use crate::policy::{ClusterView, TaskView};
use crate::rng::StreamRng;
use crate::units::{NodeId, Share};

use super::ranked::{fitting, has_room};

/// The lowest-numbered units that fit, in the fastest pool that has room.
#[derive(Clone, Copy, Debug, Default)]
pub struct FirstFit;

impl Placement for FirstFit {
    fn place(
        &mut self,
        task: TaskView<'_>,
        pools: PoolFilter,
        view: &ClusterView<'_>,
        _rng: &mut StreamRng,
        site: &mut Site,
    ) -> bool {
        let width = task.units() as usize;
        if view.one_node(task) || width == 0 {
            return in_first_node(task, pools, view, site);
        }
        for option in view.options(task).iter().filter(|o| pools.allows(o.pool)) {
            if view.free_share(option.pool) < task.demand() {
                continue;
            }
            site.units.clear();
            if task.share() == Share::WHOLE && view.is_plain(option.pool) {
                // Whole units: walk only those with nothing on them.
                let mut from = 0;
                while let Some(unit) = view.next_whole_free(option.pool, from) {
                    from = view.local_index(unit) + 1;
                    if view.fits(task, unit) {
                        site.units.push(unit);
                        if site.units.len() == width {
                            return true;
                        }
                    }
                }
            } else {
                let fits = view.pool_units(option.pool).iter().filter(|u| view.fits(task, **u));
                site.units.extend(fits.take(width));
                if site.units.len() == width {
                    return true;
                }
            }
        }
        site.units.clear();
        false
    }
}

fn in_first_node(task: TaskView<'_>, pools: PoolFilter, view: &ClusterView<'_>, site: &mut Site) -> bool {
    let mut nodes = view.nodes().filter(|n| view.node_fits(task, *n));
    if task.units() == 0 {
        site.nodes.extend(nodes.next());
        return !site.nodes.is_empty();
    }
    let nodes: Vec<NodeId> = nodes.collect();
    for option in view.options(task).iter().filter(|o| pools.allows(o.pool)) {
        if view.free_share(option.pool) < task.demand() {
            continue;
        }
        if let Some(node) = nodes.iter().find(|n| has_room(task, **n, option.pool, view)) {
            site.units.extend(fitting(task, *node, option.pool, view).take(task.units() as usize));
            site.nodes.push(*node);
            return true;
        }
    }
    false
}

impl Plugin for FirstFit {
    const NAME: &'static str = "first-fit";
    const ABOUT: &'static str = "lowest-numbered units that fit, fastest kind first";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self)
    }
}
