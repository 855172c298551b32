//! What a task makes of the power of its units.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::device::Activity;
use crate::scenario::checks::{Findings, number};

/// `P = base + compute · (active − base) + memory · (power of device memory)`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ActivitySpec {
    /// Of the computing power, in [0, 2]; default 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compute: Option<f64>,
    /// Of the `memory` power of the device, in [0, 2]; default 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory: Option<f64>,
}

impl ActivitySpec {
    /// The activity; what is out of range is told and moved into it.
    pub(in crate::scenario) fn check(&self, pointer: &str, findings: &mut Findings) -> Activity {
        let mut within = |x: f64, field: &str| {
            let valid = (0.0..=2.0).contains(&x);
            findings.require(valid, format!("{pointer}/{field}"), number(x), "a number in [0, 2]");
            if valid { x } else { 0.0 }
        };
        Activity {
            compute: within(self.compute.unwrap_or(Activity::PLAIN.compute), "compute"),
            memory: within(self.memory.unwrap_or(Activity::PLAIN.memory), "memory"),
        }
    }
}
