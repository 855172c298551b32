//! What can be chosen: schedulers, memory, power, sleep, cloud and adaptive policies.
//!
//! A policy sees the cluster through a [`ClusterView`] and proposes; the simulation disposes. A view
//! shows estimates, never actual run times.
//!
//! | slot | trait | asked |
//! |---|---|---|
//! | scheduler | [`Scheduler`] | once per instant at which something changed |
//! | memory | [`MemoryPolicy`] | once per unit, for its allocator |
//! | power | [`Governor`] | at the start and at its period, for units whose load changed |
//! | sleep | [`SleepPolicy`] | when a unit becomes idle |
//! | cloud | [`CloudPolicy`] | when a task becomes ready |
//! | adaptive | [`Adaptive`] | when a task arrives and ends, and at the end of each epoch |
//!
//! Each policy stands in a file of its own; [`registry`] lists them all.

pub mod adapt;
pub mod cloud;
pub mod memory;
mod pass;
pub mod power;
pub mod registry;
pub mod schedule;
pub mod sleep;
mod view;

pub(crate) use pass::Moves;
pub use pass::{Pass, Preempted, Refusal};
pub use view::{ClusterView, TaskView, UnitView, UserView};

use crate::model::memory::Allocator;
use crate::model::task::Status;
use crate::rng::StreamRng;
use crate::units::{Bytes, SimDuration, TaskId, UnitId};

/// Decides which waiting task runs next, and where.
pub trait Scheduler: Send {
    /// `task` has arrived, but waits for other tasks: see [`TaskView::after`]. For those that plan ahead.
    fn on_blocked(&mut self, _task: TaskId, _view: &ClusterView<'_>) {}

    /// A task that was blocked never joins the queue: it failed, is rejected, or goes to the cloud.
    fn on_lost(&mut self, _task: TaskId, _view: &ClusterView<'_>) {}

    /// `task` joins the queue: it is ready, or was preempted and has saved its state.
    fn on_ready(&mut self, task: TaskId, view: &ClusterView<'_>);

    /// `task`, started earlier, has given its units back.
    fn on_end(&mut self, _task: TaskId, _view: &ClusterView<'_>) {}

    /// `task` leaves the queue without having been started: the waiting room is full.
    fn on_leave(&mut self, task: TaskId, view: &ClusterView<'_>);

    /// The instant is quiet and something has changed: start what should start now.
    fn pass(&mut self, pass: &mut Pass<'_>);
}

/// Decides how device memory is handed out.
pub trait MemoryPolicy: Send {
    /// The allocator for a unit with `capacity` bytes; `None` counts bytes only.
    fn allocator(&self, capacity: Bytes) -> Option<Box<dyn Allocator>>;
}

/// Chooses P-states.
pub trait Governor: Send {
    /// P-state at the start, of `count` states in ascending frequency.
    fn initial(&self, count: usize) -> usize;

    /// Time between two looks at the load; `None` never looks.
    fn period(&self) -> Option<SimDuration> {
        None
    }

    /// P-state for the next period, for a unit whose `load` in the last one was in [0, 1].
    ///
    /// `frequencies` are the clocks in hertz, ascending, that may be chosen.
    fn choose(&mut self, _unit: UnitId, current: usize, _load: f64, _frequencies: &[f64]) -> usize {
        current
    }
}

/// Decides when an idle unit goes to sleep.
pub trait SleepPolicy: Send {
    /// How long a unit that has just become idle stays awake; `None` is for ever.
    fn timeout(&mut self, unit: UnitView<'_>) -> Option<SimDuration>;

    /// How long a unit that goes to sleep is out of reach; `None` is as long as its device takes to fall asleep, and
    /// it sleeps then. With a time, a unit that nobody waits for at the end of it goes away again.
    fn absence(&mut self, _rng: &mut StreamRng) -> Option<SimDuration> {
        None
    }
}

/// Where a ready task goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// Into the scheduler's queue.
    Local,
    /// To the cloud.
    Cloud,
}

/// What the cloud would be like for one task, in expectation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CloudQuote {
    /// Expected seconds from now to the end of the task.
    pub response: f64,
    /// Expected price.
    pub usd: f64,
}

/// Decides which tasks go to the cloud.
pub trait CloudPolicy: Send {
    /// Where `task` goes. Asked only for tasks that may leave.
    fn route(&mut self, task: TaskView<'_>, quote: CloudQuote, view: &ClusterView<'_>, rng: &mut StreamRng) -> Route;
}

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
