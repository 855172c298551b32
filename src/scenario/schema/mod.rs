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
mod task;
mod workload;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::catalogue::DeviceSpec;
use crate::json::Seconds;
use crate::units::{SimDuration, SimTime};

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
    /// The drain rule: arrivals go on, and the run with them, until every task that arrived from the warm-up's end
    /// to `time` has ended. Statistics of tasks, and the counts of tasks, are over exactly those; what is averaged
    /// over time, and energy, is over that window. Without it the run stops at `time`, and tasks that have not
    /// ended by then are not measured, which flatters policies that leave long waits behind.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub drain: bool,
    /// With `drain`: how long after `time` the run stops at the latest; default ten times `time`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<Seconds>,
}

impl Stop {
    /// The last instant of the run at the latest.
    pub fn until(&self) -> SimTime {
        let (window, limit) = (self.time.duration(), self.limit.map(|l| l.duration()));
        let follow = if self.drain { limit.unwrap_or_else(|| window.scaled(FOLLOWED)) } else { SimDuration::ZERO };
        let end = window.as_nanos().saturating_add(follow.as_nanos());
        SimTime::from_nanos(end.min(u64::MAX - 1))
    }

    /// The last instant of the window whose tasks are followed to their ends, where there is one.
    pub fn window_end(&self) -> Option<SimTime> {
        self.drain.then(|| SimTime::ZERO + self.time.duration())
    }
}

/// How long tasks of a window are followed, in lengths of the run up to its end.
const FOLLOWED: f64 = 10.0;

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
    /// Of one long replication: intervals of mean wait, response and bounded slowdown by the means of so many
    /// batches of tasks, 20 to 40.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batches: Option<u32>,
}
