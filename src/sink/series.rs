//! What became of tasks, in order of their arrival: what a warm-up is found from.

use crate::model::task::{Status, Task};
use crate::record::{Observer, Record};
use crate::units::SimTime;

use super::fold::bounded_slowdown;

/// More tasks than this are not followed.
const MOST: usize = 1_000_000;

/// A value that each task has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskValue {
    /// Arrival to first start, in seconds.
    Wait,
    /// Arrival to end, in seconds.
    Response,
    /// Bounded slowdown.
    Slowdown,
}

impl TaskValue {
    /// The value whose statistic `metric` is; the wait for metrics that are no statistic of tasks.
    pub fn of_metric(metric: &str) -> Self {
        match metric.split('.').next() {
            Some("response_s") => Self::Response,
            Some("bounded_slowdown") => Self::Slowdown,
            _ => Self::Wait,
        }
    }

    /// The first part of its metrics' names.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Wait => "wait_s",
            Self::Response => "response_s",
            Self::Slowdown => "bounded_slowdown",
        }
    }

    fn read(self, task: &Task, end: SimTime) -> f64 {
        match self {
            Self::Wait => (task.first_start - task.arrival).as_secs_f64(),
            Self::Response => (end - task.arrival).as_secs_f64(),
            Self::Slowdown => bounded_slowdown(end - task.arrival, task.run),
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum Fate {
    Open,
    /// It ended without having run: it has no value.
    LeftOut,
    Known(f64),
}

/// Follows one value of every task from the beginning of the run, whatever its warm-up.
pub struct Series {
    value: TaskValue,
    tasks: Vec<(SimTime, Fate)>,
}

impl Series {
    /// Nothing seen yet.
    pub fn new(value: TaskValue) -> Self {
        Self { value, tasks: Vec::new() }
    }

    /// Arrivals and values in order of arrival, up to the first task that has not ended. Behind it the series
    /// would lack those tasks that take long, and seem to fall.
    pub fn finish(self) -> Vec<(SimTime, f64)> {
        let settled = self.tasks.into_iter().take_while(|(_, fate)| !matches!(fate, Fate::Open));
        let known = settled.filter_map(|(arrival, fate)| match fate {
            Fate::Known(value) => Some((arrival, value)),
            Fate::Open | Fate::LeftOut => None,
        });
        known.collect()
    }
}

impl Observer for Series {
    fn on(&mut self, at: SimTime, record: &Record<'_>) {
        match record {
            // Numbers count arrivals, so that a task's number is its place.
            Record::Submitted(task) if task.seq == self.tasks.len() as u64 && self.tasks.len() < MOST => {
                self.tasks.push((task.arrival, Fate::Open));
            }
            Record::Ended(task, status) => {
                let place = usize::try_from(task.seq).ok().and_then(|i| self.tasks.get_mut(i));
                if let Some((_, fate)) = place {
                    let worked = matches!(status, Status::Completed | Status::Killed);
                    *fate = if worked { Fate::Known(self.value.read(task, at)) } else { Fate::LeftOut };
                }
            }
            _ => {}
        }
    }
}
