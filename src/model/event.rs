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
    /// A unit or a node fails, or is repaired.
    Fault {
        /// Its place in the list of what can fail.
        place: u32,
        /// Its epoch when this was scheduled.
        epoch: u32,
    },
    /// A running task saves its state.
    Checkpoint {
        /// The task.
        task: TaskId,
        /// Its run epoch when this was scheduled.
        epoch: u32,
    },
    /// The next transfer over a shared link is done.
    Link {
        /// The link's number: that of a node for the way to its host; those to the cloud are above all nodes.
        link: u32,
        /// Its epoch when this was scheduled.
        epoch: u32,
    },
    /// A cloud task reaches the end of its present phase.
    CloudPhase {
        /// The task.
        task: TaskId,
        /// Its run epoch when this was scheduled.
        epoch: u32,
    },
    /// An instance in the cloud may have idled long enough, or the cloud policy looks at the waiting tasks.
    CloudTimer {
        /// The number of the instance's type, or of the policy's timer.
        timer: u32,
    },
    /// A unit is awake, or asleep: its transition has ended.
    UnitTransition {
        /// The unit.
        unit: UnitId,
        /// Its transition epoch when this was scheduled.
        epoch: u32,
    },
    /// A change of P-state goes on: it begins, or the unit works again.
    Clock {
        /// The unit.
        unit: UnitId,
        /// Its clock epoch when this was scheduled.
        epoch: u32,
    },
    /// The temperature of a unit crosses a threshold.
    Heat {
        /// The unit.
        unit: UnitId,
        /// Its thermal epoch when this was scheduled.
        epoch: u32,
    },
    /// The memory of a task changes: its next phase, or a move that is over.
    Memory {
        /// The task.
        task: TaskId,
        /// Its run epoch when this was scheduled.
        epoch: u32,
    },
    /// The blocks of a unit's memory have been moved together.
    Compacted {
        /// The unit.
        unit: UnitId,
    },
    /// The price of electricity or its carbon intensity changes.
    Tariff,
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
    /// The power cap is shared out anew.
    CapTick,
    /// The adaptive component's epoch ends.
    AdaptEpoch,
    /// A scheduler asked for a pass now.
    SchedulerTimer,
    /// The window whose tasks are followed to their ends is over.
    WindowEnd,
}

impl Ranked for Event {
    fn rank(&self) -> u8 {
        match self {
            Self::Finish { .. } => 0,
            Self::Fault { .. } => 1,
            Self::Checkpoint { .. } => 2,
            Self::Link { .. } => 3,
            Self::CloudPhase { .. } => 4,
            Self::UnitTransition { .. } => 5,
            Self::Clock { .. } => 6,
            Self::Heat { .. } => 7,
            Self::Memory { .. } | Self::Compacted { .. } => 8,
            Self::Tariff => 9,
            Self::Input { .. } => 10,
            Self::SleepTimer { .. } => 11,
            Self::Warmup => 12,
            Self::Arrive { .. } => 13,
            Self::Retry { .. } => 14,
            Self::GiveUp { .. } => 15,
            Self::GovernorTick => 16,
            Self::CapTick => 17,
            Self::AdaptEpoch => 18,
            Self::SchedulerTimer => 19,
            // After arrivals: one that comes as an instance is let go still gets it.
            Self::CloudTimer { .. } => 20,
            // After all that belongs to the window.
            Self::WindowEnd => 21,
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
