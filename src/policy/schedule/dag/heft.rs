//! Heterogeneous earliest finish time.

use crate::policy::registry::{BuildError, NoParams, Plugin};
use crate::units::{PoolId, SimDuration, SimTime, UnitId};

use super::graph::Graph;
use super::{Cost, Planner, Rule};

/// The longest way to the end first, each task where it ends first.
///
/// Priority: upward rank, of mean times over all units that the task can use and of whole transfers. Source: Topcuoglu,
/// Hariri & Wu, IEEE TPDS 13(3), 2002.
pub type Heft = Planner<HeftRule>;

/// The rule of [`Heft`].
#[derive(Default)]
pub struct HeftRule;

impl Rule for HeftRule {
    fn priorities(&mut self, graph: &Graph) -> Vec<SimDuration> {
        graph.upward()
    }

    fn cost(&self, _node: usize, _pool: Option<PoolId>, _first: Option<UnitId>, finish: SimTime) -> Cost {
        (false, finish)
    }
}

impl Plugin for Heft {
    const NAME: &'static str = "heft";
    const ABOUT: &'static str =
        "plans task graphs: upward rank, earliest finish with insertion (Topcuoglu et al. 2002)";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self::default())
    }
}
