//! The words of a scenario file, as serde and the JSON Schema see them.

mod activity;
mod arrivals;
mod cloud;
mod cluster;
mod facility;
mod failures;
mod memory;
mod policies;
mod power_cap;
mod preemption;
mod scale;
mod task;
mod workload;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::catalogue::DeviceSpec;
use crate::json::Seconds;

pub use activity::*;
pub use arrivals::*;
pub use cloud::*;
pub use cluster::*;
pub use facility::*;
pub use failures::*;
pub use memory::*;
pub use policies::*;
pub use power_cap::*;
pub use preemption::*;
pub use scale::*;
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
    /// Memory that acts on speed; absent: it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory: Option<MemorySpec>,
    /// The cloud; absent: there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cloud: Option<CloudSpec>,
    /// What fails; absent: nothing does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failures: Option<FailuresSpec>,
    /// How running tasks save their state; absent: they do not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checkpoint: Option<CheckpointingSpec>,
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
    /// Also `growth.*`: whether the number of tasks in the system grows without end. Load sweeps ask for it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub growth: bool,
}
