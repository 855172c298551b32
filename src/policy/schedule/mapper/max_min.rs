//! Max-min.

use std::cmp::Reverse;

use crate::policy::registry::{BuildError, NoParams, Plugin};
use crate::policy::{ClusterView, TaskView};

use super::waiting::Waiting;
use super::{Assignment, Mapper, Offer, Ready, Rule};

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
    fn add(&mut self, task: TaskView<'_>, _view: &ClusterView<'_>) {
        self.0.add(task);
    }

    fn remove(&mut self, task: TaskView<'_>, _view: &ClusterView<'_>) {
        self.0.remove(task);
    }

    fn next(&self, ready: &mut Ready<'_>, view: &ClusterView<'_>) -> Vec<Assignment> {
        let best = self.0.iter(view).filter_map(|task| {
            let offer = ready.offers(task, view).into_iter().min_by_key(Offer::finish)?;
            Some(((Reverse(offer.finish()), task.seq()), Assignment { id: task.id(), offer }))
        });
        best.min_by_key(|(key, _)| *key).map(|(_, last)| last).into_iter().collect()
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
