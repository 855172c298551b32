//! What an empty cluster could hold.

use crate::units::{PoolId, UnitId};

use super::cluster::Node;
use super::task::Task;
use super::world::World;

impl World {
    /// Whether `task` would fit on the units of `pool` if nothing else were there: memory, width, and where it must
    /// stay in one node, that node's units and host resources. Whether its class may use the pool is not asked.
    pub fn could_hold(&self, task: &Task, pool: PoolId) -> bool {
        let spec = &task.spec;
        let here = &self.cluster.pools[pool.index()];
        if !self.memory_could_hold(spec, pool) {
            return false;
        }
        let fits = |unit: &UnitId| self.cluster.units[unit.index()].size.places >= spec.share;
        let width = spec.units as usize;
        if spec.instances > 1 {
            return self.instances_held(task, pool) >= u64::from(spec.instances);
        }
        if !self.class_of(task).one_node && !task.needs_host() {
            return here.units.iter().filter(|u| fits(u)).take(width).count() == width;
        }
        self.cluster.nodes.iter().filter(|n| n.could_host(task)).any(|n| {
            let units = n.units.clone().map(UnitId);
            let units = units.filter(|u| self.cluster.units[u.index()].pool == pool && fits(u));
            units.take(width).count() == width
        })
    }

    /// How many instances of `task` the empty nodes hold on units of `pool`.
    fn instances_held(&self, task: &Task, pool: PoolId) -> u64 {
        let spec = &task.spec;
        self.cluster
            .nodes
            .iter()
            .map(|node| {
                let units = node.units.clone().map(|u| self.cluster.units[u as usize]).filter(|u| u.pool == pool);
                let parts = units.map(|u| u64::from(u.size.parts(u.size.places, spec.share))).sum();
                task.instances_within(parts, node.host_cpus, node.host_memory)
            })
            .fold(0, u64::saturating_add)
    }

    /// Whether the empty cluster could run `task`.
    pub fn could_ever_run(&self, task: &Task) -> bool {
        if task.spec.units == 0 {
            let held = |n: &Node| task.instances_within(0, n.host_cpus, n.host_memory);
            let all = self.cluster.nodes.iter().map(held).fold(0, u64::saturating_add);
            return all >= u64::from(task.spec.instances);
        }
        self.class_of(task).options.iter().any(|option| self.could_hold(task, option.pool))
    }
}

impl Node {
    /// Whether it would have the host resources of `task` if nothing else were there.
    pub fn could_host(&self, task: &Task) -> bool {
        self.host_cpus >= task.spec.host_cpus && self.host_memory >= task.spec.host_memory
    }
}
