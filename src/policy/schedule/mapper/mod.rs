//! Mappers: all waiting tasks are given places in a plan by one heuristic, and those whose turn has come start.
//!
//! The heuristics are those of Maheswaran et al., JPDC 59, 1999, and Braun et al., JPDC 61, 2001, where machines have
//! ready times: the expected end of what runs there plus what is mapped to it already. The plan is made anew at each
//! instant at which something has changed, so a task is bound only when it starts.

mod max_min;
mod mct;
mod met;
mod min_min;
mod olb;
mod ready;
mod scheduler;
mod sufferage;
mod threshold;
mod waiting;

pub use max_min::{MaxMin, MaxMinRule};
pub use mct::{Mct, MctRule};
pub use met::{Met, MetRule};
pub use min_min::{MinMin, MinMinRule};
pub use olb::{Olb, OlbRule};
pub use ready::{Opening, Ready};
pub use scheduler::Mapper;
pub use sufferage::{Sufferage, SufferageRule};
pub use threshold::{SlowAt, Threshold, ThresholdParams};

use crate::model::world::Site;
use crate::policy::{ClusterView, TaskView};
use crate::units::{PoolId, SimTime, TaskId};

/// A task with its place in the plan.
#[derive(Clone, Debug)]
pub struct Assignment {
    /// The task.
    pub id: TaskId,
    /// Its pool.
    pub pool: PoolId,
    /// Its units.
    pub site: Site,
    /// When it is to end.
    pub until: SimTime,
}

/// What tells one mapper from another. It keeps the tasks that wait and are not mapped.
pub trait Rule: Send + Default + 'static {
    /// A task waits.
    fn add(&mut self, task: TaskView<'_>, view: &ClusterView<'_>);

    /// It waits no longer, or is mapped.
    fn remove(&mut self, task: TaskView<'_>, view: &ClusterView<'_>);

    /// The tasks to be mapped next, at most one to each pool. Empty where none is left.
    fn next(&self, ready: &mut Ready<'_>, view: &ClusterView<'_>) -> Vec<Assignment>;
}
