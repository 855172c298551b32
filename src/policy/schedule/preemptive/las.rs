//! Least attained service, also called foreground-background.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::json::Seconds;
use crate::policy::registry::{BuildError, Plugin};
use crate::policy::schedule::Key;
use crate::policy::{ClusterView, TaskView};
use crate::units::{SimDuration, SimTime};

use super::Rank;
use super::rr::quantum;

/// Attained service in whole quanta. A task runs on until its quantum is full, and then gives way to whoever has
/// fewer; those with equally many go one after the other, by order of arrival. As the quantum shrinks they come to
/// share the units, which is least attained service in its pure form.
///
/// It needs no estimates. Source: Kleinrock, Queueing Systems 2, 1976, section 4.6; Nuyens & Wierman, Performance
/// Evaluation 65, 2008.
#[derive(Clone, Copy, Debug)]
pub struct Las {
    quantum: SimDuration,
}

impl Las {
    fn quanta(&self, task: TaskView<'_>, view: &ClusterView<'_>) -> u64 {
        task.attained(view.now()).as_nanos() / self.quantum.as_nanos().max(1)
    }
}

impl Rank for Las {
    fn rank(&self, task: TaskView<'_>, view: &ClusterView<'_>) -> Key {
        Key::ascending(self.quanta(task, view))
    }

    fn falls_behind(&self, task: TaskView<'_>, head: Key, view: &ClusterView<'_>) -> Option<SimTime> {
        let mine = self.quanta(task, view);
        if Key::ascending(mine) > head {
            return None;
        }
        let full = mine.saturating_add(1).saturating_mul(self.quantum.as_nanos());
        Some(view.attains(task, SimDuration::from_nanos(full)))
    }
}

/// Parameters.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LasParams {
    /// Service that a task gets in one go; default 1 s.
    quantum: Seconds,
}

impl Default for LasParams {
    fn default() -> Self {
        Self { quantum: Seconds(1.0) }
    }
}

impl Plugin for Las {
    const NAME: &'static str = "las";
    const ABOUT: &'static str = "least attained service first, by quanta, preemptive (foreground-background)";
    type Params = LasParams;

    fn build(params: LasParams) -> Result<Self, BuildError> {
        quantum(params.quantum).map(|quantum| Self { quantum })
    }
}
