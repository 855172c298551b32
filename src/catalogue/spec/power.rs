//! Power and clocks as they are written down.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::json::{Hertz, Seconds, Watts};

use super::{is_one, one};

/// Power of a device that is awake.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PowerSpec {
    /// Without work, in W.
    pub idle: Watts,
    /// Fully busy in the highest P-state, in W.
    pub active: Watts,
    /// P-states by ascending frequency; empty: one state, at `active`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pstates: Vec<PStateSpec>,
    /// Share of a task's time that scales with the clock, in [0, 1] (default 1):
    /// `t(f) = t0 (beta fmax/f + 1 - beta)` (Hsu & Kremer, PLDI 2003).
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub beta: f64,
    /// From asking for a P-state to having it, in s (default 0).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transition: Option<Seconds>,
}

/// One P-state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PStateSpec {
    /// Clock in Hz.
    pub frequency: Hertz,
    /// Fully busy at that clock, in W.
    pub power: Watts,
}
