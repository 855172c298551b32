//! The line with the least work.

use crate::model::world::Site;
use crate::policy::{ClusterView, TaskView};
use crate::rng::StreamRng;
use crate::units::{PoolId, SimTime};

use super::{Choose, Load, gather, pools};

/// The unit whose work, by the estimates, is done first; ties: lowest number. Over units of different speeds this is
/// opportunistic load balancing (OLB; Braun et al., JPDC 61, 2001), as the task's own time does not count.
#[derive(Clone, Copy, Debug, Default)]
pub struct LeastWork;

impl Choose for LeastWork {
    fn choose(
        &mut self,
        task: TaskView<'_>,
        load: &mut Load,
        view: &ClusterView<'_>,
        _rng: &mut StreamRng,
    ) -> Option<Site> {
        let sites = pools(task, view).into_iter().filter_map(|pool| first_free(task, pool, load, view));
        sites.min_by_key(|(free, site)| (*free, site.units.first().copied())).map(|(_, site)| site)
    }
}

/// The units of `pool` whose work is done first, and when that is.
pub(super) fn first_free(
    task: TaskView<'_>,
    pool: PoolId,
    load: &mut Load,
    view: &ClusterView<'_>,
) -> Option<(SimTime, Site)> {
    load.refresh(pool, task.units() as usize, view);
    let site = gather(task, view, load.least_work(pool))?;
    let free = site.units.iter().map(|unit| load.drain(*unit, view)).max()?;
    Some((free, site))
}
