//! How well a device's fitted figures reproduce the measurements behind them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::json::Hertz;

/// A fit and its errors: mean absolute errors relative to what was measured, 0.01 being one per cent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CalibrationSpec {
    /// How many measurements.
    pub points: u32,
    /// Of how many kernels.
    pub kernels: u32,
    /// The lowest clock that was measured.
    pub from: Hertz,
    /// The highest one.
    pub to: Hertz,
    /// Errors of the times.
    pub time: FitError,
    /// Errors of the powers.
    pub power: FitError,
    /// Errors of the energies, power times time.
    pub energy: FitError,
}

/// Mean absolute relative errors of a fit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FitError {
    /// At the points it was fitted to.
    pub within: f64,
    /// At each clock by a fit to all the others.
    pub left_out: f64,
}
