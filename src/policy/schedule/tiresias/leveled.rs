//! The frame of the discretized least-attained-service policies.

use crate::model::task::Phase;
use crate::policy::registry::{BuildError, Plugin};
use crate::policy::{ClusterView, Pass, Scheduler, TaskView};
use crate::units::{SimDuration, SimTime, TaskId};

use super::assign::assign;

/// Service at which a task leaves the first and the second queue: the original's own values.
const LIMITS: [SimDuration; 2] = [SimDuration::from_secs(3250), SimDuration::from_secs(7200)];

/// What counts as service, and when a queue is expected to be left.
pub trait Service: Send {
    /// Service of a task that has worked for `executed`, in nanoseconds.
    fn of(&self, task: TaskView<'_>, executed: SimDuration) -> u128;

    /// How long the next look at a task waits that has worked for `executed`, in a queue up to `limit`.
    fn look_after(&self, task: TaskView<'_>, executed: SimDuration, limit: SimDuration) -> SimDuration;
}

/// Three queues by attained service, the first before the second before the third; a task that comes joins the first.
///
/// A decision is due when a task comes, when one ends, and when the next look at any running task is due. It first moves
/// each running task whose service has reached its queue's limit to the end of the next queue, one queue at a time, in
/// order of arrival; units then go to the queues in turn; at last those of a queue that wait go behind those that run,
/// each keeping their order. Nobody is moved up again: the original's answer to starvation is off by default.
pub struct Leveled<S> {
    queues: [Vec<TaskId>; 3],
    /// A task has come or gone since the last decision.
    changed: bool,
    next_look: SimTime,
    service: S,
}

impl<S: Service> Leveled<S> {
    /// Empty queues.
    pub const fn new(service: S) -> Self {
        Self { queues: [const { Vec::new() }; 3], changed: false, next_look: SimTime::NEVER, service }
    }

    fn forget(&mut self, task: TaskId) {
        for queue in &mut self.queues {
            queue.retain(|t| *t != task);
        }
        self.changed = true;
    }

    /// Running tasks of the queues that have a limit, in order of arrival, with their queues. Between two decisions they
    /// stand before those that wait.
    fn movable<'a>(&self, view: &ClusterView<'a>) -> Vec<(TaskView<'a>, usize)> {
        let mut movable = Vec::new();
        for (level, queue) in self.queues.iter().take(LIMITS.len()).enumerate() {
            let tasks = queue.iter().map(|id| view.task(*id));
            movable.extend(tasks.take_while(|t| holds_units(*t)).map(|task| (task, level)));
        }
        movable.sort_by_key(|(task, _)| task.seq());
        movable
    }

    /// Moves those that have had their share down, each by one queue.
    fn demote(&mut self, view: &ClusterView<'_>) {
        for (task, level) in self.movable(view) {
            if self.service.of(task, task.attained(view.now())) >= u128::from(LIMITS[level].as_nanos()) {
                self.queues[level].retain(|t| *t != task.id());
                self.queues[level + 1].push(task.id());
            }
        }
    }
}

/// Whether it runs, or is about to.
fn holds_units(task: TaskView<'_>) -> bool {
    matches!(task.phase(), Phase::Placed | Phase::Running)
}

impl<S: Service> Scheduler for Leveled<S> {
    fn on_ready(&mut self, task: TaskId, _view: &ClusterView<'_>) {
        // One that has saved its state has kept its place.
        if !self.queues.iter().any(|queue| queue.contains(&task)) {
            self.queues[0].push(task);
        }
        self.changed = true;
    }

    fn on_end(&mut self, task: TaskId, _view: &ClusterView<'_>) {
        self.forget(task);
    }

    fn on_leave(&mut self, task: TaskId, _view: &ClusterView<'_>) {
        self.forget(task);
    }

    fn pass(&mut self, pass: &mut Pass<'_>) {
        // A timer that was set for a task which has ended or lost its units since is no reason to decide anew.
        if !std::mem::take(&mut self.changed) && pass.now() < self.next_look {
            if self.next_look != SimTime::NEVER {
                pass.wake_at(self.next_look);
            }
            return;
        }
        self.demote(&pass.view());
        assign(self.queues.iter().flatten().copied(), pass);
        let view = pass.view();
        for queue in &mut self.queues {
            // Stable, so that each part keeps its order.
            queue.sort_by_key(|id| !holds_units(view.task(*id)));
        }
        let looks = self
            .movable(&view)
            .into_iter()
            .map(|(task, level)| pass.now() + self.service.look_after(task, task.attained(view.now()), LIMITS[level]));
        self.next_look = looks.min().unwrap_or(SimTime::NEVER);
        if self.next_look != SimTime::NEVER {
            pass.wake_at(self.next_look);
        }
    }
}

impl<S: Service + Plugin> Plugin for Leveled<S> {
    const NAME: &'static str = S::NAME;
    const ABOUT: &'static str = S::ABOUT;
    type Params = S::Params;

    fn build(params: S::Params) -> Result<Self, BuildError> {
        S::build(params).map(Self::new)
    }
}
