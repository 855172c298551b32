//! Discrete-event simulator for policies on heterogeneous accelerator clusters.
#![forbid(unsafe_code)]

pub mod catalogue;
pub mod cli;
pub mod dist;
pub mod engine;
pub mod experiment;
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
pub mod theory;
pub mod units;
pub mod verify;
pub mod workload;
