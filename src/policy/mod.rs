//! What can be chosen: schedulers, memory, power, sleep, cloud and adaptive policies.
//!
//! A policy sees the cluster through a [`ClusterView`] and proposes; the simulation disposes. A view
//! shows estimates, never actual run times.
//!
//! | slot | trait | asked |
//! |---|---|---|
//! | scheduler | [`Scheduler`] | once per instant at which something changed |
//! | memory | [`MemoryPolicy`] | once per unit, for its allocator |
//! | power | [`Governor`] | at the start and at its period, for units whose load changed; or when the tasks on a unit change |
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

pub use adapt::{Adaptive, EpochStats};
pub use cloud::{CloudOption, CloudPolicy, CloudQuote, Route};
pub use memory::MemoryPolicy;
pub(crate) use pass::Moves;
pub use pass::{Pass, Preempted, Refusal};
pub use power::{Choice, Governor, Look};
pub use sleep::SleepPolicy;
pub use view::{ClusterView, TaskView, UnitView, UserView};

use crate::units::{TaskId, UnitId};

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

    /// `unit` has failed. The tasks that were on it are told of by `on_end`, and by `on_ready` where they come again.
    fn on_down(&mut self, _unit: UnitId, _view: &ClusterView<'_>) {}

    /// `unit` is repaired.
    fn on_up(&mut self, _unit: UnitId, _view: &ClusterView<'_>) {}

    /// `task` leaves the queue without having been started: the waiting room is full.
    fn on_leave(&mut self, task: TaskId, view: &ClusterView<'_>);

    /// The instant is quiet and something has changed: start what should start now.
    fn pass(&mut self, pass: &mut Pass<'_>);
}
