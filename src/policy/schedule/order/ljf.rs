//! Longest job first.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::policy::TaskView;
use crate::policy::registry::{BuildError, Plugin};
use crate::policy::schedule::{Key, Order};
use crate::units::SimTime;

/// Longest estimate first.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ljf;

/// No parameters.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Params {}

impl Order for Ljf {
    fn key(&mut self, task: TaskView<'_>, _now: SimTime) -> Key {
        Key::descending(task.estimate().as_nanos())
    }
}

impl Plugin for Ljf {
    const NAME: &'static str = "ljf";
    const ABOUT: &'static str = "longest estimate first";
    type Params = Params;

    fn build(_: Params) -> Result<Self, BuildError> {
        Ok(Self)
    }
}
