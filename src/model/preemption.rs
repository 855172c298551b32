//! What it costs to take a task off its units.

use crate::units::{Bytes, SimDuration};

/// Time of one checkpoint, written or read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum CheckpointTime {
    /// The same for every task.
    Fixed(SimDuration),
    /// A task's state per unit over this bandwidth in B/s; the units of a gang write side by side.
    Bandwidth(f64),
}

impl CheckpointTime {
    /// For a task with `state` per unit.
    pub fn of(self, state: Bytes) -> SimDuration {
        match self {
            Self::Fixed(time) => time,
            Self::Bandwidth(rate) => SimDuration::from_secs_f64_clamped(state.get() as f64 / rate),
        }
    }
}

/// What becomes of the work that a preempted task has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Work {
    /// It goes on from there.
    #[default]
    Kept,
    /// It starts anew.
    Lost,
}

/// The price of preemption.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Preemption {
    /// Time before the units are free.
    pub save: CheckpointTime,
    /// Time at the next start before work goes on.
    pub restore: CheckpointTime,
    /// What becomes of the work done.
    pub work: Work,
}

impl Preemption {
    /// Free, and nothing is lost.
    pub const FREE: Self = Self {
        save: CheckpointTime::Fixed(SimDuration::ZERO),
        restore: CheckpointTime::Fixed(SimDuration::ZERO),
        work: Work::Kept,
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixteen_gigabytes_over_eight_a_second_take_two() {
        let time = CheckpointTime::Bandwidth(8e9);
        assert_eq!(time.of(Bytes(16_000_000_000)), SimDuration::from_secs(2));
        assert_eq!(time.of(Bytes::ZERO), SimDuration::ZERO);
        assert_eq!(CheckpointTime::Fixed(SimDuration::from_secs(3)).of(Bytes(7)), SimDuration::from_secs(3));
    }
}
