//! Facts about a run, told to observers as they happen.

use crate::model::cloud::Fact;
use crate::model::memory::MemoryFailure;
use crate::model::outage::Place;
use crate::model::task::{Status, Task};
use crate::model::unit::UnitPhase;
use crate::model::world::World;
use crate::units::{Bytes, SimDuration, SimTime, UnitId};

/// One fact. Borrowed: an observer copies what it keeps.
#[derive(Clone, Copy, Debug)]
pub enum Record<'a> {
    /// A task came into the system.
    Submitted(&'a Task),
    /// A task joined the scheduler's queue: it is ready, or has saved its state after a preemption.
    Queued(&'a Task),
    /// A task was given its units.
    Placed(&'a Task),
    /// A task began, or went on, to run.
    Started(&'a Task),
    /// A task was taken off its work on these units. It waits again, or saves its state on them first; where the same
    /// pass has placed it anew, it holds others already.
    Preempted(&'a Task, &'a [UnitId]),
    /// A task lost its patience and leaves.
    GaveUp(&'a Task),
    /// A task left for the cloud.
    Offloaded(&'a Task),
    /// Something happened in the cloud that no task's own facts tell.
    Cloud(Fact),
    /// A task ended. Its units and times are still there to read.
    Ended(&'a Task, Status),
    /// A unit changed its phase.
    UnitPhase(UnitId, UnitPhase),
    /// A unit changed its P-state.
    PState(UnitId, u8),
    /// Heat forces a P-state upon a unit from now on, or none any more.
    Heat(UnitId, Option<u8>),
    /// Memory, not units, keeps this task waiting (told once per task).
    MemoryWait(&'a Task, MemoryFailure),
    /// The blocks of a unit's memory are moved together: so many bytes, for so long.
    Compaction(UnitId, Bytes, SimDuration),
    /// A unit or a node fails.
    Down(Place),
    /// A unit or a node is repaired.
    Up(Place),
    /// Units of a task failed under it: it gave everything back, and lost so much of the time that it had worked.
    /// What it held is still there to read.
    Hit(&'a Task, SimDuration),
    /// Want of memory, or its end, changes what a task with units does.
    Memory(&'a Task, MemoryFact),
    /// Statistics start now.
    WarmedUp,
}

/// What memory does to a task that holds units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemoryFact {
    /// It enters its next phase.
    Grown,
    /// It stands still until memory comes free.
    Stalled,
    /// It is a victim of want of memory, and ends.
    Victim,
    /// It loses its work and waits again, with a larger request.
    Retried,
    /// The weights of its model are brought from the host before it runs.
    Loading,
}

impl MemoryFact {
    /// The word in `events.csv`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Grown => "grown",
            Self::Stalled => "stalled",
            Self::Victim => "victim",
            Self::Retried => "retried",
            Self::Loading => "loading",
        }
    }
}

/// Somebody who listens to a run. `()` hears nothing and costs nothing; pairs share.
pub trait Observer {
    /// A fact. Cannot fail: a sink keeps its first error and returns it when asked to finish.
    fn on(&mut self, _at: SimTime, _record: &Record<'_>) {}

    /// An instant has settled: gauges may be read.
    fn quiet(&mut self, _at: SimTime, _world: &World) {}
}

impl Observer for () {}

impl<A: Observer, B: Observer> Observer for (A, B) {
    fn on(&mut self, at: SimTime, record: &Record<'_>) {
        self.0.on(at, record);
        self.1.on(at, record);
    }

    fn quiet(&mut self, at: SimTime, world: &World) {
        self.0.quiet(at, world);
        self.1.quiet(at, world);
    }
}

impl<O: Observer> Observer for Option<O> {
    fn on(&mut self, at: SimTime, record: &Record<'_>) {
        if let Some(observer) = self {
            observer.on(at, record);
        }
    }

    fn quiet(&mut self, at: SimTime, world: &World) {
        if let Some(observer) = self {
            observer.quiet(at, world);
        }
    }
}

impl<O: Observer + ?Sized> Observer for Box<O> {
    fn on(&mut self, at: SimTime, record: &Record<'_>) {
        (**self).on(at, record);
    }

    fn quiet(&mut self, at: SimTime, world: &World) {
        (**self).quiet(at, world);
    }
}
