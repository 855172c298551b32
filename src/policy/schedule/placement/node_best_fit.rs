//! The node that the least is left on.

use crate::policy::registry::{BuildError, NoParams, Plugin};
use crate::policy::{ClusterView, TaskView};
use crate::units::{NodeId, UnitId};

use super::by_node::NodeRanking;
use super::ranked::Rank;

/// Picks the node with the least left of unit share and host processors together, each as a part of the most that
/// any node has; processors that never bind are left out. In the node the units with the least free share. Ties
/// (equal to a billionth): lowest number.
///
/// Best fit as Weng et al. (USENIX ATC 2023) measure it, over all nodes that can run the task.
#[derive(Clone, Copy, Debug, Default)]
pub struct NodeBestFit {
    /// Most share in millionths and most processors of any node.
    most: Option<(u64, u64)>,
}

impl NodeBestFit {
    fn most(&mut self, view: &ClusterView<'_>) -> (u64, u64) {
        *self.most.get_or_insert_with(|| {
            let places = |n| view.node_units(n).map(|u| u64::from(view.unit(u).size().places.0)).sum::<u64>();
            let share = view.nodes().map(places).max();
            let cpus = view.nodes().map(|n| view.node_capacity(n).0).filter(|cpus| *cpus < u64::MAX).max();
            (share.unwrap_or(0), cpus.unwrap_or(0))
        })
    }
}

/// What is left of `free` after `demand`, as a part of `most`.
fn left(free: u64, demand: u64, most: u64) -> f64 {
    if most == 0 || free == u64::MAX { 0.0 } else { free.saturating_sub(demand) as f64 / most as f64 }
}

impl NodeRanking for NodeBestFit {
    fn node(&mut self, task: TaskView<'_>, node: NodeId, _units: &[UnitId], view: &ClusterView<'_>) -> Rank {
        let (most_share, most_cpus) = self.most(view);
        let share = view.node_units(node).map(|u| u64::from(view.unit(u).free().0)).sum();
        let (cpus, _, _) = view.node_free(node);
        let sum = left(share, task.demand(), most_share) + left(cpus, task.host_cpus(), most_cpus);
        ((sum * 1e9).round() as u64, 0, 0)
    }
}

impl Plugin for NodeBestFit {
    const NAME: &'static str = "node-best-fit";
    const ABOUT: &'static str = "node with the least share and processors left, over all kinds (Weng et al. 2023)";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self::default())
    }
}
