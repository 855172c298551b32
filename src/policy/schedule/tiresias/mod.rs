//! The schedulers of Tiresias' simulator, decision by decision (Gu et al., "Tiresias: A GPU Cluster Manager for
//! Distributed Deep Learning", NSDI 2019).
//!
//! What its simulator does when GPUs are only counted:
//!
//! * Time is in whole seconds. At one instant tasks that end leave first, then newcomers join, in order of arrival,
//!   then there is one decision over all runnable tasks, those that run and those that wait.
//! * A decision walks the runnable tasks in the policy's order with all units at hand. A task takes its units if as many
//!   are left, whether or not it runs now; one that finds too few is skipped, and loses its units if it has any. Which
//!   units is of no concern; here they are the lowest-numbered free ones. Preemption is free and keeps the work.
//! * Sorting is stable over a list that outlives the decision, so tasks with equal keys stand as they stood the last
//!   time they differed, not by order of arrival.
//! * The time left is the truth; here it is the estimate less what has been worked, so with exact estimates the two
//!   are the same.
//!
//! `tiresias-fifo` and `tiresias-fjf` are the plain queue in order of arrival, strict or skipping what does not fit, and
//! therefore presets of order, backfill and placement.

mod assign;
mod dlas;
mod dlas_gpu;
mod leveled;
mod shortest;
mod shortest_gpu;
mod sjf;
mod sorted;

pub use dlas::Dlas;
pub use dlas_gpu::DlasGpu;
pub use leveled::{Leveled, Service};
pub use shortest::Shortest;
pub use shortest_gpu::ShortestGpu;
pub use sjf::Sjf;
pub use sorted::{SortKey, Sorted};
