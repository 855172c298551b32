//! The words of a workload.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::catalogue::{Norm, Precision};
use crate::json::{ByteCount, BytesPerSecond, Flops, Seconds, inner, tagged};

use super::super::random::Random;
use super::{
    ActivitySpec, ArrivalSpec, DurationsSpec, ElasticSpec, EstimateSpec, ModelSpec, Parent, RunsOn, ScaleSpec, TaskName,
};

/// One source of tasks.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(tag = "source", rename_all = "lowercase")]
pub enum SourceSpec {
    /// Generated tasks.
    Synthetic(SyntheticSpec),
    /// A replayed log.
    Trace(TraceSpec),
    /// Tasks written here.
    Tasks(TasksSpec),
}

impl<'de> Deserialize<'de> for SourceSpec {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        tagged(deserializer, "source", &["synthetic", "trace", "tasks"], |name, body| {
            Ok(match name {
                "synthetic" => Self::Synthetic(inner(body)?),
                "trace" => Self::Trace(inner(body)?),
                _ => Self::Tasks(inner(body)?),
            })
        })
    }
}

impl SourceSpec {
    /// Its name, or what it is.
    pub fn name(&self) -> &str {
        let (name, default) = match self {
            Self::Synthetic(s) => (&s.name, "synthetic"),
            Self::Trace(s) => (&s.name, "trace"),
            Self::Tasks(s) => (&s.name, "tasks"),
        };
        name.as_deref().unwrap_or(default)
    }
}

/// Generated tasks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SyntheticSpec {
    /// Name in the results.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// How many tasks; absent: until the run stops.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// Makes it heavier or lighter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scale: Option<ScaleSpec>,
    /// When they come.
    pub arrivals: ArrivalSpec,
    /// Classes of tasks, drawn by weight.
    pub tasks: Vec<TaskSpec>,
}

/// A class of tasks, or one task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TaskSpec {
    /// One task of a `tasks` source: its name, unique in the source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<TaskName>,
    /// One task of a `tasks` source: when it arrives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arrival: Option<Seconds>,
    /// One task of a `tasks` source: ids of tasks that must complete first, with the data they send.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<Parent>,
    /// A class of a `synthetic` source: relative frequency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<f64>,
    /// Name of the class.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Kinds (or device ids) that can run it, as a list, or with speeds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runs_on: Option<RunsOn>,
    /// Device models that can run it; narrows `runs_on`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub device: Vec<String>,
    /// Time on the reference, that is at speed 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<Random<Seconds>>,
    /// Instead of `duration`: operations.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flops: Option<Random<Flops>>,
    /// Instead of `duration`: bytes moved to and from device memory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<Random<ByteCount>>,
    /// Precision of the operations; default fp16.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub precision: Option<Precision>,
    /// Gang width: all units start and end together. 0 for a task that needs only its host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub units: Option<Random<f64>>,
    /// Other numbers of units that a scheduler may choose; `duration` is the time on `units`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub elastic: Option<ElasticSpec>,
    /// Equal parts that may be in different nodes, each with its part of the units and the host resources that are
    /// asked for; default 1. `units` must be a multiple of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instances: Option<u32>,
    /// Part of each unit, in (0, 1], of a pooled unit up to all its devices; default 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<f64>,
    /// Device memory per unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory: Option<Random<ByteCount>>,
    /// `[[fraction, bytes], …]`: from that fraction of its work on, it uses so much device memory on each unit; before the
    /// first it uses `memory`, which is the most of them where it is absent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub memory_phases: Vec<(f64, ByteCount)>,
    /// Bytes per second of full-speed progress to and from device memory on each unit: what spilling slows down.
    /// Default: its `bytes` over its time, or a share of the device's memory bandwidth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_traffic: Option<BytesPerSecond>,
    /// The model that it runs: its weights are brought to a unit before the task starts there, and stay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<ModelSpec>,
    /// Standard deviation of the memory that such tasks use, about `memory` per unit: what admission by quantile keeps
    /// back for them. Default 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_sd: Option<ByteCount>,
    /// Host processors of the node that it (each instance) runs in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host_cpus: Option<f64>,
    /// State per unit that preemption saves and restores; absent: all its device memory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checkpoint: Option<ByteCount>,
    /// Host memory of the node that it (each instance) runs in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host_memory: Option<ByteCount>,
    /// All units in one node.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub one_node: Option<bool>,
    /// Higher is more urgent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<f64>,
    /// Time allowed from arrival to end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Random<Seconds>>,
    /// How long it waits in the queue for its first start; then it leaves and counts as rejected. Default: for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patience: Option<Random<Seconds>>,
    /// How long after its arrival a scheduler may hold it back, for cleaner electricity; default not at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deferrable: Option<Seconds>,
    /// What the user says of the duration; default the truth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimate: Option<EstimateSpec>,
    /// Whether it is killed when its estimate is over; default no.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kill_at_estimate: Option<bool>,
    /// Share of its time that scales with the clock; default the device's, or what `flops` and `bytes` say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beta: Option<f64>,
    /// How that share and the rest combine, or the times of `flops` and of `bytes`: the p of their p-norm; default
    /// the device's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub norm: Option<Norm>,
    /// What it makes of the power of its units; default all of the computing power, nothing of the memory's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub activity: Option<ActivitySpec>,
    /// Bytes to the cloud before a run there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<Random<ByteCount>>,
    /// Bytes back after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<Random<ByteCount>>,
    /// Whether it may go to the cloud; default yes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offloadable: Option<bool>,
    /// Whether its data must stay: it never goes to the cloud, whatever the policy. Default no.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secure: Option<bool>,
    /// Who submits it; default the number of its class.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<u32>,
}

