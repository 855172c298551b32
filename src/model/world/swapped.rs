//! State of preempted tasks that lies in host memory until they are placed again.

use std::collections::BTreeMap;

use crate::units::{Bytes, NodeId, SimDuration, SimTime, TaskId};

use super::super::memory::dynamics::Swapped;
use super::super::task::Task;
use super::World;

impl World {
    /// Bytes on each unit that leave the device when `task` is preempted.
    fn state_of(&self, id: TaskId, task: &Task) -> u64 {
        task.spec.checkpoint.map_or_else(|| self.memory_of(id).held, Bytes::get)
    }

    /// Sets host memory aside for the state of a running task; the time that moving it takes with all of the link, or
    /// `None` where a host has no room.
    pub(super) fn reserve_swap(&mut self, id: TaskId) -> Option<SimDuration> {
        let task = &self.tasks[id];
        let (seq, bytes) = (task.seq, self.state_of(id, task));
        let mut hosts: BTreeMap<NodeId, u64> = BTreeMap::new();
        for unit in task.units.as_slice() {
            let host = hosts.entry(self.cluster.units[unit.index()].node).or_default();
            *host = host.saturating_add(bytes);
        }
        if hosts.iter().any(|(node, taken)| *taken > self.nodes[node.index()].memory.get()) {
            self.dynamics.as_mut()?.counts.swap_losses += 1;
            return None;
        }
        for (node, taken) in &hosts {
            self.move_host_memory(*node, *taken, 0);
        }
        let dynamics = self.dynamics.as_mut()?;
        let rate = hosts.keys().map(|n| dynamics.node_link(*n)).fold(f64::INFINITY, f64::min);
        let most = hosts.values().copied().max().unwrap_or(0);
        dynamics.counts.swapped += u128::from(hosts.values().sum::<u64>());
        dynamics.swapped.insert(seq, Swapped { bytes, hosts: hosts.into_iter().collect(), returning: false });
        Some(SimDuration::from_secs_f64_clamped(most as f64 / rate))
    }

    /// The host memory of a swapped-out task is free again: it has been placed, or is gone. How much of it stood on
    /// each node is forgotten, not that it has yet to come back.
    pub fn release_swap(&mut self, seq: u64) {
        let Some(swapped) = self.dynamics.as_mut().and_then(|d| d.swapped.get_mut(&seq)) else { return };
        for (node, bytes) in std::mem::take(&mut swapped.hosts) {
            self.move_host_memory(node, 0, bytes);
        }
    }

    /// A task is gone: nothing of it is on a host any more, and what it asked for anew is forgotten.
    pub fn forget_memory(&mut self, seq: u64) {
        self.release_swap(seq);
        if let Some(dynamics) = self.dynamics.as_mut() {
            dynamics.again.remove(&seq);
            dynamics.swapped.remove(&seq);
        }
    }

    /// Swaps a running task out: it saves its state until the link has moved it. `false` where its work is lost, as
    /// the host has no room.
    pub(super) fn swap_out(&mut self, id: TaskId, now: SimTime) -> bool {
        let Some(time) = self.reserve_swap(id) else { return false };
        let task = &mut self.tasks[id];
        task.phase = super::super::task::Phase::Saving;
        task.saved_at = now + time;
        true
    }
}
