//! Shortest remaining processing time, preemptive.

use std::collections::BTreeSet;

use crate::model::task::Phase;
use crate::model::world::Site;
use crate::policy::registry::{BuildError, NoParams, Plugin};
use crate::policy::{ClusterView, Pass, Scheduler, TaskView};
use crate::units::{SimDuration, TaskId};

use super::placement::FirstFit;
use super::{PoolFilter, try_start};

/// The task with the least estimated time left runs; a shorter newcomer takes the units of the
/// longest task that stands in its way. Work is kept, switching is free.
///
/// Source: Schrage & Miller, Operations Research 1966. With perfect estimates on one unit it
/// minimises the mean response time.
#[derive(Default)]
pub struct Srpt {
    queue: BTreeSet<(SimDuration, u64, TaskId)>,
    placement: FirstFit,
    site: Site,
}

/// Estimated time left now.
fn left(task: TaskView<'_>, view: &ClusterView<'_>) -> SimDuration {
    match task.phase() {
        Phase::Running => view.expected_end(task) - view.now(),
        _ => view.options(task).first().map_or(task.estimate(), |best| view.estimated_remaining(task, best.pool)),
    }
}

impl Srpt {
    /// The running task with the most time left whose units `task` could use.
    fn victim(task: TaskView<'_>, view: &ClusterView<'_>) -> Option<TaskId> {
        let mine = (left(task, view), task.seq());
        view.running()
            .filter(|r| r.phase() == Phase::Running && view.possible(task).any(|o| o.pool == r.pool()))
            .map(|r| ((left(r, view), r.seq()), r.id()))
            .max()
            .filter(|(theirs, _)| *theirs > mine)
            .map(|(_, id)| id)
    }

    /// Whether evicting every longer task would make room; else evictions would only do harm.
    fn could_fit(task: TaskView<'_>, view: &ClusterView<'_>) -> bool {
        let mine = (left(task, view), task.seq());
        view.possible(task).any(|option| {
            let taken: u64 = view
                .running()
                .filter(|r| r.pool() == option.pool && r.phase() == Phase::Running && (left(*r, view), r.seq()) > mine)
                .map(|r| r.demand())
                .sum();
            view.free_share(option.pool) + taken >= task.demand()
        })
    }
}

impl Scheduler for Srpt {
    fn on_ready(&mut self, task: TaskId, view: &ClusterView<'_>) {
        let task = view.task(task);
        self.queue.insert((left(task, view), task.seq(), task.id()));
    }

    fn on_leave(&mut self, task: TaskId, _view: &ClusterView<'_>) {
        self.queue.retain(|(_, _, waiting)| *waiting != task);
    }

    fn pass(&mut self, pass: &mut Pass<'_>) {
        while let Some(&(key, seq, id)) = self.queue.first() {
            if try_start(id, PoolFilter::Any, &mut self.placement, pass, &mut self.site) {
                self.queue.remove(&(key, seq, id));
                continue;
            }
            let view = pass.view();
            let victim = Self::could_fit(view.task(id), &view).then(|| Self::victim(view.task(id), &view)).flatten();
            let Some(victim) = victim else { return };
            if pass.preempt(victim).is_err() {
                return;
            }
            self.on_ready(victim, &pass.view());
        }
    }
}

impl Plugin for Srpt {
    const NAME: &'static str = "srpt";
    const ABOUT: &'static str = "shortest remaining time first, preemptive, work kept (Schrage & Miller 1966)";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self::default())
    }
}
