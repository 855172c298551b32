//! Load sweeps: the variants of a comparison at several offered loads.
//!
//! The offered load of the baseline, as the scenario stands, is known before a run
//! ([`Plan::offered_load`](crate::scenario::Plan::offered_load)); for each load that is asked for, all variants are
//! scaled by the same factor and so meet the same tasks. With `arrivals` and `sizes` the same random numbers are
//! stretched from load to load, not drawn anew.

mod cross;
mod points;
mod values;

pub use cross::{LoadMethod, LoadSweepError, cross_loads};
pub use points::{LOAD, LoadPoint, load_points};
pub use values::{Loads, LoadsError};
