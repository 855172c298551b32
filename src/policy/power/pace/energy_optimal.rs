//! The least energy for the work.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::policy::registry::{BuildError, Plugin};
use crate::policy::{ClusterView, Governor, UnitView};

use super::cost::cheapest;
use super::{Hears, Pace};

/// Which power counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Counted {
    /// All: as if nothing were drawn once the work is done.
    #[default]
    Total,
    /// What is above idle power: for units that idle until the next work.
    AboveIdle,
}

/// The P-state with the least `E(f) = P(f) t(f)` for the running tasks, with their own β: the critical speed, by trying
/// all. Deadlines are not looked at.
#[derive(Clone, Copy, Debug)]
pub struct EnergyOptimal {
    counted: Counted,
}

/// Parameters of [`EnergyOptimal`].
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// Which power counts: `total` or `above-idle`. Default `total`.
    pub counted: Counted,
}

impl EnergyOptimal {
    /// The P-state of a unit; `None` without a running task.
    pub(super) fn state(self, unit: UnitView<'_>, view: &ClusterView<'_>, states: usize) -> Option<usize> {
        let free = match self.counted {
            Counted::Total => 0.0,
            Counted::AboveIdle => unit.idle_power().as_watts(),
        };
        cheapest(unit, view, states, |power, time| (power - free) * time)
    }
}

impl Governor for EnergyOptimal {
    fn initial(&self, count: usize) -> usize {
        count.saturating_sub(1)
    }

    fn hears(&self) -> Hears {
        Hears::Unit
    }

    fn pace(&mut self, unit: UnitView<'_>, view: &ClusterView<'_>, states: usize) -> Option<Pace> {
        self.state(unit, view, states).map(Pace::steady)
    }
}

impl Plugin for EnergyOptimal {
    const NAME: &'static str = "energy-optimal";
    const ABOUT: &'static str = "the P-state with the least energy P t for the running tasks";
    type Params = Params;

    fn build(params: Params) -> Result<Self, BuildError> {
        Ok(Self { counted: params.counted })
    }
}
