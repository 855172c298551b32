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
