//! The words of a scenario file, as serde and the JSON Schema see them.

mod arrivals;
mod preemption;
mod task;
mod workload;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::catalogue::DeviceSpec;
use crate::json::{ByteCount, BytesPerSecond, Dollars, Seconds, Watts};

use super::random::Random;

pub use arrivals::*;
pub use preemption::*;
pub use task::*;
pub use workload::*;

/// Version of the file format that this build writes and reads.
pub const SCHEMA_VERSION: u32 = 1;

/// A whole scenario.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Version of the file format; absent: this build's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema_version: Option<u32>,
    /// Link to the JSON Schema, for editors; not read.
    #[serde(default, rename = "$schema", skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// Short name; the results folder is called so.
    pub name: String,
    /// What the scenario shows.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Seed of every random stream.
    #[serde(default = "default_seed")]
    pub seed: u64,
    /// Independent repetitions.
    #[serde(default = "default_replications")]
    pub replications: u32,
    /// When to stop; absent: when every task has ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop: Option<Stop>,
    /// Statistics start here.
    #[serde(default)]
    pub warmup: Seconds,
    /// Devices of one's own, by id.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub devices: BTreeMap<String, DeviceSpec>,
    /// The machine.
    pub cluster: ClusterSpec,
    /// Where tasks come from.
    pub workload: Vec<SourceSpec>,
    /// What decides.
    #[serde(default)]
    pub policies: PolicySpec,
    /// The cloud; absent: there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cloud: Option<CloudSpec>,
    /// What is written.
    #[serde(default)]
    pub output: OutputSpec,
}

fn default_seed() -> u64 {
    1
}

fn default_replications() -> u32 {
    1
}

/// When a run stops at the latest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Stop {
    /// Virtual time.
    pub time: Seconds,
}

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
    /// Most power of all units together: each unit is held to the fastest P-state that its share allows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub power_cap: Option<Watts>,
    /// How data gets from unit to unit; absent: at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<LinkSpec>,
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
}

/// What decides: each a name, or an object with `name` and parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PolicySpec {
    /// Which task runs next, and where.
    pub scheduler: Value,
    /// How device memory is handed out.
    pub memory: Value,
    /// P-states.
    pub power: Value,
    /// Sleep.
    pub sleep: Value,
    /// Offloading.
    pub cloud: Value,
    /// Learning.
    pub adaptive: Value,
    /// Most tasks that may wait for units; a newcomer that finds so many is rejected. Absent: no bound.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queue_limit: Option<u64>,
    /// Decides by lot, with this seed, what is otherwise decided by the order of arrival or the number of a unit: the
    /// last keys of orders and placements.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shuffle_ties: Option<u64>,
    /// A task that finds the waiting room full comes again, instead of being rejected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry: Option<RetrySpec>,
    /// What preemption costs; absent: nothing, and work is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preemption: Option<PreemptionSpec>,
}

/// How those come again who found the waiting room full.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RetrySpec {
    /// Time until it comes again, drawn for each attempt.
    pub delay: Random<Seconds>,
    /// How often at most; absent: until it is let in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

impl Default for PolicySpec {
    fn default() -> Self {
        Self {
            scheduler: json!("fifo"),
            memory: json!("counter"),
            power: json!("performance"),
            sleep: json!("never"),
            cloud: json!("never"),
            adaptive: json!("none"),
            queue_limit: None,
            shuffle_ties: None,
            retry: None,
            preemption: None,
        }
    }
}

/// One elastic cloud.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CloudSpec {
    /// Speed relative to the tasks' reference; default 1.
    #[serde(default = "default_speed")]
    pub speed: f64,
    /// Round-trip time, drawn once per task; default 50 ms.
    #[serde(default = "default_rtt")]
    pub rtt: Random<Seconds>,
    /// Bandwidth to the cloud, for each task.
    #[serde(default = "default_bandwidth")]
    pub uplink: BytesPerSecond,
    /// Bandwidth back, for each task.
    #[serde(default = "default_bandwidth")]
    pub downlink: BytesPerSecond,
    /// Price of one unit for one hour; default 0.
    #[serde(default)]
    pub price_per_hour: Dollars,
    /// Price of 10^9 bytes brought back; default 0.
    #[serde(default)]
    pub price_per_gb_out: Dollars,
    /// Shortest time that is charged; default 60 s.
    #[serde(default = "default_minimum")]
    pub billed_at_least: Seconds,
}

fn default_speed() -> f64 {
    1.0
}

fn default_rtt() -> Random<Seconds> {
    Random::constant(Seconds(0.05))
}

fn default_bandwidth() -> BytesPerSecond {
    BytesPerSecond(125e6)
}

fn default_minimum() -> Seconds {
    Seconds(60.0)
}

/// What is written.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OutputSpec {
    /// Distance of the rows of `timeline.csv`; absent: a row at every change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<Seconds>,
    /// Also `packing.csv`: allocation and fragmentation over the demand that has arrived. It is always written
    /// where a source draws its tasks.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub packing: bool,
}
