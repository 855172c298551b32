//! Max-min.

use crate::policy::registry::{BuildError, NoParams, Plugin};
use crate::policy::{ClusterView, TaskView};
use crate::units::{PoolId, SimTime, TaskId};

use super::waiting::{Waiting, assign};
use super::{Assignment, Mapper, Ready, Rule};

/// Of all tasks at their best, the one that would end last, where it ends first; ties: order of arrival, then the faster
/// pool. Long tasks come early, short ones fill the rest.
///
/// Source: Ibarra & Kim, JACM 24(2), 1977; Maheswaran et al., JPDC 59, 1999. A choice costs O(n p) for n tasks and p
/// pools.
pub type MaxMin = Mapper<MaxMinRule>;

/// The rule of [`MaxMin`].
#[derive(Default)]
pub struct MaxMinRule(Waiting);

impl Rule for MaxMinRule {
    fn add(&mut self, task: TaskView<'_>, view: &ClusterView<'_>) {
        self.0.add(task, view);
    }

    fn remove(&mut self, task: TaskView<'_>, _view: &ClusterView<'_>) {
        self.0.remove(task);
    }

    fn next(&self, ready: &mut Ready<'_>, view: &ClusterView<'_>) -> Vec<Assignment> {
        let mut last: Option<(SimTime, PoolId, TaskId)> = None;
        self.0.each(ready, view, |task| {
            if let Some((end, pool)) = task.best()
                && last.is_none_or(|(latest, ..)| end > latest)
            {
                last = Some((end, pool, task.id));
            }
        });
        last.and_then(|(_, pool, id)| assign(id, pool, ready, view)).into_iter().collect()
    }
}

impl Plugin for MaxMin {
    const NAME: &'static str = "max-min";
    const ABOUT: &'static str =
        "maps the task that would end last at its best (Ibarra & Kim 1977; Maheswaran et al. 1999)";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self::default())
    }
}
