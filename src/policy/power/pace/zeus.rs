//! Energy against time, with a knob.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::policy::registry::{BuildError, Plugin};
use crate::policy::{ClusterView, Governor, UnitView};

use super::cost::cheapest;
use super::{Hears, Pace};

/// The P-state with the least `η E + (1 − η) P_max t` for the running tasks, `P_max` being the greatest power of the
/// device (You, Chung & Chowdhury, "Zeus", NSDI 2023). η = 1 is least energy, η = 0 least time.
#[derive(Clone, Copy, Debug)]
pub struct Zeus {
    eta: f64,
}

/// Parameters of [`Zeus`].
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// Weight of energy, in [0, 1]. Default 0.5.
    pub eta: f64,
}

impl Default for Params {
    fn default() -> Self {
        Self { eta: 0.5 }
    }
}

impl Governor for Zeus {
    fn initial(&self, count: usize) -> usize {
        count.saturating_sub(1)
    }

    fn hears(&self) -> Hears {
        Hears::Unit
    }

    fn pace(&mut self, unit: UnitView<'_>, view: &ClusterView<'_>, states: usize) -> Option<Pace> {
        let most = unit.pstates().iter().map(|s| s.active).max().unwrap_or_default().as_watts();
        let cost = |power: f64, time: f64| (self.eta * power + (1.0 - self.eta) * most) * time;
        cheapest(unit, view, states, cost).map(Pace::steady)
    }
}

impl Plugin for Zeus {
    const NAME: &'static str = "zeus";
    const ABOUT: &'static str = "the P-state with the least eta E + (1 - eta) Pmax t (You et al. 2023)";
    type Params = Params;

    fn build(params: Params) -> Result<Self, BuildError> {
        if !(0.0..=1.0).contains(&params.eta) {
            let error = BuildError::new(format_args!("found {}, expected a number in [0, 1]", params.eta));
            return Err(error.inside("eta"));
        }
        Ok(Self { eta: params.eta })
    }
}
