//! Offload where a weighted sum of time, energy and money is least.

use schemars::JsonSchema;
use serde::Deserialize;

use super::best;
use super::energy::Powers;
use super::local::local;
use crate::policy::registry::{BuildError, Plugin};
use crate::policy::{CloudOption, CloudPolicy, ClusterView, TaskView};
use crate::rng::StreamRng;

/// Takes the place of least `time · L + energy · E + money · USD`, `L` being the expected response and `E` the energy of
/// the device at home. Home costs no money, and wins ties.
#[derive(Clone, Copy, Debug)]
pub struct WeightedCost(Params);

/// Parameters of [`WeightedCost`].
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// Weight of a second. Default 1.
    pub time: f64,
    /// Weight of a joule. Default 0.
    pub energy: f64,
    /// Weight of a dollar. Default 1000.
    pub money: f64,
    /// What the device at home draws.
    pub powers: Powers,
}

impl Default for Params {
    fn default() -> Self {
        Self { time: 1.0, energy: 0.0, money: 1000.0, powers: Powers::default() }
    }
}

impl WeightedCost {
    fn cost(&self, response: f64, joules: f64, usd: f64) -> f64 {
        // A weight of 0 takes no notice, not even of infinity.
        let part = |weight: f64, x: f64| if weight == 0.0 { 0.0 } else { weight * x };
        part(self.0.time, response) + part(self.0.energy, joules) + part(self.0.money, usd)
    }
}

impl CloudPolicy for WeightedCost {
    fn choose(
        &mut self,
        task: TaskView<'_>,
        options: &[CloudOption],
        view: &ClusterView<'_>,
        _: &mut StreamRng,
    ) -> Option<usize> {
        let there = |o: &CloudOption| self.cost(o.quote.response, self.0.powers.away(o), o.quote.usd);
        let here = local(task, view);
        let here = self.cost(here.response, self.0.powers.here(here.run), 0.0);
        let least = best(options, there)?;
        (there(&options[least]) < here).then_some(least)
    }
}

impl Plugin for WeightedCost {
    const NAME: &'static str = "weighted-cost";
    const ABOUT: &'static str = "the place of least weighted sum of response, energy and price";
    type Params = Params;

    fn build(params: Params) -> Result<Self, BuildError> {
        for (name, weight) in [("time", params.time), ("energy", params.energy), ("money", params.money)] {
            if !(0.0..=1e12).contains(&weight) {
                let found = format_args!("found {weight}, expected a weight from 0 to 1e12");
                return Err(BuildError::new(found).inside(name));
            }
        }
        Ok(Self(params))
    }
}
