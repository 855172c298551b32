//! The line at which the task would end first.

use crate::model::world::Site;
use crate::policy::{ClusterView, TaskView};
use crate::rng::StreamRng;

use super::least_work::first_free;
use super::{Choose, Load, pools};

/// The unit at which the task would end first: the work before it plus its own time there, by the estimates. Ties: the
/// faster pool, then the lowest number. Source: minimum completion time (MCT), Maheswaran et al., JPDC 59, 1999.
#[derive(Clone, Copy, Debug, Default)]
pub struct FastestFinish;

impl Choose for FastestFinish {
    fn choose(
        &mut self,
        task: TaskView<'_>,
        load: &mut Load,
        view: &ClusterView<'_>,
        _rng: &mut StreamRng,
    ) -> Option<Site> {
        let ends = pools(task, view).into_iter().filter_map(|pool| {
            let (free, site) = first_free(task, pool, load, view)?;
            Some((free + view.estimated_remaining(task, pool), site))
        });
        ends.min_by_key(|(end, _)| *end).map(|(_, site)| site)
    }
}
