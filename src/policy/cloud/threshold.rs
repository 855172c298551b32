//! Offload while the local backlog is long.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::policy::registry::{BuildError, Plugin};
use crate::policy::{CloudPolicy, CloudQuote, ClusterView, Route, TaskView};
use crate::rng::StreamRng;

/// Offloads a task that finds `backlog` or more tasks waiting.
#[derive(Clone, Copy, Debug)]
pub struct Threshold {
    backlog: usize,
}

/// Parameters of [`Threshold`].
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// Waiting tasks from which on a newcomer leaves. Default 10.
    pub backlog: usize,
}

impl Default for Params {
    fn default() -> Self {
        Self { backlog: 10 }
    }
}

impl CloudPolicy for Threshold {
    fn route(&mut self, _: TaskView<'_>, _: CloudQuote, view: &ClusterView<'_>, _: &mut StreamRng) -> Route {
        if view.waiting() >= self.backlog { Route::Cloud } else { Route::Local }
    }
}

impl Plugin for Threshold {
    const NAME: &'static str = "threshold";
    const ABOUT: &'static str = "offload while at least `backlog` tasks wait";
    type Params = Params;

    fn build(params: Params) -> Result<Self, BuildError> {
        Ok(Self { backlog: params.backlog })
    }
}
