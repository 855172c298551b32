//! Discrete-event simulator for policies on heterogeneous accelerator clusters.
#![forbid(unsafe_code)]

pub mod rng;
pub mod units;
