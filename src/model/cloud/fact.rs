//! What happens in the cloud besides the lives of tasks.

use crate::units::SimDuration;

/// One fact.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fact {
    /// An attempt failed, ran out of time, or was refused by an open breaker.
    Failure,
    /// A task will try again after a back-off.
    Retry,
    /// The provider has taken a spot instance from a task.
    SpotTaken,
    /// A second copy of a task was sent.
    Hedge,
    /// A task came back to run at home.
    CameHome,
    /// A new instance needed so long to boot.
    Boot(SimDuration),
    /// A region was not trusted for so long.
    BreakerOpen(SimDuration),
    /// USD for the time of instances that no task had.
    Idle(f64),
    /// Grams of CO2.
    Carbon(f64),
}

impl Fact {
    /// Its number in a run's fingerprint.
    pub const fn code(&self) -> u64 {
        match self {
            Self::Failure => 1,
            Self::Retry => 2,
            Self::SpotTaken => 3,
            Self::Hedge => 4,
            Self::CameHome => 5,
            Self::Boot(_) => 6,
            Self::BreakerOpen(_) => 7,
            Self::Idle(_) => 8,
            Self::Carbon(_) => 9,
        }
    }

    /// The word in `events.csv`.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Failure => "failure",
            Self::Retry => "retry",
            Self::SpotTaken => "spot-taken",
            Self::Hedge => "hedge",
            Self::CameHome => "came-home",
            Self::Boot(_) => "boot",
            Self::BreakerOpen(_) => "breaker-closed",
            Self::Idle(_) => "idle",
            Self::Carbon(_) => "carbon",
        }
    }
}
