//! Where tasks come from: generators, tasks written in a scenario, replayed logs.
//!
//! A source hands out one task at a time; what it draws for task `n` depends on the seed, the
//! replication, the source and `n`, and on nothing that happens in the simulation.

pub mod arrivals;
pub mod closed;
pub mod draw;
pub mod list;
pub mod synthetic;
pub mod template;
pub mod trace;
