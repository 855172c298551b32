//! The words for memory that acts on speed.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::json::{ByteCount, BytesPerSecond, Seconds};

/// Memory that acts on speed: spilling, want of memory, models that stay.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MemorySpec {
    /// Tasks may hold more than their unit has, the rest being on the host; absent: what does not fit waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oversubscription: Option<OversubscriptionSpec>,
    /// What happens when a growing task finds no room.
    pub oom: OomSpec,
    /// What a task holds from its start on.
    pub reserve: ReserveWord,
    /// Preempted tasks move their state (`checkpoint`, or all that they hold) to the host's memory and back over one link
    /// for each node, which such transfers share; absent: as `policies.preemption` says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub swap: Option<SwapSpec>,
    /// Which idle model goes when room is needed.
    pub evict: Value,
    /// Bandwidth between each unit and its host; absent: that of its device.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host_link: Option<BytesPerSecond>,
}

impl Default for MemorySpec {
    fn default() -> Self {
        Self {
            oversubscription: None,
            oom: OomSpec::default(),
            reserve: ReserveWord::default(),
            swap: None,
            evict: json!("lru"),
            host_link: None,
        }
    }
}

/// Moving the state of preempted tasks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SwapSpec {
    /// Time of each transfer beyond that of its bytes; default 0.
    #[serde(default)]
    pub latency: Seconds,
}

/// Spilling to host memory.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OversubscriptionSpec {
    /// Footprints on a unit add up to this multiple of its memory at most; at least 1.
    pub limit: f64,
    /// How tasks go through their memory; default uniform.
    #[serde(default)]
    pub access: AccessSpec,
    /// Whether a task computes while its data comes; default serial.
    #[serde(default)]
    pub stall: StallWord,
    /// Whether the link is that of each unit (default) or one for the units of a node.
    #[serde(default)]
    pub link: LinkWord,
    /// Traffic of a task that states no `memory_traffic` and no `bytes`, as a share of its device's memory bandwidth;
    /// default 0.1, an example.
    #[serde(default = "default_traffic")]
    pub traffic: f64,
}

fn default_traffic() -> f64 {
    0.1
}

/// How tasks go through their memory: a word, or `{"zipf": exponent}`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AccessSpec {
    /// From end to end, over and over: all traffic misses.
    Cyclic,
    /// Every byte equally often.
    #[default]
    Uniform,
    /// Some pages more often than others, least recently used going first.
    Zipf(f64),
}

/// Whether transfer and computation overlap.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StallWord {
    /// The times add up.
    #[default]
    Serial,
    /// The longer time counts.
    Overlapped,
}

/// Who shares a host link.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LinkWord {
    /// The tasks of a unit.
    #[default]
    Unit,
    /// The tasks of all units of a node.
    Node,
}

/// What a task holds from its start on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReserveWord {
    /// The `memory` that it declares, or more where it uses more.
    #[default]
    Declared,
    /// What it uses.
    Current,
}

/// What happens when a growing task finds no room.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct OomSpec {
    /// What happens.
    pub action: OomWord,
    /// To whom, where somebody is killed.
    pub victim: VictimWord,
    /// `retry`: the next request over the last one, above 1.
    pub retry_factor: f64,
    /// `retry`: how often; after that the task is killed.
    pub retries: u32,
}

impl Default for OomSpec {
    fn default() -> Self {
        Self { action: OomWord::default(), victim: VictimWord::default(), retry_factor: 1.5, retries: 3 }
    }
}

/// What happens when a growing task finds no room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OomWord {
    /// It stands still until there is room; where all tasks of a unit stand still, a victim is killed.
    #[default]
    Wait,
    /// It ends as rejected.
    Reject,
    /// Victims are killed until there is room.
    Kill,
    /// It loses its work and waits again, with a larger request.
    Retry,
}

/// Who is killed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum VictimWord {
    /// Who holds most on the unit.
    #[default]
    Largest,
    /// Who started last.
    Youngest,
    /// Who is least urgent.
    LowestPriority,
    /// Who has worked least.
    LeastLost,
}

/// A model whose weights stay on a unit when its tasks end.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ModelSpec {
    /// Its name: tasks of one name share the weights.
    pub name: String,
    /// Weights on each unit, beside the `memory` of each task.
    pub size: ByteCount,
    /// Where models go by priority, the lower goes first; default 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<f64>,
}
