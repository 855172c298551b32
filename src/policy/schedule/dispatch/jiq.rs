//! Join an idle queue.

use crate::model::world::Site;
use crate::policy::{ClusterView, TaskView};
use crate::rng::StreamRng;

use super::random::Random;
use super::{Choose, Load, gather, pools};

/// An idle unit, the lowest number first; where there is none, any at random. A gang wants all its units idle. Source:
/// Lu et al., Performance Evaluation 68, 2011, with one dispatcher.
#[derive(Clone, Copy, Debug, Default)]
pub struct JoinIdleQueue;

impl Choose for JoinIdleQueue {
    fn choose(
        &mut self,
        task: TaskView<'_>,
        load: &mut Load,
        view: &ClusterView<'_>,
        rng: &mut StreamRng,
    ) -> Option<Site> {
        let idle = pools(task, view).into_iter().filter_map(|pool| {
            let idle = load.shortest(pool).take_while(|(length, _)| *length == 0);
            gather(task, view, idle.map(|(_, unit)| unit))
        });
        let lowest = idle.min_by_key(|site| site.units.first().copied());
        lowest.or_else(|| Random.choose(task, load, view, rng))
    }
}
