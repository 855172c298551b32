//! The words for the machine.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::json::{ByteCount, BytesPerSecond, Seconds, Watts};

use super::{FacilitySpec, PowerCapSpec, StepsSpec};

/// The machine.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClusterSpec {
    /// Groups of equal nodes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub nodes: Vec<NodeSpec>,
    /// Nodes from a published list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nodes_from: Option<NodesFrom>,
    /// Most power of all units together: a power, of which each unit has a fixed share, or an object by whose rule it is
    /// shared out as the run goes on. Each unit is held to the fastest P-state that its share allows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub power_cap: Option<PowerCapSpec>,
    /// How data gets from unit to unit; absent: at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<LinkSpec>,
    /// Temperature of the air around the units in °C; default 25.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ambient: Option<StepsSpec>,
    /// The building: its overhead, and what energy costs in money and carbon; absent: nothing is billed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facility: Option<FacilitySpec>,
}

/// The way from any unit to any other. Every transfer has it for itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkSpec {
    /// Bandwidth of each transfer.
    pub bandwidth: BytesPerSecond,
    /// Time before the first byte arrives; default 0.
    #[serde(default)]
    pub latency: Seconds,
}

/// A node list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NodesFrom {
    /// Its format: `openb` (a node list) or `tiresias` (a cluster file, its GPUs `gpu-generic`).
    pub format: String,
    /// The file.
    pub path: String,
}

/// A group of equal nodes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NodeSpec {
    /// Name; a number is added where there are several.
    pub name: String,
    /// How many.
    #[serde(default = "default_count")]
    pub count: u32,
    /// Host processors; absent: as many as are asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host_cpus: Option<f64>,
    /// Host memory; absent: as much as is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host_memory: Option<ByteCount>,
    /// Units of each node.
    #[serde(default)]
    pub units: Vec<UnitSpec>,
}

fn default_count() -> u32 {
    1
}

/// Equal units of a node.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UnitSpec {
    /// Device id or alias.
    pub device: String,
    /// How many.
    #[serde(default = "default_count")]
    pub count: u32,
    /// All of them as one unit whose devices have no identity: a task takes any part of the whole.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub pooled: bool,
    /// So many tasks may be on each unit at once and take turns at equal speed (processor sharing); absent: a unit is
    /// given away by shares that never add up to more than one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_share: Option<u32>,
    /// Most power of each device: it is held to the fastest P-state that draws no more under full load, or to the lowest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub power_limit: Option<Watts>,
}
