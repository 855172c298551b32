//! As fast as possible, then as low as possible.

use crate::policy::registry::{BuildError, NoParams, Plugin};
use crate::policy::{ClusterView, Governor, UnitView};

use super::{Hears, Pace};

/// The top P-state while a task computes on the unit, the lowest otherwise. For devices that draw little at rest, or
/// that then go to sleep.
#[derive(Clone, Copy, Debug, Default)]
pub struct RaceToIdle;

impl Governor for RaceToIdle {
    fn initial(&self, _count: usize) -> usize {
        0
    }

    fn hears(&self) -> Hears {
        Hears::Unit
    }

    fn pace(&mut self, unit: UnitView<'_>, view: &ClusterView<'_>, states: usize) -> Option<Pace> {
        let busy = unit.running(view).next().is_some();
        Some(Pace::steady(if busy { states.saturating_sub(1) } else { 0 }))
    }
}

impl Plugin for RaceToIdle {
    const NAME: &'static str = "race-to-idle";
    const ABOUT: &'static str = "top P-state under load, lowest without";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self)
    }
}
