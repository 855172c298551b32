//! Sleep at once.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::policy::registry::{BuildError, Plugin};
use crate::policy::{SleepPolicy, UnitView};
use crate::units::SimDuration;

use super::{Descent, IdlePeriod, chosen};

/// A unit sleeps as soon as it is idle.
///
/// Source: Gandhi, Harchol-Balter & Adan, Performance Evaluation 67, 2010.
#[derive(Clone, Copy, Debug)]
pub struct InstantOff {
    state: Option<u8>,
}

/// Parameters of [`InstantOff`].
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// Which sleep state, 0 the shallowest; default: the deepest that the device has.
    pub state: Option<u8>,
}

impl SleepPolicy for InstantOff {
    fn descend(&mut self, unit: UnitView<'_>, _period: IdlePeriod) -> Option<Descent> {
        Some(Descent { state: chosen(self.state, unit)?, after: SimDuration::ZERO })
    }
}

impl Plugin for InstantOff {
    const NAME: &'static str = "instant-off";
    const ABOUT: &'static str = "sleep as soon as idle (Gandhi, Harchol-Balter & Adan 2010)";
    type Params = Params;

    fn build(params: Params) -> Result<Self, BuildError> {
        Ok(Self { state: params.state })
    }
}
