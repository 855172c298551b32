//! Min-min.

use std::collections::{BTreeMap, BTreeSet};

use crate::policy::registry::{BuildError, NoParams, Plugin};
use crate::policy::{ClusterView, TaskView};
use crate::units::{PoolId, SimDuration, TaskId};

use super::waiting::{Shape, assign};
use super::{Assignment, Mapper, Ready, Rule};

/// The task that can end first, where it ends first; ties: order of arrival, then the faster pool.
///
/// Source: Ibarra & Kim, JACM 24(2), 1977; Braun et al., JPDC 61, 2001. The least of `ready + time` over tasks and units
/// of a pool is its first ready time plus its least time. So tasks of the same width and host resources
/// are kept sorted by time for each pool, and a choice costs O(g log n) for n tasks in g such groups instead of O(n).
pub type MinMin = Mapper<MinMinRule>;

/// Tasks that a pool can take at the same time.
type Group = (PoolId, Shape);

/// The rule of [`MinMin`].
#[derive(Default)]
pub struct MinMinRule {
    groups: BTreeMap<Group, BTreeSet<(SimDuration, u64, TaskId)>>,
}

/// The groups of a task, with its place in each.
fn groups<'a>(
    task: TaskView<'a>,
    view: &'a ClusterView<'a>,
) -> impl Iterator<Item = (Group, (SimDuration, u64, TaskId))> {
    view.possible(task).map(move |option| {
        ((option.pool, Shape::of(task, view)), (view.estimated_remaining(task, option.pool), task.seq(), task.id()))
    })
}

impl Rule for MinMinRule {
    fn add(&mut self, task: TaskView<'_>, view: &ClusterView<'_>) {
        for (group, place) in groups(task, view) {
            self.groups.entry(group).or_default().insert(place);
        }
    }

    fn remove(&mut self, task: TaskView<'_>, view: &ClusterView<'_>) {
        for (group, place) in groups(task, view) {
            if let Some(members) = self.groups.get_mut(&group) {
                members.remove(&place);
                if members.is_empty() {
                    self.groups.remove(&group);
                }
            }
        }
    }

    fn next(&self, ready: &mut Ready<'_>, view: &ClusterView<'_>) -> Vec<Assignment> {
        let firsts = self.groups.iter().filter_map(|((pool, _), members)| {
            let &(time, seq, id) = members.first()?;
            let task = view.task(id);
            let end = ready.opening(task, *pool, view)?.start + time;
            let speed = view.options(task).iter().position(|option| option.pool == *pool);
            Some((end, seq, speed, *pool, id))
        });
        firsts.min().and_then(|(.., pool, id)| assign(id, pool, ready, view)).into_iter().collect()
    }
}

impl Plugin for MinMin {
    const NAME: &'static str = "min-min";
    const ABOUT: &'static str =
        "maps the task that can end first, where it does (Ibarra & Kim 1977; Braun et al. 2001)";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self::default())
    }
}