/// A replayed log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TraceSpec {
    /// Name in the results.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// One of `xpusim list formats`.
    pub format: String,
    /// The file, relative to the scenario's folder, else below `$XPUSIM_TRACES`.
    pub path: String,
    /// Only gavel: the table of throughputs, found as `path` is; it says what runs where, and how fast.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub throughputs: Option<String>,
    /// Kinds that run its jobs, whatever the file says; default what it says, else `cpu` for swf and
    /// tasks-csv, `gpu` for all others; not for gavel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runs_on: Option<RunsOn>,
    /// Whether jobs are killed at their estimate; default yes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kill_at_estimate: Option<bool>,
    /// Without the first so many usable jobs; times are then relative to the first that is left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skip: Option<u64>,
    /// Only the first so many usable jobs, of those that `skip` leaves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
    /// How long its tasks run; default as it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub durations: Option<DurationsSpec>,
    /// Tasks drawn from it, one after another, instead of its arrivals.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draw: Option<DrawSpec>,
    /// Of a pai list: device models whose jobs need them; all other jobs run on any device. Absent: no job is bound.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bound_to: Vec<String>,
    /// Of a philly log: only the jobs of this virtual cluster.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vc: Option<String>,
    /// Arrivals at equal intervals instead of those of the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retime: Option<RetimeSpec>,
    /// Makes it heavier or lighter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scale: Option<ScaleSpec>,
}

/// Draws the tasks of a list: all of them once in random order, then any of them again and again. Their
/// demand is units times share, in units of the pools that the source can use.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DrawSpec {
    /// Stops before the demand that has arrived would pass so many times the capacity.
    pub until_demand: f64,
    /// Time from one arrival to the next; default 1 s. The first arrives at 0.
    #[serde(default = "a_second")]
    pub interval: Seconds,
}

fn a_second() -> Seconds {
    Seconds(1.0)
}

/// Arrivals at equal intervals: of the jobs that `limit` leaves, by (arrival, name), the one at position i,
/// from 0 on, arrives at `every` × ⌊i / `batch`⌋.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RetimeSpec {
    /// Time from one batch to the next.
    pub every: Seconds,
    /// Jobs that arrive together.
    pub batch: u32,
}

/// Tasks written in the scenario.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TasksSpec {
    /// Name in the results.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Makes it heavier or lighter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scale: Option<ScaleSpec>,
    /// The tasks.
    pub tasks: Vec<TaskSpec>,
}
