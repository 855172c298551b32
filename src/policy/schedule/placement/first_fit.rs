//! The first units that fit.

use crate::model::world::Site;
use crate::policy::registry::{BuildError, NoParams, Plugin};
use crate::policy::schedule::{Placement, PoolFilter};
use crate::policy::{ClusterView, TaskView};
use crate::rng::StreamRng;

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
            let fits = view.units_with(option.pool, task.share()).filter(|u| view.fits(task, *u));
            site.units.extend(fits.take(width));
            if site.units.len() == width {
                return true;
            }
        }
        site.units.clear();
        false
    }

    fn is_steady(&self) -> bool {
        true
    }
}

fn in_first_node(task: TaskView<'_>, pools: PoolFilter, view: &ClusterView<'_>, site: &mut Site) -> bool {
    if task.units() == 0 {
        site.nodes.extend(view.nodes_with_room(task).next());
        return !site.nodes.is_empty();
    }
    for option in view.options(task).iter().filter(|o| pools.allows(o.pool)) {
        if view.free_share(option.pool) < task.demand() {
            continue;
        }
        if let Some(node) = view.nodes_with_room(task).find(|n| has_room(task, *n, option.pool, view)) {
            site.units.extend(fitting(task, node, option.pool, view).take(task.units() as usize));
            site.nodes.push(node);
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
