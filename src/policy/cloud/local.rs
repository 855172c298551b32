//! What a task can expect at home.

use crate::model::task::PoolOption;
use crate::policy::{ClusterView, TaskView};

/// Expected seconds from now to the end of a task here.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Local {
    /// To its end.
    pub(super) response: f64,
    /// Of that its run. Infinite, as the response, where it cannot run here.
    pub(super) run: f64,
}

impl Local {
    /// Expected wait in seconds; infinite where it cannot run here.
    pub(super) fn wait(self) -> f64 {
        if self.response.is_finite() { self.response - self.run } else { f64::INFINITY }
    }
}

/// The wait is expected to be the estimated work of the running and waiting tasks, the latter taken to be as long as
/// this one, shared by the units the task can use.
pub(super) fn local(task: TaskView<'_>, view: &ClusterView<'_>) -> Local {
    behind(task, view.waiting(), view)
}

/// As [`local`], with so many tasks before it in the queue.
pub(super) fn behind(task: TaskView<'_>, before: usize, view: &ClusterView<'_>) -> Local {
    let nothing = Local { response: f64::INFINITY, run: f64::INFINITY };
    let expected = |option: &PoolOption| on_pool(task, option, before, view);
    view.possible(task).map(expected).fold(nothing, |best, l| if l.response < best.response { l } else { best })
}

fn on_pool(task: TaskView<'_>, option: &PoolOption, before: usize, view: &ClusterView<'_>) -> Local {
    let run = view.estimated_time(task, option.pool).as_secs_f64();
    let units = view.pool_units(option.pool).len() as f64;
    if view.free_share(option.pool) >= task.demand() && before == 0 {
        return Local { response: run, run };
    }
    let running: f64 = view
        .running()
        .filter(|r| r.pool() == option.pool)
        .map(|r| (view.expected_end(r) - view.now()).as_secs_f64() * r.demand() as f64 / 1e6)
        .sum();
    let waiting = before as f64 * run * task.demand() as f64 / 1e6;
    Local { response: run + (running + waiting) / units, run }
}
