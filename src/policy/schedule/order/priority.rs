//! Highest priority first.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::json::PerSecond;
use crate::policy::registry::{BuildError, Plugin};
use crate::policy::schedule::{Key, Order};
use crate::policy::{ClusterView, TaskView};

/// Parameters of [`Priority`].
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// What a second of waiting adds to the priority: a number, or text such as `"1 /h"`. Default 0: never.
    pub ageing: PerSecond,
}

impl Default for Params {
    fn default() -> Self {
        Self { ageing: PerSecond(0.0) }
    }
}

/// Highest `priority + ageing × wait` first.
///
/// All that wait age alike, so the order is that of `priority − ageing × arrival`, and never changes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Priority {
    ageing: f64,
}

impl Order for Priority {
    fn key(&mut self, task: TaskView<'_>, _view: &ClusterView<'_>) -> Key {
        Key::descending_real(task.priority() - self.ageing * task.arrival().as_secs_f64())
    }
}

impl Plugin for Priority {
    const NAME: &'static str = "priority";
    const ABOUT: &'static str = "highest priority + ageing x wait first, ties by arrival (Cobham 1954; Kleinrock 1964)";
    type Params = Params;

    fn build(params: Params) -> Result<Self, BuildError> {
        Ok(Self { ageing: params.ageing.get() })
    }
}
