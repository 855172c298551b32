//! The words of arrival processes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::json::{PerSecond, Seconds, inner, tagged};

use super::super::random::Random;

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
