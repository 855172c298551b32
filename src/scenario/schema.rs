//! The words of a scenario file, as serde and the JSON Schema see them.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::catalogue::{DeviceSpec, Precision};
use crate::json::{ByteCount, BytesPerSecond, Dollars, Flops, PerSecond, Seconds, Watts, tagged};
use crate::json::{SubError, inner};

use super::random::Random;

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
}

/// A node list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NodesFrom {
    /// Its format: `openb`.
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
}

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
    /// When they come.
    pub arrivals: ArrivalSpec,
    /// Classes of tasks, drawn by weight.
    pub tasks: Vec<TaskSpec>,
}

/// When tasks come.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(tag = "process", rename_all = "kebab-case")]
pub enum ArrivalSpec {
    /// Independent of one another, at a mean rate.
    Poisson(PoissonSpec),
    /// Independent times between arrivals.
    Renewal(RenewalSpec),
    /// Equal times between arrivals.
    Deterministic(IntervalSpec),
    /// Markov-modulated Poisson process.
    Mmpp(MmppSpec),
    /// Poisson with a rate for each hour.
    Diurnal(DiurnalSpec),
    /// Several at a time.
    Batch(BatchSpec),
    /// Clients that think, submit and wait.
    Closed(ClosedSpec),
    /// All together.
    AtOnce(AtOnceSpec),
}

/// Names of the arrival processes.
pub const PROCESSES: &[&str] =
    &["poisson", "renewal", "deterministic", "mmpp", "diurnal", "batch", "closed", "at-once"];

impl<'de> Deserialize<'de> for ArrivalSpec {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        tagged(deserializer, "process", PROCESSES, |name, body| {
            Ok(match name {
                "poisson" => Self::Poisson(inner(body)?),
                "renewal" => Self::Renewal(inner(body)?),
                "deterministic" => Self::Deterministic(inner(body)?),
                "mmpp" => Self::Mmpp(inner(body)?),
                "diurnal" => Self::Diurnal(inner(body)?),
                "batch" => Self::Batch(inner(body)?),
                "closed" => Self::Closed(inner(body)?),
                _ => Self::AtOnce(inner(body)?),
            })
        })
    }
}

/// Parameters of `poisson`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PoissonSpec {
    /// Mean arrivals per second.
    pub rate: PerSecond,
}

/// Parameters of `renewal`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RenewalSpec {
    /// Time between arrivals.
    pub interarrival: Random<Seconds>,
}

/// Parameters of `deterministic`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IntervalSpec {
    /// Time between arrivals.
    pub interval: Seconds,
}

/// Parameters of `mmpp`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MmppSpec {
    /// States, visited in turn.
    pub states: Vec<MmppState>,
}

/// One state of an MMPP.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MmppState {
    /// Mean arrivals per second.
    pub rate: PerSecond,
    /// Mean time in the state.
    pub mean_time: Seconds,
}

/// Parameters of `diurnal`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DiurnalSpec {
    /// Mean arrivals per second over the whole cycle.
    pub rate: PerSecond,
    /// Weight of each hour, from the start of the run; 24 for a day, 168 for a week.
    pub hourly: Vec<f64>,
}

/// Parameters of `batch`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BatchSpec {
    /// Time between batches.
    pub interarrival: Random<Seconds>,
    /// Tasks in a batch, rounded, at least one.
    pub size: Random<f64>,
}

/// Parameters of `closed`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClosedSpec {
    /// How many clients.
    pub clients: u32,
    /// Time between a task's end and the client's next task.
    pub think_time: Random<Seconds>,
}

/// Parameters of `at-once`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AtOnceSpec {
    /// When.
    #[serde(default)]
    pub time: Seconds,
}

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

impl std::fmt::Display for TaskName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Number(n) => write!(f, "{n}"),
            Self::Text(t) => f.write_str(t),
        }
    }
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
    /// One task of a `tasks` source: ids of tasks that must complete first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<TaskName>,
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
    /// Part of each unit, in (0, 1]; default 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<f64>,
    /// Device memory per unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory: Option<Random<ByteCount>>,
    /// Host processors of the node that it runs in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host_cpus: Option<f64>,
    /// Host memory of the node that it runs in.
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
    /// What the user says of the duration; default the truth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimate: Option<EstimateSpec>,
    /// Whether it is killed when its estimate is over; default no.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kill_at_estimate: Option<bool>,
    /// Share of its time that scales with the clock; default the device's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beta: Option<f64>,
    /// Bytes to the cloud before a run there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<Random<ByteCount>>,
    /// Bytes back after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<Random<ByteCount>>,
    /// Whether it may go to the cloud; default yes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offloadable: Option<bool>,
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
    /// `swf` or `openb`.
    pub format: String,
    /// The file, relative to the scenario's folder, else below `$XPUSIM_TRACES`.
    pub path: String,
    /// Kinds that run its jobs; default `cpu` for swf, `gpu` for openb.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runs_on: Option<RunsOn>,
    /// Whether jobs are killed at their estimate; default yes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kill_at_estimate: Option<bool>,
    /// Only the first so many usable jobs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
}

/// Tasks written in the scenario.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TasksSpec {
    /// Name in the results.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The tasks.
    pub tasks: Vec<TaskSpec>,
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
}
