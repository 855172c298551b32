//! First in, first out.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::policy::TaskView;
use crate::policy::registry::{BuildError, Plugin};
use crate::policy::schedule::{Key, Order};
use crate::units::SimTime;

/// First in, first out (FCFS).
#[derive(Clone, Copy, Debug, Default)]
pub struct Fifo;

/// No parameters.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Params {}

impl Order for Fifo {
    fn key(&mut self, _task: TaskView<'_>, _now: SimTime) -> Key {
        Key::EQUAL
    }
}

impl Plugin for Fifo {
    const NAME: &'static str = "fifo";
    const ABOUT: &'static str = "order of arrival";
    type Params = Params;

    fn build(_: Params) -> Result<Self, BuildError> {
        Ok(Self)
    }
}
