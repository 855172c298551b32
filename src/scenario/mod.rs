//! Scenarios: what a researcher writes, read into what the simulator runs.

pub mod json;
