//! What can happen in a cluster, in the order in which it happens at one instant.

use crate::queue::Ranked;
use crate::units::{TaskId, UnitId};

/// One event. Epochs make stale timers harmless: an event whose epoch is old is dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A task is done with its units: its work is done, or, preempted, its state is saved.
    Finish {
        /// The task.
        task: TaskId,
        /// Its run epoch when this was scheduled.
        epoch: u32,
    },
    /// A cloud task reaches the end of its present phase.
    CloudPhase {
        /// The task.
        task: TaskId,
        /// Its run epoch when this was scheduled.
        epoch: u32,
    },
    /// A unit is awake, or asleep: its transition has ended.
    UnitTransition {
        /// The unit.
        unit: UnitId,
        /// Its transition epoch when this was scheduled.
        epoch: u32,
    },
    /// The data of a task is on its units.
    Input {
        /// The task.
        task: TaskId,
        /// Its run epoch when this was scheduled.
        epoch: u32,
    },
    /// A unit may have been idle for its sleep timeout.
    SleepTimer {
        /// The unit.
        unit: UnitId,
    },
    /// Statistics start.
    Warmup,
    /// The next task of a source arrives.
    Arrive {
        /// The source's index.
        source: u16,
        /// The source's epoch when this was scheduled.
        epoch: u32,
    },
    /// A task may have lost its patience.
    GiveUp {
        /// The task.
        task: TaskId,
        /// Its run epoch when this was scheduled.
        epoch: u32,
    },
    /// A task that was turned away comes again.
    Retry {
        /// The task.
        task: TaskId,
        /// Its run epoch when this was scheduled.
        epoch: u32,
    },
    /// The governor looks at the units whose load has changed.
    GovernorTick,
    /// The adaptive component's epoch ends.
    AdaptEpoch,
    /// A scheduler asked for a pass now.
    SchedulerTimer,
}

impl Ranked for Event {
    fn rank(&self) -> u8 {
        match self {
            Self::Finish { .. } => 0,
            Self::CloudPhase { .. } => 1,
            Self::UnitTransition { .. } => 2,
            Self::Input { .. } => 3,
            Self::SleepTimer { .. } => 4,
            Self::Warmup => 5,
            Self::Arrive { .. } => 6,
            Self::Retry { .. } => 7,
            Self::GiveUp { .. } => 8,
            Self::GovernorTick => 9,
            Self::AdaptEpoch => 10,
            Self::SchedulerTimer => 11,
        }
    }

    fn lane(&self) -> u16 {
        match self {
            Self::Arrive { source, .. } => *source,
            _ => 0,
        }
    }
}

const _: () = assert!(std::mem::size_of::<Event>() <= 16);
