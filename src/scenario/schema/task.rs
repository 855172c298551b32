//! Small words of a task: where it runs, its estimate, its name.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::json::{ByteCount, Seconds, SubError, inner};
use crate::units::{Bytes, SimDuration};

use super::super::random::Random;

/// Kinds or devices that a task may use.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum RunsOn {
    /// All at speed 1.
    List(Vec<String>),
    /// Each with its speed relative to the reference duration.
    Speeds(BTreeMap<String, f64>),
}

impl<'de> Deserialize<'de> for RunsOn {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let read = match Value::deserialize(deserializer)? {
            list @ Value::Array(_) => inner(list).map(Self::List),
            map @ Value::Object(_) => inner(map).map(Self::Speeds),
            other => Err(SubError::new(format_args!(
                "found {other}, expected a list such as [\"gpu\"], or speeds such as {{\"gpu\": 1.0, \"cpu\": 0.05}}"
            ))),
        };
        read.map_err(SubError::into_error)
    }
}

impl RunsOn {
    /// Names with their speeds.
    pub fn entries(&self) -> Vec<(&str, f64)> {
        match self {
            Self::List(names) => names.iter().map(|n| (n.as_str(), 1.0)).collect(),
            Self::Speeds(map) => map.iter().map(|(n, s)| (n.as_str(), *s)).collect(),
        }
    }
}

/// Widths that a scheduler may choose for a task, and what they bring: `goodput(k) = k / (1 + serial (k − 1))
/// × (φ + 1) / (φ + k)` of the progress on one unit, φ being the noise scale.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ElasticSpec {
    /// Least width.
    pub min: u32,
    /// Greatest width.
    pub max: u32,
    /// Part of a step on one unit that more units do not make shorter, in [0, 1]; default 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serial: Option<f64>,
    /// Gradient noise scale φ in batches of one unit, > 0: beyond it, larger batches teach little more; default: any
    /// batch teaches in proportion.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub noise_scale: Option<f64>,
}

/// What the user says of a task's duration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EstimateFactor {
    /// Times the true duration.
    pub factor: f64,
}

/// A user's estimate: `{"factor": f}`, or a random quantity.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum EstimateSpec {
    /// A multiple of the truth.
    Factor(EstimateFactor),
    /// A value of its own.
    Drawn(Random<Seconds>),
}

impl<'de> Deserialize<'de> for EstimateSpec {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let is_factor = value.as_object().is_some_and(|o| !o.contains_key("dist"));
        let read = if is_factor { inner(value).map(Self::Factor) } else { inner(value).map(Self::Drawn) };
        read.map_err(SubError::into_error)
    }
}

/// How long all tasks of a log run, where that is one of two words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum DurationsWord {
    /// As the log says.
    Logged,
    /// A hundred years: longer than any run.
    Endless,
}

/// How long the tasks of a log run: `"logged"`, `"endless"`, or a time for all.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum DurationsSpec {
    /// As a word says.
    Word(DurationsWord),
    /// All so long.
    Each(Seconds),
}

impl<'de> Deserialize<'de> for DurationsSpec {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let is_word = value.as_str().is_some_and(|s| !s.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c)));
        let read = if is_word { inner(value).map(Self::Word) } else { inner(value).map(Self::Each) };
        read.map_err(SubError::into_error)
    }
}

impl DurationsSpec {
    /// The one duration of all tasks, if it is not that of the log.
    pub fn each(&self) -> Option<SimDuration> {
        const HUNDRED_YEARS: SimDuration = SimDuration::from_secs(100 * 31_557_600);
        match self {
            Self::Word(DurationsWord::Logged) => None,
            Self::Word(DurationsWord::Endless) => Some(HUNDRED_YEARS),
            Self::Each(time) => Some(time.duration()),
        }
    }
}

/// A task's name: a number, or text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum TaskName {
    /// A number.
    Number(u64),
    /// Text.
    Text(String),
}

/// Longest task name in bytes.
const LONGEST_NAME: usize = 256;

impl<'de> Deserialize<'de> for TaskName {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        match value {
            Value::String(text) if (1..=LONGEST_NAME).contains(&text.len()) => Ok(Self::Text(text)),
            ref other => other.as_u64().map(Self::Number).ok_or_else(|| {
                let expected = format!("a whole number >= 0, or text of 1 to {LONGEST_NAME} bytes");
                let shown = crate::json::printable(&value.to_string(), 60);
                SubError::new(format_args!("found {shown}, expected {expected}")).into_error()
            }),
        }
    }
}

/// A task that must complete first, and what it sends: its id, or `{"task": id, "bytes": "18 MB"}`.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Parent {
    /// Order alone.
    Plain(TaskName),
    /// With data.
    Sending(Edge),
}

/// Data from one task to another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Edge {
    /// The id of the task that sends.
    pub task: TaskName,
    /// How much.
    pub bytes: ByteCount,
}

impl<'de> Deserialize<'de> for Parent {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let read = if value.is_object() { inner(value).map(Self::Sending) } else { inner(value).map(Self::Plain) };
        read.map_err(SubError::into_error)
    }
}

impl Parent {
    /// The id of the task.
    pub fn task(&self) -> &TaskName {
        match self {
            Self::Plain(task) => task,
            Self::Sending(edge) => &edge.task,
        }
    }

    /// What it sends.
    pub fn bytes(&self) -> Bytes {
        match self {
            Self::Plain(_) => Bytes::ZERO,
            Self::Sending(edge) => Bytes::from(edge.bytes),
        }
    }
}

impl std::fmt::Display for TaskName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Number(n) => write!(f, "{n}"),
            Self::Text(t) => f.write_str(t),
        }
    }
}
