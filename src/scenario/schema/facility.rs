//! The words for what surrounds the machine: the air, and the building's bills.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::json::{Seconds, SubError, inner};

/// A number, or one that changes by the clock: `{"period": "24h", "steps": [[0, 20], ["7h", 26]]}`.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum StepsSpec {
    /// Always the same.
    Constant(f64),
    /// In steps.
    Steps(StepList),
}

/// Values with the times from which they hold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StepList {
    /// Length after which the steps begin again; absent: the last value stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<Seconds>,
    /// Pairs of a time since the beginning and the value from then on; the first one at 0, in ascending order.
    pub steps: Vec<(Seconds, f64)>,
}

impl<'de> Deserialize<'de> for StepsSpec {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let read = match Value::deserialize(deserializer)? {
            number @ Value::Number(_) => inner(number).map(Self::Constant),
            steps @ Value::Object(_) => inner(steps).map(Self::Steps),
            other => Err(SubError::new(format_args!(
                "found {other}, expected a number, or steps such as {{\"period\": \"24h\", \"steps\": [[0, 20], [\"7h\", 26]]}}"
            ))),
        };
        read.map_err(SubError::into_error)
    }
}

/// What the machine's energy costs in the end.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FacilitySpec {
    /// Power usage effectiveness: facility power over the machine's, at least 1; default 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pue: Option<StepsSpec>,
    /// Price of electricity in USD per kWh.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<StepsSpec>,
    /// Carbon intensity of the grid in g CO2e per kWh: averages, unless marginal intensities are written here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carbon: Option<StepsSpec>,
    /// Carbon of making the devices, spread over their life.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub embodied: Option<EmbodiedSpec>,
}

/// Carbon of making the devices; each hour of work bears its part (SCI, ISO/IEC 21031:2024).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EmbodiedSpec {
    /// Of one device, in kg CO2e.
    pub kg_per_device: f64,
    /// How long a device is used.
    pub lifetime: Seconds,
}
