//! Sleep after a fixed idle time.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::json::Seconds;
use crate::policy::registry::{BuildError, Plugin};
use crate::policy::{SleepPolicy, UnitView};
use crate::units::SimDuration;

/// A unit sleeps once it has been idle for the timeout. A timeout of the break-even time costs at most
/// twice what the best choice in hindsight would (Karlin, Manasse, McGeoch & Owicki, Algorithmica 1994).
#[derive(Clone, Copy, Debug)]
pub struct Timeout {
    after: SimDuration,
}

/// Parameters of [`Timeout`].
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// Idle time before sleep: seconds, or text with a unit. Default 60 s.
    pub after: Seconds,
}

impl Default for Params {
    fn default() -> Self {
        Self { after: Seconds(60.0) }
    }
}

impl SleepPolicy for Timeout {
    fn timeout(&mut self, _unit: UnitView<'_>) -> Option<SimDuration> {
        Some(self.after)
    }
}

impl Plugin for Timeout {
    const NAME: &'static str = "timeout";
    const ABOUT: &'static str = "sleep after a fixed idle time (Karlin et al. 1994)";
    type Params = Params;

    fn build(params: Params) -> Result<Self, BuildError> {
        Ok(Self { after: params.after.duration() })
    }
}
