//! Sufferage.

use std::collections::BTreeMap;

use crate::policy::registry::{BuildError, NoParams, Plugin};
use crate::policy::{ClusterView, TaskView};
use crate::units::{PoolId, SimDuration, TaskId};

use super::waiting::{Prospect, Waiting, assign};
use super::{Assignment, Mapper, Ready, Rule};

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

/// By how much a task would suffer without its best place, and the pool of that.
fn sufferage(task: &Prospect<'_>) -> Option<(SimDuration, PoolId)> {
    let (end, best) = task.best()?;
    let second = task.places.iter().filter_map(|(pool, opening, time)| {
        let start = if *pool == best { opening.second? } else { opening.start };
        Some(start + *time)
    });
    Some((second.min().map_or(SimDuration::MAX, |second| second - end), best))
}

impl Rule for SufferageRule {
    fn add(&mut self, task: TaskView<'_>, view: &ClusterView<'_>) {
        self.0.add(task, view);
    }

    fn remove(&mut self, task: TaskView<'_>, _view: &ClusterView<'_>) {
        self.0.remove(task);
    }

    fn next(&self, ready: &mut Ready<'_>, view: &ClusterView<'_>) -> Vec<Assignment> {
        let mut holders: BTreeMap<PoolId, (SimDuration, TaskId)> = BTreeMap::new();
        self.0.each(ready, view, |task| {
            if let Some((suffers, pool)) = sufferage(&task)
                && holders.get(&pool).is_none_or(|(held, _)| suffers > *held)
            {
                holders.insert(pool, (suffers, task.id));
            }
        });
        holders.into_iter().filter_map(|(pool, (_, id))| assign(id, pool, ready, view)).collect()
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
