//! Critical path on a processor.

use crate::policy::registry::{BuildError, NoParams, Plugin};
use crate::units::{PoolId, SimDuration, SimTime, UnitId};

use super::graph::Graph;
use super::{Cost, Planner, Rule};

/// All tasks of the critical path on the one unit that takes least time for them, the others where they end first.
///
/// Priority: upward plus downward rank. The path goes from the first task of greatest priority on to the child whose
/// priority is the same (ties: order of arrival); its unit is the lowest of the pool with the least sum of times, a pool
/// that cannot run all of them coming last. Source: Topcuoglu, Hariri & Wu, IEEE TPDS 13(3), 2002.
pub type Cpop = Planner<CpopRule>;

/// The rule of [`Cpop`].
#[derive(Default)]
pub struct CpopRule {
    /// By node of the graph: whether it lies on the critical path.
    critical: Vec<bool>,
    /// The path's unit.
    unit: Option<UnitId>,
}

impl CpopRule {
    /// Marks the critical path through `priority`.
    fn trace(&mut self, graph: &Graph, priority: &[SimDuration]) {
        self.critical = vec![false; graph.nodes.len()];
        let longest = priority.iter().max().copied().unwrap_or_default();
        let on_path = |i: &usize| priority[*i] == longest;
        let first = |nodes: &mut dyn Iterator<Item = usize>| nodes.filter(on_path).min_by_key(|i| graph.nodes[*i].seq);
        let mut at = first(&mut (0..graph.nodes.len()).filter(|i| graph.nodes[*i].parents.is_empty()));
        while let Some(i) = at {
            self.critical[i] = true;
            at = first(&mut graph.nodes[i].children.iter().map(|(child, _)| *child));
        }
    }

    /// The unit that takes least time for the critical path.
    fn fastest(&self, graph: &Graph) -> Option<UnitId> {
        let path = || graph.nodes.iter().zip(&self.critical).filter(|(_, critical)| **critical).map(|(node, _)| node);
        let units = path().flat_map(|n| n.choices.iter().filter_map(|c| c.lowest));
        let time_on = |unit: UnitId| {
            path().fold((0u32, SimDuration::ZERO), |(cannot, sum), node| {
                match node.choices.iter().find(|c| c.lowest == Some(unit)) {
                    Some(choice) => (cannot, sum + choice.time),
                    None => (cannot + 1, sum),
                }
            })
        };
        units.min_by_key(|unit| (time_on(*unit), *unit))
    }
}

impl Rule for CpopRule {
    fn priorities(&mut self, graph: &Graph) -> Vec<SimDuration> {
        let priority: Vec<SimDuration> =
            graph.upward().into_iter().zip(graph.downward()).map(|(up, down)| up + down).collect();
        self.trace(graph, &priority);
        self.unit = self.fastest(graph);
        priority
    }

    fn cost(&self, node: usize, _pool: Option<PoolId>, first: Option<UnitId>, finish: SimTime) -> Cost {
        (self.critical[node] && first != self.unit, finish)
    }
}

impl Plugin for Cpop {
    const NAME: &'static str = "cpop";
    const ABOUT: &'static str = "plans task graphs: the critical path on one unit (Topcuoglu et al. 2002)";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self::default())
    }
}
