//! The frame of the policies that sort all runnable tasks.

use crate::policy::registry::{BuildError, Plugin};
use crate::policy::{ClusterView, Pass, Scheduler, TaskView};
use crate::units::{SimDuration, TaskId};

use super::assign::assign;

/// What runnable tasks are sorted by.
pub trait SortKey: Send {
    /// Key of `task` now; lower goes first.
    fn key(&self, task: TaskView<'_>, view: &ClusterView<'_>) -> u128;
}

/// Sorts all runnable tasks by a key whenever one comes or ends; the first in line hold the units. Tasks with equal
/// keys keep the order they had; a newcomer goes behind its equals.
pub struct Sorted<K> {
    runnable: Vec<TaskId>,
    key: K,
}

impl<K> Sorted<K> {
    /// No task yet.
    pub const fn new(key: K) -> Self {
        Self { runnable: Vec::new(), key }
    }

    fn forget(&mut self, task: TaskId) {
        self.runnable.retain(|r| *r != task);
    }
}

impl<K: SortKey> Scheduler for Sorted<K> {
    fn on_ready(&mut self, task: TaskId, _view: &ClusterView<'_>) {
        // One that has saved its state has kept its place.
        if !self.runnable.contains(&task) {
            self.runnable.push(task);
        }
    }

    fn on_end(&mut self, task: TaskId, _view: &ClusterView<'_>) {
        self.forget(task);
    }

    fn on_leave(&mut self, task: TaskId, _view: &ClusterView<'_>) {
        self.forget(task);
    }

    fn pass(&mut self, pass: &mut Pass<'_>) {
        let view = pass.view();
        self.runnable.sort_by_cached_key(|id| self.key.key(view.task(*id), &view));
        assign(self.runnable.iter().copied(), pass);
    }
}

impl<K: SortKey + Plugin> Plugin for Sorted<K> {
    const NAME: &'static str = K::NAME;
    const ABOUT: &'static str = K::ABOUT;
    type Params = K::Params;

    fn build(params: K::Params) -> Result<Self, BuildError> {
        K::build(params).map(Self::new)
    }
}

/// Estimated time left on the fastest kind of unit.
pub(super) fn left(task: TaskView<'_>, view: &ClusterView<'_>) -> SimDuration {
    view.options(task).first().map_or(task.estimate(), |best| view.estimated_remaining(task, best.pool))
}
