//! What an empty cluster could hold.

use crate::units::{Bytes, PoolId};

use super::cluster::Node;
use super::task::Task;
use super::world::World;

impl World {
    /// Whether `task` would fit on the units of `pool` if nothing else were there: memory, width, and where it must
    /// stay in one node, that node's units and host resources. Whether its class may use the pool is not asked.
    pub fn could_hold(&self, task: &Task, pool: PoolId) -> bool {
        let spec = &task.spec;
        let here = &self.cluster.pools[pool.index()];
        if spec.memory > here.device.memory {
            return false;
        }
        let width = spec.units as usize;
        let needs_host = spec.host_cpus > 0 || spec.host_memory > Bytes::ZERO;
        if !self.class_of(task).one_node && !needs_host {
            return here.units.len() >= width;
        }
        self.cluster.nodes.iter().filter(|n| host_could_hold(task, n)).any(|n| {
            let units = n.units.clone().filter(|u| self.cluster.units[*u as usize].pool == pool);
            units.take(width).count() == width
        })
    }

    /// Whether the empty cluster could run `task`.
    pub fn could_ever_run(&self, task: &Task) -> bool {
        if task.spec.units == 0 {
            return self.cluster.nodes.iter().any(|n| host_could_hold(task, n));
        }
        self.class_of(task).options.iter().any(|option| self.could_hold(task, option.pool))
    }
}

fn host_could_hold(task: &Task, node: &Node) -> bool {
    node.host_cpus >= task.spec.host_cpus && node.host_memory >= task.spec.host_memory
}
