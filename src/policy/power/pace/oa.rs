//! As slowly as what is there allows.

use crate::policy::registry::{BuildError, NoParams, Plugin};
use crate::policy::{ClusterView, Governor, UnitView};

use super::due::slowest_in_time;
use super::{Hears, Pace};

/// Optimal Available (Yao, Demers & Shenker, FOCS 1995; at most `α^α` of the least energy: Bansal, Kimbrel & Pruhs,
/// J. ACM 2007): the lowest speed at which all that runs on the unit or waits for it is done by its deadline, planned
/// anew whenever tasks come or go. The theory's speed is rounded up to a P-state; where it lies between two, running
/// in both by turns would save a little more (Ishihara & Yasuura, ISLPED 1998).
///
/// Work left is as estimated. Of tasks that wait, each unit of a pool of `n` counts `1/n`, so for one unit the plan is
/// that of the theory, if tasks run by their deadlines. Tasks without a deadline ask for nothing: alone they have the
/// lowest P-state.
#[derive(Clone, Copy, Debug, Default)]
pub struct OptimalAvailable;

impl Governor for OptimalAvailable {
    fn initial(&self, _count: usize) -> usize {
        0
    }

    fn hears(&self) -> Hears {
        Hears::Queue
    }

    fn pace(&mut self, unit: UnitView<'_>, view: &ClusterView<'_>, states: usize) -> Option<Pace> {
        let busy = unit.running(view).next().is_some();
        Some(Pace::steady(if busy { slowest_in_time(unit, view, states) } else { 0 }))
    }
}

impl Plugin for OptimalAvailable {
    const NAME: &'static str = "oa";
    const ABOUT: &'static str =
        "Optimal Available: lowest P-state that meets the deadlines of what is there (Yao et al. 1995)";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self)
    }
}
