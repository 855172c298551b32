//! Heat as it is written down.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::json::{Hertz, Seconds, Watts};

/// How warm a device gets, and what that does to it: `C dT/dt = P − (T − Ta)/R` (Skadron et al., ISCA 2003).
///
/// Temperatures are numbers in °C.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ThermalSpec {
    /// Thermal resistance from the chip to the air, in K/W.
    pub resistance: f64,
    /// Heat capacity of the chip and its cooler, in J/K.
    pub capacitance: f64,
    /// From this temperature on the clock goes down; absent: never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub throttle_at: Option<f64>,
    /// At this temperature the clock goes up again; default 5 K less than `throttle_at`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release_at: Option<f64>,
    /// The lowest clock that heat forces: the fastest P-state of at most so many Hz; default the lowest P-state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub throttle_to: Option<Hertz>,
    /// Control period: one P-state down, or up again, each such period; absent: to `throttle_to` and back at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<Seconds>,
    /// Leakage; absent: the device's powers do not depend on its temperature.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leakage: Option<LeakageSpec>,
}

/// Leakage of a powered device: `P(T) = P + power × per_kelvin × (T − reference)`, P being the power in the device's
/// table, which contains the leakage at the reference temperature (Liao, He & Lepak, IEEE TCAD 2005).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LeakageSpec {
    /// Leakage power at the reference temperature, in W.
    pub power: Watts,
    /// Its growth per kelvin, relative to that.
    pub per_kelvin: f64,
    /// Reference temperature in °C.
    pub reference: f64,
}
