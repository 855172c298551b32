//! Sleep after a fixed idle time.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::json::Seconds;
use crate::policy::registry::{BuildError, Plugin};
use crate::policy::{SleepPolicy, UnitView};
use crate::units::SimDuration;

use super::{Descent, IdlePeriod, chosen};

/// A unit sleeps once it has been idle for the timeout. A timeout of the break-even time costs at most
/// twice what the best choice in hindsight would (Karlin, Manasse, McGeoch & Owicki, Algorithmica 1994).
#[derive(Clone, Copy, Debug)]
pub struct Timeout {
    after: SimDuration,
    state: Option<u8>,
}

/// Parameters of [`Timeout`].
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// Idle time before sleep: seconds, or text with a unit. Default 60 s.
    pub after: Seconds,
    /// Which sleep state, 0 the shallowest; default: the deepest that the device has.
    pub state: Option<u8>,
}

impl Default for Params {
    fn default() -> Self {
        Self { after: Seconds(60.0), state: None }
    }
}

impl SleepPolicy for Timeout {
    fn descend(&mut self, unit: UnitView<'_>, _period: IdlePeriod) -> Option<Descent> {
        Some(Descent { state: chosen(self.state, unit)?, after: self.after })
    }
}

impl Plugin for Timeout {
    const NAME: &'static str = "timeout";
    const ABOUT: &'static str = "sleep after a fixed idle time (Karlin et al. 1994)";
    type Params = Params;

    fn build(params: Params) -> Result<Self, BuildError> {
        Ok(Self { after: params.after.duration(), state: params.state })
    }
}
