//! The words for the cloud.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::json::{BytesPerSecond, Dollars, Seconds};
use crate::scenario::random::Random;

/// One elastic cloud.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CloudSpec {
    /// Speed relative to the tasks' reference; default 1.
    #[serde(default = "default_speed")]
    pub speed: f64,
    /// Round-trip time, drawn once per task; default 50 ms.
    #[serde(default = "default_rtt")]
    pub rtt: Random<Seconds>,
    /// Bandwidth to the cloud, for each task.
    #[serde(default = "default_bandwidth")]
    pub uplink: BytesPerSecond,
    /// Bandwidth back, for each task.
    #[serde(default = "default_bandwidth")]
    pub downlink: BytesPerSecond,
    /// Price of one unit for one hour; default 0.
    #[serde(default)]
    pub price_per_hour: Dollars,
    /// Price of 10^9 bytes brought back; default 0.
    #[serde(default)]
    pub price_per_gb_out: Dollars,
    /// Shortest time that is charged; default 60 s.
    #[serde(default = "default_minimum")]
    pub billed_at_least: Seconds,
}

fn default_speed() -> f64 {
    1.0
}

fn default_rtt() -> Random<Seconds> {
    Random::constant(Seconds(0.05))
}

fn default_bandwidth() -> BytesPerSecond {
    BytesPerSecond(125e6)
}

fn default_minimum() -> Seconds {
    Seconds(60.0)
}
