//! Planners of task graphs: list scheduling with insertion on units of different speeds, data between them.
//!
//! They see the whole graph as soon as it has arrived, before its tasks are ready, with estimates of all times: they
//! are offline planners, and answer how good a schedule could have been made in advance.

mod cpop;
mod graph;
mod heft;
mod peft;
mod planner;
mod timetable;

pub use cpop::{Cpop, CpopRule};
pub use heft::{Heft, HeftRule};
pub use peft::{Peft, PeftRule};
pub use planner::Planner;

use crate::units::{PoolId, SimDuration, SimTime, UnitId};

use graph::Graph;

/// How good a place is: lower is better. Places that miss a wish come last.
pub type Cost = (bool, SimTime);

/// What tells one planner from another.
pub trait Rule: Send + Default + 'static {
    /// Looks at a graph. The greater a task's priority, the sooner it is placed, as soon as all before it are. Ties go
    /// by order of arrival.
    fn priorities(&mut self, graph: &Graph) -> Vec<SimDuration>;

    /// What it costs to have task number `node` of the graph end at `finish` on `first` (the lowest of its units) of
    /// `pool`; both are `None` for a task that needs only its host. Ties go to the pool that comes first in the task's
    /// options, then to the lowest unit.
    fn cost(&self, node: usize, pool: Option<PoolId>, first: Option<UnitId>, finish: SimTime) -> Cost;
}
