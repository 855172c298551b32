//! Preemptive schedulers: the best-ranked tasks hold the units.
//!
//! Most are [`Ranked`] by a [`Rank`] in a file of its own; round-robin goes by turns instead. All are strict: where
//! the head of the queue cannot start, whoever must give way included, the others behind it wait too. Who gives way
//! starts again where it can, even on other units; what that costs is set by the scenario's `policies.preemption`.

mod las;
mod priority;
mod psjf;
mod ranked;
mod room;
mod rr;
mod srpt;

pub use las::Las;
pub use priority::Priority;
pub use psjf::Psjf;
pub use ranked::{Rank, Ranked};
pub use room::victims;
pub use rr::Rr;
pub use srpt::Srpt;
