//! Join the shortest queue.

use crate::model::world::Site;
use crate::policy::{ClusterView, TaskView};
use crate::rng::StreamRng;

use super::{Choose, Load, gather, pools};

/// The unit with the fewest tasks in line and in service; ties: lowest number. A gang is as far back as at its longest
/// line. Source: Winston, J. Appl. Probability 14, 1977.
#[derive(Clone, Copy, Debug, Default)]
pub struct JoinShortestQueue;

impl Choose for JoinShortestQueue {
    fn choose(
        &mut self,
        task: TaskView<'_>,
        load: &mut Load,
        view: &ClusterView<'_>,
        _rng: &mut StreamRng,
    ) -> Option<Site> {
        shortest(task, load, view)
    }
}

/// The site with the shortest lines.
pub(super) fn shortest(task: TaskView<'_>, load: &Load, view: &ClusterView<'_>) -> Option<Site> {
    let sites =
        pools(task, view).into_iter().filter_map(|pool| gather(task, view, load.shortest(pool).map(|(_, u)| u)));
    sites.min_by_key(|site| (site.units.iter().map(|u| load.length(*u)).max(), site.units.first().copied()))
}
