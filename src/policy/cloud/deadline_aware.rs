//! Offload what would miss its deadline here.

use crate::policy::registry::{BuildError, NoParams, Plugin};
use crate::policy::{CloudPolicy, CloudQuote, ClusterView, Route, TaskView};
use crate::rng::StreamRng;

/// Stays if the task is expected to meet its deadline here; leaves if only the cloud is expected to; if
/// neither is, takes the earlier end. Tasks without a deadline stay.
///
/// The local wait is expected to be the estimated work of the running and waiting tasks, the latter
/// taken to be as long as this one, shared by the units the task can use. After Van den Bossche et al.,
/// IEEE CLOUD 2010.
#[derive(Clone, Copy, Debug, Default)]
pub struct DeadlineAware;

/// Expected seconds from now to the end of `task` here.
fn local_response(task: TaskView<'_>, view: &ClusterView<'_>) -> f64 {
    let best = |option: &crate::model::task::PoolOption| {
        let run = view.estimated_time(task, option.pool).as_secs_f64();
        let units = view.pool_units(option.pool).len() as f64;
        if view.free_share(option.pool) >= task.demand() && view.waiting() == 0 {
            return run;
        }
        let running: f64 = view
            .running()
            .filter(|r| r.pool() == option.pool)
            .map(|r| (view.expected_end(r) - view.now()).as_secs_f64() * r.demand() as f64 / 1e6)
            .sum();
        let waiting = view.waiting() as f64 * run * task.demand() as f64 / 1e6;
        run + (running + waiting) / units
    };
    view.possible(task).map(best).fold(f64::INFINITY, f64::min)
}

impl CloudPolicy for DeadlineAware {
    fn route(&mut self, task: TaskView<'_>, quote: CloudQuote, view: &ClusterView<'_>, _: &mut StreamRng) -> Route {
        if task.deadline() == crate::units::SimTime::NEVER {
            return Route::Local;
        }
        let slack = (task.deadline() - view.now()).as_secs_f64();
        let local = local_response(task, view);
        if local <= slack || (quote.response > slack && local <= quote.response) { Route::Local } else { Route::Cloud }
    }
}

impl Plugin for DeadlineAware {
    const NAME: &'static str = "deadline-aware";
    const ABOUT: &'static str = "offload what is expected to miss its deadline here (Van den Bossche et al. 2010)";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self)
    }
}
