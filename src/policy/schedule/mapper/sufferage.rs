//! Sufferage.

use std::collections::BTreeMap;

use crate::policy::registry::{BuildError, NoParams, Plugin};
use crate::policy::{ClusterView, TaskView};
use crate::units::{PoolId, SimDuration};

use super::waiting::Waiting;
use super::{Assignment, Mapper, Offer, Ready, Rule};

/// In rounds: each task wants the unit where it ends first; of those that want the same unit the one gets it that would
/// suffer most elsewhere. A task suffers by the difference between its second-best and its best end, without limit where
/// there is no second place. Ties: order of arrival. Ready times change after a round.
///
/// Source: Maheswaran et al., JPDC 59, 1999. All tasks that want a pool want the same of its units, the one that is ready
/// first. A round costs O(n p) for n tasks and p pools. For tasks that must stay in one node, second places within a pool
/// do not count.
pub type Sufferage = Mapper<SufferageRule>;

/// The rule of [`Sufferage`].
#[derive(Default)]
pub struct SufferageRule(Waiting);

/// By how much a task with these offers would suffer without its best one, and that.
fn sufferage(offers: Vec<Offer>) -> Option<(SimDuration, Offer)> {
    let best = offers.iter().map(|o| (o.finish(), o.pool)).min_by_key(|(finish, _)| *finish)?;
    let others = offers.iter().filter(|o| o.pool != best.1).map(Offer::finish);
    let same = offers.iter().filter(|o| o.pool == best.1).filter_map(Offer::second_finish);
    let suffers = others.chain(same).min().map_or(SimDuration::MAX, |second| second - best.0);
    let offer = offers.into_iter().find(|o| o.pool == best.1)?;
    Some((suffers, offer))
}

impl Rule for SufferageRule {
    fn add(&mut self, task: TaskView<'_>, _view: &ClusterView<'_>) {
        self.0.add(task);
    }

    fn remove(&mut self, task: TaskView<'_>, _view: &ClusterView<'_>) {
        self.0.remove(task);
    }

    fn next(&self, ready: &mut Ready<'_>, view: &ClusterView<'_>) -> Vec<Assignment> {
        let mut holders: BTreeMap<PoolId, (SimDuration, Assignment)> = BTreeMap::new();
        for task in self.0.iter(view) {
            let Some((suffers, offer)) = sufferage(ready.offers(task, view)) else { continue };
            let pool = offer.pool;
            if holders.get(&pool).is_none_or(|(held, _)| suffers > *held) {
                holders.insert(pool, (suffers, Assignment { id: task.id(), offer }));
            }
        }
        holders.into_values().map(|(_, assignment)| assignment).collect()
    }
}

impl Plugin for Sufferage {
    const NAME: &'static str = "sufferage";
    const ABOUT: &'static str = "maps the task that loses most without its best unit (Maheswaran et al. 1999)";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self::default())
    }
}
