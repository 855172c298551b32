//! Giving units, memory and host resources, and taking them back.

use crate::units::{Bytes, PoolId, Share, SimTime, TaskId, UnitId};

use super::super::memory::Block;
use super::super::task::{NodeList, Phase, UnitList};
use super::super::unit::{Space, UnitPhase};
use super::{Site, World};

impl World {
    /// Gives `task` the units of `site`. The caller has checked that they fit.
    ///
    /// Units asleep start to wake, data starts to flow; `true` where the task can run at once.
    pub fn occupy(&mut self, id: TaskId, site: &Site, now: SimTime) -> bool {
        let (share, memory, memory_sd, cpus, host_memory) = {
            let spec = &self.tasks[id].spec;
            self.accounts.give(spec, now);
            (spec.share, spec.memory, spec.memory_sd, spec.host_cpus, spec.host_memory)
        };
        let input_at = self.input_at(&self.tasks[id], &site.units);
        let mut waking = u32::from(input_at > now);
        let mut blocks = Vec::new();
        for &unit in &site.units {
            self.take_share(unit, share);
            self.take_memory(unit, memory, &mut blocks);
            if let Some(admission) = &mut self.admission {
                admission.join(unit.index(), memory_sd);
            }
            self.units[unit.index()].residents.push(id);
            if self.units[unit.index()].phase != UnitPhase::Awake {
                waking += 1;
            }
        }
        for node in &site.nodes {
            let free = &mut self.nodes[node.index()];
            free.cpus -= cpus.min(free.cpus);
            free.memory = Bytes(free.memory.get() - host_memory.get().min(free.memory.get()));
            self.index_node(*node);
        }
        self.changes.placed += 1;
        let index = self.running.len() as u32;
        self.running.push(id);
        self.gauges.running += 1;
        self.gauges.waiting = self.gauges.waiting.saturating_sub(1);
        let pool = site.units.first().map_or(PoolId(u16::MAX), |u| self.cluster.units[u.index()].pool);
        let task = &mut self.tasks[id];
        task.phase = Phase::Placed;
        task.pool = pool;
        task.units = UnitList::from(site.units.as_slice());
        task.blocks = blocks;
        task.nodes = NodeList::from(site.nodes.as_slice());
        task.waking = waking;
        task.input_at = input_at;
        task.placed_at = now;
        task.running_index = index;
        waking == 0
    }

    /// Takes everything back that `task` holds. Its load must have been taken off before. The list of its
    /// units stays readable until it is placed again or leaves the system.
    pub fn vacate(&mut self, id: TaskId, now: SimTime) {
        let task = &mut self.tasks[id];
        self.accounts.take_back(&task.spec, now);
        let units = std::mem::take(&mut task.units);
        let blocks = std::mem::take(&mut task.blocks);
        let index = task.running_index as usize;
        let (share, memory, nodes) = (task.spec.share, task.spec.memory, std::mem::take(&mut task.nodes));
        let (cpus, host_memory, memory_sd) = (task.spec.host_cpus, task.spec.host_memory, task.spec.memory_sd);
        for (i, &unit) in units.as_slice().iter().enumerate() {
            self.give_share(unit, share);
            self.give_memory(unit, memory, blocks.get(i));
            if let Some(admission) = &mut self.admission {
                admission.leave(unit.index(), memory_sd);
            }
            let residents = &mut self.units[unit.index()].residents;
            if let Some(at) = residents.iter().position(|r| *r == id) {
                residents.swap_remove(at);
            }
        }
        for node in nodes.as_slice() {
            let free = &mut self.nodes[node.index()];
            free.cpus = free.cpus.saturating_add(cpus);
            free.memory = Bytes(free.memory.get().saturating_add(host_memory.get()));
            self.index_node(*node);
        }
        self.changes.released += 1;
        self.tasks[id].units = units;
        self.running.swap_remove(index);
        if let Some(moved) = self.running.get(index) {
            self.tasks[*moved].running_index = index as u32;
        }
        self.gauges.running -= 1;
    }

    pub(super) fn take_share(&mut self, unit: UnitId, share: Share) {
        let place = self.cluster.units[unit.index()];
        let pool = &mut self.pools[place.pool.index()];
        let at = &mut self.units[unit.index()];
        if at.free == at.size.places {
            pool.whole.remove(place.local);
            self.nodes[place.node.index()].whole_units -= 1;
        }
        at.free = Share(at.free.0 - share.0);
        pool.share -= u64::from(share.0);
        self.nodes[place.node.index()].share -= u64::from(share.0);
        self.index_unit(unit);
        self.index_node(place.node);
    }

    pub(super) fn give_share(&mut self, unit: UnitId, share: Share) {
        let place = self.cluster.units[unit.index()];
        let pool = &mut self.pools[place.pool.index()];
        let at = &mut self.units[unit.index()];
        at.free = Share(at.free.0 + share.0);
        pool.share += u64::from(share.0);
        if at.free == at.size.places {
            pool.whole.insert(place.local);
            self.nodes[place.node.index()].whole_units += 1;
        }
        self.nodes[place.node.index()].share += u64::from(share.0);
        self.index_unit(unit);
        self.index_node(place.node);
    }

    /// Takes `size` bytes of `unit` for a task; where memory is placed in blocks, `blocks` gets the block.
    pub(super) fn take_memory(&mut self, unit: UnitId, size: Bytes, blocks: &mut Vec<Block>) {
        if size.is_zero() {
            return;
        }
        let at = &mut self.units[unit.index()];
        let mut taken = size.get();
        if let Space::Blocks(space) = &mut at.space {
            let before = space.reserved();
            let block = space.allocate(size).unwrap_or(Block::EMPTY);
            taken = block.length;
            blocks.push(block);
            self.placed.requested = self.placed.requested.saturating_add(size.get());
            self.placed.reserve(before, space.reserved());
            self.note_fragmentation(unit);
        }
        let at = &mut self.units[unit.index()];
        at.memory_used = Bytes(at.memory_used.get().saturating_add(taken));
        at.memory_peak = at.memory_peak.max(at.memory_used);
        if self.cluster.device(unit).memory != Bytes::UNBOUNDED {
            self.gauges.memory_used += taken;
        }
    }

    /// Gives back what [`World::take_memory`] took for `size` bytes.
    pub(super) fn give_memory(&mut self, unit: UnitId, size: Bytes, block: Option<&Block>) {
        if size.is_zero() {
            return;
        }
        let at = &mut self.units[unit.index()];
        let mut given = size.get();
        if let (Space::Blocks(space), Some(block)) = (&mut at.space, block) {
            given = block.length;
            let before = space.reserved();
            space.release(*block);
            self.placed.requested = self.placed.requested.saturating_sub(size.get());
            self.placed.reserve(before, space.reserved());
            self.note_fragmentation(unit);
        }
        let at = &mut self.units[unit.index()];
        at.memory_used = Bytes(at.memory_used.get().saturating_sub(given));
        if self.cluster.device(unit).memory != Bytes::UNBOUNDED {
            self.gauges.memory_used -= given;
        }
    }
}
