//! The words for what decides.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::json::Seconds;
use crate::scenario::random::Random;

use super::PreemptionSpec;

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
    /// How much memory the tasks of a unit may ask for together; absent: as much as there is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub admission: Option<AdmissionSpec>,
    /// What preemption costs; absent: nothing, and work is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preemption: Option<PreemptionSpec>,
}

/// How much memory the tasks of a unit may ask for together: `"peak"`, or `{"quantile": q}`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum AdmissionSpec {
    /// The sum of what tasks ask for is within the capacity.
    Peak,
    /// `memory` being what tasks use on average and `memory_sd` its standard deviation, what they use together is within
    /// the capacity with this probability, in [0.5, 1), if it is normal: `Σμ + z_q √(Σσ²) ≤ C`.
    Quantile(f64),
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
            admission: None,
            preemption: None,
        }
    }
}
