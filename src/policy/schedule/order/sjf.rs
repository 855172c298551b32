//! Shortest job first.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::policy::TaskView;
use crate::policy::registry::{BuildError, Plugin};
use crate::policy::schedule::{Key, Order};
use crate::units::SimTime;

/// Shortest estimate first, as the estimate was when the task arrived.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sjf;

/// No parameters.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Params {}

impl Order for Sjf {
    fn key(&mut self, task: TaskView<'_>, _now: SimTime) -> Key {
        Key::ascending(task.estimate().as_nanos())
    }
}

impl Plugin for Sjf {
    const NAME: &'static str = "sjf";
    const ABOUT: &'static str = "shortest estimate first (Phipps 1956)";
    type Params = Params;

    fn build(_: Params) -> Result<Self, BuildError> {
        Ok(Self)
    }
}
