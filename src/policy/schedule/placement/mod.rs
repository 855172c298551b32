//! Which units a task gets, one rule per file.
//!
//! A gang is of one device model; pools are tried fastest first. A task that asks for host resources
//! stays in one node; one of several instances has each of them in one.

mod best_fit;
mod fastest_finish;
mod fill_nodes;
mod first_fit;
mod least_loaded;
mod random;
mod ranked;
mod round_robin;
mod worst_fit;

pub use best_fit::BestFit;
pub use fastest_finish::FastestFinish;
pub use fill_nodes::FillNodes;
pub use first_fit::FirstFit;
pub use least_loaded::LeastLoaded;
pub use random::Random;
pub use ranked::{Rank, Ranking, place_ranked};
pub use round_robin::RoundRobin;
pub use worst_fit::WorstFit;
