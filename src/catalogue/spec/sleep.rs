//! Sleep as it is written down.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::json::{Seconds, Watts};

/// A sleep state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SleepSpec {
    /// Asleep, in W.
    pub power: Watts,
    /// Time to fall asleep in s.
    pub entry: Seconds,
    /// Time to wake up in s.
    pub wake: Seconds,
    /// While falling asleep and while waking up, in W.
    pub wake_power: Watts,
}
