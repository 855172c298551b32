//! The words for the cloud.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::json::{BytesPerSecond, Dollars, Seconds, Watts};
use crate::scenario::random::Random;

/// The cloud: one elastic region, or `regions`; and how it fails.
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
    /// Regions with types of instances, instead of the words above.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub regions: Vec<RegionSpec>,
    /// How attempts fail; absent: they do not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failures: Option<FailureSpec>,
    /// An attempt that takes longer is called off and has failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<Seconds>,
    /// What follows a failed attempt; absent: no other one, the task fails.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry: Option<CloudRetrySpec>,
    /// Stops asking a region that fails.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub breaker: Option<BreakerSpec>,
    /// Sends a second copy of what takes long; the first to come back counts, both are paid for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hedge: Option<HedgeSpec>,
}

/// A region of the cloud.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RegionSpec {
    /// Its name.
    pub name: String,
    /// Round-trip time, drawn once per attempt; default 50 ms.
    #[serde(default = "default_rtt")]
    pub rtt: Random<Seconds>,
    /// Correlation, in [0, 1), of the logarithms of the round-trip times of tasks that arrive one after the other
    /// (an autoregression of order 1); only for lognormal times. Default 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correlation: Option<f64>,
    /// Bandwidth to the region: of each task, or, shared, of all.
    #[serde(default = "default_bandwidth")]
    pub uplink: BytesPerSecond,
    /// Bandwidth back.
    #[serde(default = "default_bandwidth")]
    pub downlink: BytesPerSecond,
    /// Whether transfers share the links equally (processor sharing); default no: each has the whole link.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub shared: bool,
    /// Most bandwidth of one transfer over shared links; default no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_task: Option<BytesPerSecond>,
    /// Price of 10^9 bytes brought back; default 0.
    #[serde(default)]
    pub price_per_gb_out: Dollars,
    /// Carbon intensity of its electricity in g of CO2 per kWh; default 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carbon: Option<f64>,
    /// What can be rented.
    pub instances: Vec<InstanceSpec>,
}

/// A type of instances.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InstanceSpec {
    /// Its name.
    pub name: String,
    /// Kind of its unit: it runs tasks that have a unit of that kind at home, as fast as that times `speed`. Default
    /// `any`: all tasks, as fast as their best unit at home times `speed`.
    #[serde(default = "any_kind")]
    pub kind: String,
    /// Speed over that of the unit at home; default 1.
    #[serde(default = "default_speed")]
    pub speed: f64,
    /// Price of one instance for one hour; default 0.
    #[serde(default)]
    pub price_per_hour: Dollars,
    /// Shortest time that is charged; default 60 s.
    #[serde(default = "default_minimum")]
    pub billed_at_least: Seconds,
    /// Charged time is a multiple of this, rounded up; default 1 s.
    #[serde(default = "a_second")]
    pub granularity: Seconds,
    /// Terms of spot instances; absent: there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spot: Option<SpotSpec>,
    /// Most instances at once; tasks beyond wait in line. Default no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// Time until a new instance can work; default none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boot: Option<Random<Seconds>>,
    /// Whether it is ordered when the upload begins; default no: when it ends.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub boot_during_upload: bool,
    /// Instances that are there from the beginning and are never let go; default none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warm: Option<u32>,
    /// How long an instance without a task is kept, and paid for; default not at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keep_alive: Option<Seconds>,
    /// Power of one rented instance, for its carbon; default 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub power: Option<Watts>,
}

/// Terms of spot instances.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SpotSpec {
    /// Price over that on demand, in [0, 1].
    pub factor: f64,
    /// Time until the provider takes an instance back.
    pub life: Random<Seconds>,
    /// How long before that it is told; with `checkpoint` all work done is then saved. Default not at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<Seconds>,
    /// Time of work between two saved states; absent: what was done is lost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checkpoint: Option<Seconds>,
}

/// How attempts fail.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FailureSpec {
    /// Probability that an attempt fails, in [0, 1].
    pub probability: f64,
    /// Share of its run after which it does; default 0: refused when it has uploaded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Random<f64>>,
}

/// What follows a failed attempt.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CloudRetrySpec {
    /// How many attempts may follow the first.
    pub budget: u32,
    /// Back-off after the first failure; doubled after each. Default 1 s.
    #[serde(default = "a_second")]
    pub base: Seconds,
    /// Longest back-off; default 60 s.
    #[serde(default = "default_minimum")]
    pub cap: Seconds,
    /// What chance does to it; default nothing.
    #[serde(default)]
    pub jitter: JitterSpec,
    /// What becomes of a task without attempts left; default it fails.
    #[serde(default)]
    pub then: ThenSpec,
}

/// What chance does to a back-off `b = min(cap, base · 2^k)` (Brooker 2015).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum JitterSpec {
    /// Nothing.
    #[default]
    None,
    /// Uniform from 0 to b.
    Full,
    /// b/2 and uniform from 0 to b/2.
    Equal,
    /// min(cap, uniform from the base to three times the last one).
    Decorrelated,
}

/// What becomes of a task without attempts left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ThenSpec {
    /// It fails.
    #[default]
    Fail,
    /// It runs at home.
    Local,
}

/// When a region is not asked any more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BreakerSpec {
    /// Failures in a row that open it.
    pub after: u32,
    /// Time until one task is let through to try; default 30 s.
    #[serde(default = "half_a_minute")]
    pub probe_after: Seconds,
}

/// When a second copy is sent: one of the two.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HedgeSpec {
    /// After the first has been away for so long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Seconds>,
    /// After it has been away longer than this share of all that came back, once 20 have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantile: Option<f64>,
}

fn any_kind() -> String {
    "any".to_owned()
}

fn a_second() -> Seconds {
    Seconds(1.0)
}

fn half_a_minute() -> Seconds {
    Seconds(30.0)
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
