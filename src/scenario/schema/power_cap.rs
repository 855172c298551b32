//! The words for a power budget.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value, json};

use crate::json::{Seconds, SubError, Watts, inner};
use crate::model::cluster::Cluster;
use crate::model::power_cap::full_power;
use crate::scenario::checks::{Findings, number};
use crate::units::{Power, SimDuration};

/// Most power of all units together.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum PowerCapSpec {
    /// Each unit has its share once and for all, in proportion to its greatest power.
    Fixed(Watts),
    /// Shared out as the run goes on.
    Shared(SharedCapSpec),
}

impl<'de> Deserialize<'de> for PowerCapSpec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let read = if value.is_object() { inner(value).map(Self::Shared) } else { inner(value).map(Self::Fixed) };
        read.map_err(SubError::into_error)
    }
}

impl JsonSchema for PowerCapSpec {
    fn schema_name() -> Cow<'static, str> {
        "PowerCapSpec".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let (fixed, shared) = (generator.subschema_for::<Watts>(), generator.subschema_for::<SharedCapSpec>());
        json_schema!({"anyOf": [fixed, shared]})
    }
}

/// A budget that is shared out anew whenever the units' load has changed.
///
/// A unit's share is a right to draw so much: its lowest P-state under full load is always within it, whether it works
/// or not, and it is held to the fastest P-state that is. So the units awake never draw more than the budget, if it
/// holds all their lowest P-states. Units under load come first, with what their governor asks for; then the others; what
/// is then left raises all.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SharedCapSpec {
    /// Most power of all units together.
    pub budget: Watts,
    /// The rule: a name, or an object with `name` and parameters. Default `proportional`.
    #[serde(default = "default_share")]
    pub share: Value,
    /// Changes of load are answered at multiples of this; default 20 ms. A unit that falls asleep or wakes is answered at
    /// once.
    #[serde(default = "default_period")]
    pub period: Seconds,
    /// Leaves the units alone until they draw too much; absent: the budget is always shared out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bands: Option<BandsSpec>,
}

fn default_share() -> Value {
    json!("proportional")
}

fn default_period() -> Seconds {
    Seconds(0.02)
}

/// Three bands (Wu et al., "Dynamo", ISCA 2016), as parts of the budget in (0, 1]. Between `release` and `cap` all stays
/// as it is. Until the next look the units may draw more than the budget.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BandsSpec {
    /// Above this part the budget is shared out; default 0.99.
    pub cap: f64,
    /// The part that is then shared out; default 0.95.
    pub target: f64,
    /// Below this part the units are let go; default 0.90.
    pub release: f64,
}

impl Default for BandsSpec {
    fn default() -> Self {
        Self { cap: 0.99, target: 0.95, release: 0.90 }
    }
}

impl SharedCapSpec {
    /// Checks all but the rule.
    pub(in crate::scenario) fn check(&self, cluster: &Cluster, findings: &mut Findings) {
        let pointer = "/cluster/power_cap";
        findings.require(self.budget.get() > 0.0, format!("{pointer}/budget"), self.budget.get(), "a power > 0");
        let shortest = self.period.duration() >= SimDuration::from_nanos(1_000);
        findings.require(shortest, format!("{pointer}/period"), number(self.period.get()), "at least 1 us");
        if let Some(bands) = self.bands {
            bands.check(&format!("{pointer}/bands"), findings);
        }
        let lowest = |place: &crate::model::cluster::UnitPlace| {
            let device = cluster.pools.get(place.pool.index()).map(|p| &p.device);
            device.map_or(Power::ZERO, |d| full_power(d, place.size.devices, 0))
        };
        let sum = cluster.units.iter().map(lowest).fold(Power::ZERO, |sum, p| sum + p).as_watts();
        let part = self.bands.map_or(1.0, |b| b.target);
        if sum > self.budget.get() * part {
            findings.warn(format!(
                "{pointer}: {} W is less than the {sum} W of all units under full load in their lowest P-states, \
which are never stopped: see the metric power.cap_violation_s",
                self.budget.get() * part
            ));
        }
    }
}

impl BandsSpec {
    fn check(&self, pointer: &str, findings: &mut Findings) {
        for (name, part) in [("cap", self.cap), ("target", self.target), ("release", self.release)] {
            let valid = part > 0.0 && part <= 1.0;
            findings.require(valid, format!("{pointer}/{name}"), number(part), "a part of the budget in (0, 1]");
        }
        if self.release >= self.cap || self.target > self.cap {
            findings.broken(pointer, "`release` must be below `cap`, and `target` not above it");
        }
    }
}
