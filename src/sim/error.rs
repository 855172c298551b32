//! Why a run stops before its end.

use crate::model::task::Label;
use crate::policy::Refusal;
use crate::units::SimTime;

use super::Broken;

/// Why a run could not go on.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SimError {
    /// A scheduler proposed something impossible.
    #[error("the scheduler proposed something impossible at {at} s: {refusal}")]
    Policy {
        /// When.
        at: SimTime,
        /// What.
        refusal: Refusal,
    },
    /// Tasks wait, nothing runs, and no event is left.
    #[error("no progress: at {at} s nothing is left to happen, but {waiting} tasks wait: {first}")]
    Deadlock {
        /// When.
        at: SimTime,
        /// How many wait.
        waiting: usize,
        /// The first of them, and why.
        first: String,
    },
    /// Failures keep a task from ever getting further.
    #[error("no progress: at {at} s task {task} has lost its units {hits} times in a row without keeping any work")]
    Futile {
        /// When.
        at: SimTime,
        /// Which.
        task: Label,
        /// How often.
        hits: u32,
    },
    /// Too many events at one instant.
    #[error("no progress: over a million events at {at} s without the clock moving on")]
    Livelock {
        /// When.
        at: SimTime,
    },
    /// The limit on events.
    #[error("stopped after {events} events at {at} s, as asked")]
    EventLimit {
        /// When.
        at: SimTime,
        /// How many.
        events: u64,
    },
    /// Time ran out of range.
    #[error("an event after {at} s would lie beyond the end of time (584 years)")]
    Overflow {
        /// When.
        at: SimTime,
    },
    /// The caller asked to stop.
    #[error("interrupted at {at} s")]
    Interrupted {
        /// When.
        at: SimTime,
    },
    /// An invariant does not hold: a bug of ours.
    #[error("broken invariant at {at} s: {broken}")]
    Invariant {
        /// When.
        at: SimTime,
        /// Which.
        broken: Broken,
    },
}
