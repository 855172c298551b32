//! Which tasks are measured, and the window of time of a run that is drained.

use crate::model::task::{Status, Task};
use crate::sim::Counts;
use crate::units::SimTime;

use super::Metrics;

/// Which of the tasks that did their work, or were killed at it, count in statistics of tasks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measured {
    /// Start of statistics.
    from: SimTime,
    /// The last instant of the window whose tasks are followed to their ends; `None` where the run just stops.
    until: Option<SimTime>,
}

impl Measured {
    /// Statistics start at time zero; `until` is the end of the window of a run that is drained.
    pub const fn new(until: Option<SimTime>) -> Self {
        Self { from: SimTime::ZERO, until }
    }

    /// Start of statistics.
    pub const fn from(&self) -> SimTime {
        self.from
    }

    /// Statistics start at `at`.
    pub fn start_over(&mut self, at: SimTime) {
        self.from = at;
    }

    /// Whether a task that ended as `status` counts: one that started within the statistics and, where the run is
    /// drained, one that arrived in the window.
    pub fn counts(&self, task: &Task, status: Status) -> bool {
        let worked = matches!(status, Status::Completed | Status::Killed);
        worked
            && match self.until {
                Some(_) => self.is_of_window(task),
                None => task.first_start >= self.from,
            }
    }

    /// Whether a task arrived in the window. Every one did where the run is not drained.
    pub(super) fn is_of_window(&self, task: &Task) -> bool {
        self.until.is_none_or(|until| (self.from..=until).contains(&task.arrival))
    }

    /// Whether the run is drained.
    pub(super) const fn is_drained(&self) -> bool {
        self.until.is_some()
    }
}

/// What a run that is drained knows of its window.
#[derive(Clone, Debug, Default)]
pub(super) struct Window {
    /// Fates of the tasks that arrived in it.
    pub(super) counts: Counts,
    /// Its last instant has settled; the gauges are read next.
    pub(super) closes: bool,
    /// All that is over its time and not over tasks.
    pub(super) metrics: Option<Metrics>,
}

impl Window {
    pub(super) fn ended(&mut self, status: Status) {
        match status {
            Status::Completed => self.counts.completed += 1,
            Status::Rejected => self.counts.rejected += 1,
            Status::Failed => self.counts.failed += 1,
            Status::Killed => self.counts.killed += 1,
        }
    }

    /// Tasks of the window that have not ended.
    pub(super) fn censored(&self) -> u64 {
        let Counts { submitted, completed, rejected, failed, killed } = self.counts;
        submitted.saturating_sub(completed + rejected + failed + killed)
    }
}
