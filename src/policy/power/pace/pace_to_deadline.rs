//! As slowly as the deadlines allow and as is of use.

use crate::policy::registry::{BuildError, Plugin};
use crate::policy::{ClusterView, Governor, UnitView};

use super::due::slowest_in_time;
use super::energy_optimal::{EnergyOptimal, Params};
use super::{Hears, Pace};

/// The speed of [`OptimalAvailable`](super::OptimalAvailable), but never below the critical one, in which the work
/// takes the least energy (Irani, Shukla & Gupta, ACM Transactions on Algorithms 2007): `max(f*, W/D)`.
#[derive(Clone, Copy, Debug)]
pub struct PaceToDeadline {
    critical: EnergyOptimal,
}

impl Governor for PaceToDeadline {
    fn initial(&self, _count: usize) -> usize {
        0
    }

    fn hears(&self) -> Hears {
        Hears::Queue
    }

    fn pace(&mut self, unit: UnitView<'_>, view: &ClusterView<'_>, states: usize) -> Option<Pace> {
        let critical = self.critical.state(unit, view, states);
        Some(Pace::steady(critical.map_or(0, |p| p.max(slowest_in_time(unit, view, states)))))
    }
}

impl Plugin for PaceToDeadline {
    const NAME: &'static str = "pace";
    const ABOUT: &'static str = "pace to deadline, not below the critical speed: max(f*, W/D) (Irani et al. 2007)";
    type Params = Params;

    fn build(params: Params) -> Result<Self, BuildError> {
        Ok(Self { critical: EnergyOptimal::build(params)? })
    }
}
