//! The line at the fastest unit.

use crate::model::world::Site;
use crate::policy::{ClusterView, TaskView};
use crate::rng::StreamRng;

use super::least_work::first_free;
use super::{Choose, Load, pools};

/// The kind of unit on which the task takes least time, however long the lines there are; of its units the one whose
/// work is done first, then the lowest number. Source: minimum execution time (MET), Maheswaran et al., JPDC 59, 1999.
#[derive(Clone, Copy, Debug, Default)]
pub struct FastestUnit;

impl Choose for FastestUnit {
    fn choose(
        &mut self,
        task: TaskView<'_>,
        load: &mut Load,
        view: &ClusterView<'_>,
        _rng: &mut StreamRng,
    ) -> Option<Site> {
        let fastest = pools(task, view).into_iter().min_by_key(|pool| view.estimated_remaining(task, *pool))?;
        first_free(task, fastest, load, view).map(|(_, site)| site)
    }
}
