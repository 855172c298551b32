//! The node whose free resources point the way of the demand.

use crate::policy::registry::{BuildError, NoParams, Plugin};
use crate::policy::{ClusterView, TaskView};
use crate::units::{Bytes, NodeId, UnitId};

use super::by_node::NodeRanking;
use super::ranked::Rank;

/// Picks the node with the greatest `Σ demand_r free_r` over unit share, device memory, host processors and host
/// memory, each as a part of the node's capacity; resources that never bind are left out. In the node the units
/// with the least free share. Ties (equal to a billionth): lowest number.
///
/// The alignment score of Tetris (Grandl et al., SIGCOMM 2014) over all nodes that can run the task.
#[derive(Clone, Copy, Debug, Default)]
pub struct DotProduct;

/// `demand · free` of one resource, as parts of its capacity.
fn aligned(demand: u64, free: u64, capacity: u64) -> f64 {
    if capacity == 0 || capacity == u64::MAX {
        return 0.0;
    }
    let part = |x: u64| x as f64 / capacity as f64;
    part(demand) * part(free)
}

impl NodeRanking for DotProduct {
    fn node(&mut self, task: TaskView<'_>, node: NodeId, units: &[UnitId], view: &ClusterView<'_>) -> Rank {
        let pool = units.first().map(|u| view.pool_of(*u));
        let (mut share, mut shares, mut memory, mut memories) = (0, 0u64, 0u64, 0u64);
        for unit in view.node_units(node).filter(|u| Some(view.pool_of(*u)) == pool) {
            let unit = view.unit(unit);
            share += u64::from(unit.free().0);
            shares += u64::from(unit.size().places.0);
            if unit.memory() != Bytes::UNBOUNDED {
                memory = memory.saturating_add(unit.memory_free().get());
                memories = memories.saturating_add(unit.memory().get());
            }
        }
        let wanted_memory = task.memory().get().saturating_mul(u64::from(task.units()));
        let ((cpus, host, _), (all_cpus, all_host)) = (view.node_free(node), view.node_capacity(node));
        let product = aligned(task.demand(), share, shares)
            + aligned(wanted_memory, memory, memories)
            + aligned(task.host_cpus(), cpus, all_cpus)
            + aligned(task.host_memory().get(), host.get(), all_host.get());
        (u64::MAX - (product * 1e9).round() as u64, 0, 0)
    }
}

impl Plugin for DotProduct {
    const NAME: &'static str = "dot-product";
    const ABOUT: &'static str = "node whose free resources align best with the demand (Tetris, Grandl 2014)";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self)
    }
}
