//! What learns while it runs, one method per file.

mod bandit;
mod last_two;
mod none;

pub use bandit::Bandit;
pub use last_two::LastTwo;
pub use none::Fixed;

use crate::model::task::Status;
use crate::rng::StreamRng;
use crate::units::SimDuration;

use super::TaskView;

/// What an epoch has brought, for adaptive policies.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct EpochStats {
    /// Tasks that ended.
    pub ended: u64,
    /// Their mean wait in seconds.
    pub wait_mean: f64,
    /// Their mean bounded slowdown (10 s).
    pub slowdown_mean: f64,
    /// Joules since the last epoch.
    pub energy: f64,
    /// Tasks waiting now.
    pub waiting: u64,
}

/// Learns from what has ended.
pub trait Adaptive: Send {
    /// A better estimate of `task`'s reference time than the user's.
    fn predict(&mut self, _task: TaskView<'_>) -> Option<SimDuration> {
        None
    }

    /// Whether it wants to hear of ended tasks at all.
    fn learns(&self) -> bool {
        true
    }

    /// `task` has ended after running `run` (as reference time).
    fn on_end(&mut self, _task: TaskView<'_>, _status: Status, _run: SimDuration) {}

    /// Length of an epoch; `None` has no epochs.
    fn epoch(&self) -> Option<SimDuration> {
        None
    }

    /// Schedulers among which [`Adaptive::choose`] picks; the first one starts.
    fn arms(&self) -> &[String] {
        &[]
    }

    /// An epoch is over: the arm for the next one.
    fn choose(&mut self, _stats: &EpochStats, _rng: &mut StreamRng) -> Option<usize> {
        None
    }
}
