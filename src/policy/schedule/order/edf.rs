//! Earliest deadline first.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::policy::TaskView;
use crate::policy::registry::{BuildError, Plugin};
use crate::policy::schedule::{Key, Order};
use crate::units::SimTime;

/// Earliest absolute deadline first; tasks without one go last.
#[derive(Clone, Copy, Debug, Default)]
pub struct Edf;

/// No parameters.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Params {}

impl Order for Edf {
    fn key(&mut self, task: TaskView<'_>, _now: SimTime) -> Key {
        Key::ascending(task.deadline().as_nanos())
    }
}

impl Plugin for Edf {
    const NAME: &'static str = "edf";
    const ABOUT: &'static str = "earliest deadline first (Liu & Layland 1973)";
    type Params = Params;

    fn build(_: Params) -> Result<Self, BuildError> {
        Ok(Self)
    }
}
