//! What preemption costs, in words.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::json::{BytesPerSecond, Seconds, SubError, inner};

/// The price of taking a task off its units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PreemptionSpec {
    /// Time on its units before they are free; absent: none.
    pub save: CheckpointSpec,
    /// Time on its units at its next start before work goes on; absent: none.
    pub restore: CheckpointSpec,
    /// What becomes of the work done; absent: kept.
    pub work: WorkFate,
}

/// Time of a checkpoint: a duration, or the task's state per unit over a bandwidth.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum CheckpointSpec {
    /// The same for every task.
    Time(Seconds),
    /// The task's `checkpoint`, or all its device memory, at a bandwidth.
    Memory(MemoryLink),
}

/// The link over which state goes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MemoryLink {
    /// Of each unit.
    pub bandwidth: BytesPerSecond,
}

impl Default for CheckpointSpec {
    fn default() -> Self {
        Self::Time(Seconds::default())
    }
}

impl<'de> Deserialize<'de> for CheckpointSpec {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let read = match Value::deserialize(deserializer)? {
            link @ Value::Object(_) => inner(link).map(Self::Memory),
            time => inner(time).map(Self::Time),
        };
        read.map_err(SubError::into_error)
    }
}

/// What becomes of the work that a preempted task has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WorkFate {
    /// It goes on from there.
    #[default]
    Kept,
    /// It starts anew.
    Lost,
}
