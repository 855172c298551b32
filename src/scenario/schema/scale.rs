//! The words that make a source heavier or lighter.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Scales a source, with the same random numbers: how the load of a scenario, or of a log, is set.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScaleSpec {
    /// Tasks come so many times as fast, in (0, 1e6]: rates are multiplied, times between arrivals and times of a list
    /// divided by it. The hours of `diurnal` and the states of `mmpp` keep their lengths. Default 1.
    #[serde(default = "unscaled")]
    pub arrivals: f64,
    /// Tasks are so many times as large, in (0, 1e6]: durations, operations, bytes and estimates. Deadlines, patience and
    /// memory stay. Default 1.
    #[serde(default = "unscaled")]
    pub sizes: f64,
}

const fn unscaled() -> f64 {
    1.0
}

impl Default for ScaleSpec {
    fn default() -> Self {
        Self { arrivals: 1.0, sizes: 1.0 }
    }
}
