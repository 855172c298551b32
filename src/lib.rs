//! Discrete-event simulator for policies on heterogeneous accelerator clusters.
//!
//! A [`scenario`] says which machine, which tasks, which policies; a [`scenario::Plan`] checks it and makes a
//! [`sim::Simulation`] of it; observers ([`record::Observer`]) turn what happens into metrics and tables.
//! Policies are listed in a [`policy::registry::Registry`], to which a program adds its own before it calls
//! [`cli::main_with`]: `examples/external_policy.rs` does. `docs/ARCHITECTURE.md` is the map.
//!
//! For a few tasks on a few units there is a shorter way, the [`facade`]:
//!
//! ```
//! use xpu_manager_rust::{XpuOptimizer, XpuOptimizerConfig, Task};
//! use std::time::Duration;
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let config = XpuOptimizerConfig::default();
//!     let mut optimizer = XpuOptimizer::new(config)?;
//!     let task = Task { id: 1, priority: 2, execution_time: Duration::from_secs(5), memory_requirement: 200 };
//!     optimizer.add_task(task)?;
//!     optimizer.run()?;
//!     Ok(())
//! }
//! ```
#![forbid(unsafe_code)]

pub mod calibrate;
pub mod catalogue;
pub mod cli;
pub mod dist;
pub mod engine;
pub mod experiment;
pub mod facade;
pub mod json;
pub mod model;
pub mod policy;
pub mod queue;
pub mod record;
pub mod report;
pub mod rng;
pub mod scenario;
pub mod sim;
pub mod sink;
pub mod stats;
pub mod sweep;
pub mod theory;
pub mod tune;
pub mod units;
pub mod verify;
pub mod workload;

pub use facade::{OptimizerError, Task, XpuOptimizer, XpuOptimizerConfig, XpuReport};
