//! Scenarios: what a researcher writes, checked and made into what the simulator runs.
//!
//! ```text
//! text ──Document──▶ Scenario ──compile──▶ Plan ──simulation(replication)──▶ Simulation
//!       json         schema     cluster, classes, sources
//! ```
//!
//! Everything that can be wrong is found before the clock starts, and all of it at once.

mod checks;
mod classes;
mod cloud;
mod cluster;
mod facility;
mod failures;
mod history;
mod load;
mod memory;
mod offered;
mod plan;
mod preemption;
mod random;
mod scale;
mod schema;
mod sources;
#[cfg(test)]
mod tests;
mod traces;

pub use checks::Findings;
pub use load::{LoadError, Loader};
pub use offered::{NoLoad, OfferedLoad, PoolLoad};
pub use plan::{Plan, TraceReport};
pub use random::{Random, Scalar};
pub use schema::*;
