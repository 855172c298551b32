//! What is there for a unit to do, and until when.

use crate::policy::{ClusterView, TaskView, UnitView};
use crate::units::SimTime;

/// A task that is due, as far as one unit is concerned.
pub(super) struct Due<'a> {
    pub task: TaskView<'a>,
    /// Work left in seconds at the top clock, as estimated.
    pub left: f64,
    /// Share of the unit that it takes; of a task that waits, the mean over the units of the pool.
    pub weight: f64,
    /// Whether it computes on the unit.
    pub runs: bool,
}

impl Due<'_> {
    /// Seconds until its deadline; none or less where that has passed.
    pub fn room(&self, now: SimTime) -> f64 {
        (self.task.deadline() - now).as_secs_f64()
    }
}

/// The tasks with deadlines that run on `unit` or wait for its pool, by their deadlines.
pub(super) fn due<'a>(unit: UnitView<'a>, view: &ClusterView<'a>) -> Vec<Due<'a>> {
    let pool = unit.pool();
    let units = view.pool_units(pool).len().max(1) as f64;
    let left = |task| view.work_left(task, pool).as_secs_f64();
    let running = unit.running(view).map(|task| (task, task.share().as_fraction(), true));
    let waiting = view.waiting_for(pool).map(|task| (task, task.demand() as f64 / 1e6 / units, false));
    let all = running.chain(waiting).filter(|(task, ..)| task.deadline() != SimTime::NEVER);
    let mut all: Vec<Due<'a>> = all.map(|(task, weight, runs)| Due { task, left: left(task), weight, runs }).collect();
    all.sort_by_key(|d| (d.task.deadline(), d.task.seq()));
    all
}

/// Half a nanosecond: what a task ends later by is rounded away.
const ROUNDING: f64 = 0.5e-9;

/// The lowest of the first `states` P-states in which all that is due is done in time: one after the other by their
/// deadlines, each at its own speed in that state, each that runs also by itself. The top one where none is fast enough,
/// and where a task runs longer than was estimated: then nobody knows what is left.
pub(super) fn slowest_in_time(unit: UnitView<'_>, view: &ClusterView<'_>, states: usize) -> usize {
    let due = due(unit, view);
    let top = states.saturating_sub(1);
    if due.iter().any(|d| d.runs && d.left <= 0.0) {
        return top;
    }
    let in_time = |p: &usize| {
        let mut sum = 0.0;
        due.iter().all(|d| {
            let (time, room) = (d.left / view.progress(d.task, unit.pool(), *p), d.room(view.now()));
            sum += time * d.weight;
            sum <= room + ROUNDING && (!d.runs || time <= room + ROUNDING)
        })
    };
    (0..top).find(in_time).unwrap_or(top)
}
