//! Always on.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::policy::registry::{BuildError, Plugin};
use crate::policy::{SleepPolicy, UnitView};
use crate::units::SimDuration;

/// Units never sleep.
#[derive(Clone, Copy, Debug, Default)]
pub struct Never;

/// No parameters.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Params {}

impl SleepPolicy for Never {
    fn timeout(&mut self, _unit: UnitView<'_>) -> Option<SimDuration> {
        None
    }
}

impl Plugin for Never {
    const NAME: &'static str = "never";
    const ABOUT: &'static str = "units stay awake";
    type Params = Params;

    fn build(_: Params) -> Result<Self, BuildError> {
        Ok(Self)
    }
}
