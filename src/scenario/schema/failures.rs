//! The words for failures and checkpoints.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::json::{Seconds, SubError, Watts, inner};
use crate::scenario::random::Random;

use super::CheckpointSpec;

/// What fails: units and nodes at random, or as a list says.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct FailuresSpec {
    /// Units fail, each for itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub units: Option<BreakdownSpec>,
    /// Nodes fail, each with all its units and its host resources.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nodes: Option<BreakdownSpec>,
    /// What fails when, instead: a list, or the path of a CSV file with the columns `time_s`, `unit` or `node` or both,
    /// `down_s` (empty: for ever).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trace: Option<OutageTrace>,
    /// What becomes of a task that loses its units.
    pub action: FailureAction,
    /// How often a task may start again; the next failure ends it as failed. Absent: as often as it takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retries: Option<u32>,
    /// What becomes of the work done since the last checkpoint; absent: lost.
    pub work: LossOfWork,
    /// Power of a failed device.
    pub down_power: Watts,
}

/// Up for a time, then down for a time, again and again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BreakdownSpec {
    /// Time up until a failure.
    pub mtbf: Random<Seconds>,
    /// Time down until it is repaired.
    pub mttr: Random<Seconds>,
    /// Which time counts as time up.
    #[serde(default, rename = "while", skip_serializing_if = "UpTime::is_default")]
    pub counts: UpTime,
    /// Only these: kinds, devices or node names. Absent: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<Vec<String>>,
}

/// Which time brings a failure nearer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum UpTime {
    /// All time that it is not down.
    #[default]
    Up,
    /// Time under load. For units.
    Busy,
}

impl UpTime {
    fn is_default(&self) -> bool {
        *self == Self::Up
    }
}

/// What becomes of a task that loses its units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FailureAction {
    /// It goes back to the queue.
    #[default]
    Restart,
    /// It has failed.
    Fail,
}

/// What becomes of the work done since the last checkpoint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LossOfWork {
    /// It is done again.
    #[default]
    Lost,
    /// The task goes on from there, wherever it runs next.
    Kept,
}

/// What fails when: written here, or in a file.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum OutageTrace {
    /// In any order.
    List(Vec<OutageSpec>),
    /// Path of a CSV file.
    File(String),
}

impl<'de> Deserialize<'de> for OutageTrace {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let read = match Value::deserialize(deserializer)? {
            list @ Value::Array(_) => inner(list).map(Self::List),
            path => inner(path).map(Self::File),
        };
        read.map_err(SubError::into_error)
    }
}

/// One failure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OutageSpec {
    /// When it fails.
    pub time: Seconds,
    /// The unit's number; give this or `node`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<u32>,
    /// The node's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
    /// Until it is repaired; absent: for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub down_for: Option<Seconds>,
}

/// Running tasks save their state now and then, so that failures take less from them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckpointingSpec {
    /// Work between two checkpoints: time at full speed, or `young` or `daly` by the cost and the failures.
    pub interval: CheckpointInterval,
    /// Time of one, in which work stands still; absent: none.
    #[serde(default)]
    pub cost: CheckpointSpec,
    /// Time before work goes on at the start after a failure; absent: none.
    #[serde(default)]
    pub restart: CheckpointSpec,
}

/// Work between two checkpoints.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum CheckpointInterval {
    /// The same for every task.
    Time(Seconds),
    /// By a rule.
    Rule(IntervalRule),
}

/// The best interval, nearly, under exponential times between failures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum IntervalRule {
    /// Young, CACM 1974.
    Young,
    /// Daly, FGCS 2006.
    Daly,
}

impl<'de> Deserialize<'de> for CheckpointInterval {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let starts_with_letter = |s: &str| s.starts_with(|c: char| c.is_ascii_alphabetic());
        let read = match value {
            word if word.as_str().is_some_and(starts_with_letter) => inner(word).map(Self::Rule),
            time => inner(time).map(Self::Time),
        };
        read.map_err(SubError::into_error)
    }
}
