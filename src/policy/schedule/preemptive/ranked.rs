//! The frame of preemptive schedulers that go by a rank.

use std::collections::BTreeSet;

use crate::model::task::Phase;
use crate::model::world::Site;
use crate::policy::registry::{BuildError, Plugin};
use crate::policy::schedule::placement::FirstFit;
use crate::policy::schedule::{Key, PoolFilter, try_start};
use crate::policy::{ClusterView, Pass, Preempted, Scheduler, TaskView};
use crate::units::{SimTime, TaskId};

use super::room::victims;

/// Who should hold the units.
pub trait Rank: Send {
    /// Rank of `task` now; lower goes first. It must not change while a task waits.
    fn rank(&self, task: TaskView<'_>, view: &ClusterView<'_>) -> Key;

    /// When `task`, which holds units, comes to rank behind `head` by running on; `None` is never. Too early is no
    /// mistake: the scheduler looks, and asks again.
    fn falls_behind(&self, _task: TaskView<'_>, _head: Key, _view: &ClusterView<'_>) -> Option<SimTime> {
        None
    }
}

/// The best-ranked tasks hold the units: a waiting task takes those of the worst-ranked running ones, as many as it
/// needs, if they rank behind it. Equals do not preempt each other; among those that wait they go by order of arrival.
pub struct Ranked<R> {
    rank: R,
    queue: BTreeSet<(Key, u64, TaskId)>,
    placement: FirstFit,
    site: Site,
}

impl<R: Rank> Ranked<R> {
    /// An empty queue in the order of `rank`.
    pub fn new(rank: R) -> Self {
        Self { rank, queue: BTreeSet::new(), placement: FirstFit, site: Site::default() }
    }

    /// Running tasks that rank behind `head`, the worst first, among equals the last to come.
    fn worse(&self, head: Key, view: &ClusterView<'_>) -> Vec<TaskId> {
        let mut worse: Vec<(Key, u64, TaskId)> = view
            .running()
            .filter(|r| r.phase() == Phase::Running)
            .map(|r| (self.rank.rank(r, view), r.seq(), r.id()))
            .filter(|(rank, _, _)| *rank > head)
            .collect();
        worse.sort_unstable();
        worse.into_iter().rev().map(|(_, _, id)| id).collect()
    }

    /// Preempts whoever must give way to `task`; `true` where their units are free at once.
    fn make_room(&mut self, task: TaskId, rank: Key, pass: &mut Pass<'_>) -> bool {
        let view = pass.view();
        let worse = self.worse(rank, &view);
        if worse.is_empty() {
            return false;
        }
        let Some(victims) = victims(view.task(task), &worse, &view) else { return false };
        // Where nobody need be asked, units are being saved for it already.
        let mut at_once = !victims.is_empty();
        for victim in victims {
            match pass.preempt(victim) {
                Ok(Preempted::Waiting) => self.on_ready(victim, &pass.view()),
                Ok(Preempted::Saving(_)) => at_once = false,
                Err(_) => return false,
            }
        }
        at_once
    }
}

impl<R: Rank> Scheduler for Ranked<R> {
    fn on_ready(&mut self, task: TaskId, view: &ClusterView<'_>) {
        let task = view.task(task);
        self.queue.insert((self.rank.rank(task, view), task.seq(), task.id()));
    }

    fn on_leave(&mut self, task: TaskId, _view: &ClusterView<'_>) {
        self.queue.retain(|(_, _, waiting)| *waiting != task);
    }

    fn pass(&mut self, pass: &mut Pass<'_>) {
        while let Some(&head) = self.queue.first() {
            let (rank, _, task) = head;
            if try_start(task, PoolFilter::Any, &mut self.placement, pass, &mut self.site) {
                self.queue.remove(&head);
            } else if !self.make_room(task, rank, pass) {
                let view = pass.view();
                let next = view.running().filter_map(|r| self.rank.falls_behind(r, rank, &view)).min();
                if let Some(at) = next {
                    pass.wake_at(at);
                }
                return;
            }
        }
    }
}

impl<R: Rank + Plugin> Plugin for Ranked<R> {
    const NAME: &'static str = R::NAME;
    const ABOUT: &'static str = R::ABOUT;
    type Params = R::Params;

    fn build(params: R::Params) -> Result<Self, BuildError> {
        R::build(params).map(Self::new)
    }
}
