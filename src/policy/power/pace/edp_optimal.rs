//! The least energy-delay product.

use crate::policy::registry::{BuildError, NoParams, Plugin};
use crate::policy::{ClusterView, Governor, UnitView};

use super::cost::cheapest;
use super::{Hears, Pace};

/// The P-state with the least energy-delay product `P t²` for the running tasks (Horowitz, Indermaur & Gonzalez, IEEE
/// Symposium on Low Power Electronics 1994).
#[derive(Clone, Copy, Debug, Default)]
pub struct EdpOptimal;

impl Governor for EdpOptimal {
    fn initial(&self, count: usize) -> usize {
        count.saturating_sub(1)
    }

    fn hears(&self) -> Hears {
        Hears::Unit
    }

    fn pace(&mut self, unit: UnitView<'_>, view: &ClusterView<'_>, states: usize) -> Option<Pace> {
        cheapest(unit, view, states, |power, time| power * time * time).map(Pace::steady)
    }
}

impl Plugin for EdpOptimal {
    const NAME: &'static str = "edp-optimal";
    const ABOUT: &'static str = "the P-state with the least energy-delay product P t^2 (Horowitz et al. 1994)";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self)
    }
}
