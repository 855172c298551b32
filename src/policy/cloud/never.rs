//! Offload none.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::policy::registry::{BuildError, Plugin};
use crate::policy::{CloudPolicy, CloudQuote, ClusterView, Route, TaskView};
use crate::rng::StreamRng;

/// Offloads none of the tasks that may leave.
#[derive(Clone, Copy, Debug, Default)]
pub struct Never;

/// No parameters.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Params {}

impl CloudPolicy for Never {
    fn route(&mut self, _: TaskView<'_>, _: CloudQuote, _: &ClusterView<'_>, _: &mut StreamRng) -> Route {
        Route::Local
    }
}

impl Plugin for Never {
    const NAME: &'static str = "never";
    const ABOUT: &'static str = "offload none of the tasks that may leave";
    type Params = Params;

    fn build(_: Params) -> Result<Self, BuildError> {
        Ok(Self)
    }
}
