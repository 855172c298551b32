//! Footprints of tasks where memory acts on speed: what fits, what is held, what spills, how slow that is.

use std::collections::BTreeMap;

use crate::units::{Bytes, NodeId, PoolId, SimTime, TaskId, UnitId};

use super::super::memory::dynamics::{Dynamics, TaskMemory};
use super::super::memory::phases::ModelUse;
use super::super::memory::spill::{LinkScope, Spill};
use super::super::task::{Phase, Task, Work};
use super::super::unit::UnitPhase;
use super::World;

impl World {
    /// Whether `task` finds its memory on `unit` now; idle models make room, and what is too much may spill. Every
    /// unit of a gang is asked as if all of its units spilled on one node.
    pub(super) fn footprint_fits(&self, dynamics: &Dynamics, task: &Task, unit: UnitId) -> bool {
        let Some(at) = dynamics.units.get(unit.index()) else { return true };
        let model = dynamics.class(task).and_then(|c| c.model);
        let weights = model.map_or(0, |m| at.cache.would_pin(m.model, m.size));
        let need = dynamics.starting(task).saturating_add(weights);
        if need == 0 {
            return true;
        }
        let capacity = self.cluster.device(unit).memory;
        let total = at.held.saturating_add(at.cache.pinned()).saturating_add(need);
        if total > dynamics.most(capacity) {
            return false;
        }
        let more = total.saturating_sub(capacity.get()).saturating_sub(at.spilled);
        if more == 0 {
            return true;
        }
        let node = self.cluster.units[unit.index()].node;
        // Its own state makes room there when it comes back.
        let own = dynamics.swapped.get(&task.seq).and_then(|s| s.hosts.iter().find(|(n, _)| *n == node));
        let free = self.nodes[node.index()].memory.get().saturating_add(own.map_or(0, |(_, bytes)| *bytes));
        free >= host_need(task, more).get()
    }

    /// Whether enough units of `pool` would have the memory of `task` if nothing else were there.
    pub(in crate::model) fn footprint_could_fit(&self, dynamics: &Dynamics, task: &Task, pool: PoolId) -> bool {
        let here = &self.cluster.pools[pool.index()];
        let weights = dynamics.class(task).and_then(|c| c.model).map_or(0, |m| m.size);
        let need = dynamics.starting(task).saturating_add(weights);
        if need > dynamics.most(here.device.memory) {
            return false;
        }
        let more = need.saturating_sub(here.device.memory.get());
        if more == 0 {
            return true;
        }
        let host = |unit: &UnitId| self.cluster.nodes[self.cluster.units[unit.index()].node.index()].host_memory;
        let enough = here.units.iter().filter(|u| host(u) >= host_need(task, more));
        enough.take(task.spec.units as usize).count() == task.spec.units as usize
    }

    /// Takes the memory of a task that has been given `units`.
    pub(super) fn enter_memory(&mut self, id: TaskId, units: &[UnitId]) {
        self.release_swap(self.tasks[id].seq);
        let Some(dynamics) = self.dynamics.as_mut() else { return };
        let task = &self.tasks[id];
        let begun = dynamics.begun(task);
        let held = dynamics.holds(task, begun);
        let memory = TaskMemory { held, begun, stall: 0.0, blocked: None, ..dynamics.of(id, task) };
        let model = dynamics.class(task).and_then(|c| c.model);
        dynamics.put(id, memory);
        for &unit in units {
            if let (Some(ModelUse { model, size, priority }), Some(dynamics)) = (model, self.dynamics.as_mut()) {
                let at = &mut dynamics.units[unit.index()];
                let cost = size as f64 / at.link;
                at.cache.pin(model, size, cost, priority);
            }
            self.hold_memory(unit, held, 0);
        }
    }

    /// Gives back the memory of a task that leaves `units`.
    pub(super) fn leave_memory(&mut self, id: TaskId, units: &[UnitId]) {
        let Some(dynamics) = self.dynamics.as_mut() else { return };
        let task = &self.tasks[id];
        let memory = dynamics.of(id, task);
        let model = dynamics.class(task).and_then(|c| c.model);
        dynamics.put(id, TaskMemory { held: 0, begun: 0, stall: 0.0, blocked: None, ..memory });
        for &unit in units {
            if let (Some(model), Some(dynamics)) = (model, self.dynamics.as_mut()) {
                dynamics.units[unit.index()].cache.unpin(model.model);
            }
            self.hold_memory(unit, 0, memory.held);
        }
    }

    /// `more` bytes are held on `unit` and `less` are not any longer: idle models make room, the rest spills.
    fn hold_memory(&mut self, unit: UnitId, more: u64, less: u64) {
        let Some(dynamics) = self.dynamics.as_mut() else { return };
        let place = self.cluster.units[unit.index()];
        let capacity = self.cluster.pools[place.pool.index()].device.memory;
        let at = &mut dynamics.units[unit.index()];
        at.held = at.held.saturating_add(more).saturating_sub(less);
        let total = at.held.saturating_add(at.cache.pinned());
        at.cache.shrink(capacity.get().saturating_sub(total));
        let spilled = total.saturating_sub(capacity.get());
        let before = std::mem::replace(&mut at.spilled, spilled);
        if let Some(spill) = &dynamics.rules.spill {
            at.miss = spill.access.miss_share(total, capacity.get());
        }
        let used = total.saturating_add(at.cache.idle()).min(capacity.get());
        dynamics.spilled = dynamics.spilled - before + spilled;
        dynamics.touch(unit);
        let of = &mut self.units[unit.index()];
        let was = std::mem::replace(&mut of.memory_used, Bytes(used));
        of.memory_peak = of.memory_peak.max(of.memory_used);
        if capacity != Bytes::UNBOUNDED {
            self.gauges.memory_used = self.gauges.memory_used - was.get() + used;
        }
        if spilled != before {
            self.move_host_memory(place.node, spilled, before);
        }
    }

    /// `taken` bytes of a host are held from now on where `given` were.
    pub(super) fn move_host_memory(&mut self, node: NodeId, taken: u64, given: u64) {
        let free = &mut self.nodes[node.index()];
        free.memory = Bytes(free.memory.get().saturating_add(given).saturating_sub(taken));
        self.changes.released += u64::from(given > taken);
        self.index_node(node);
    }

    /// What a task would hold on each unit in its next phase, where there is one.
    pub fn next_footprint(&self, id: TaskId) -> Option<(u64, u64)> {
        let dynamics = self.dynamics.as_ref()?;
        let task = &self.tasks[id];
        let memory = dynamics.of(id, task);
        let more = memory.begun < dynamics.class(task)?.phases.len();
        more.then(|| (memory.held, dynamics.holds(task, memory.begun + 1)))
    }

    /// The units of a running task on which its next phase finds no room; none where it may begin.
    pub fn units_without_room(&self, id: TaskId) -> Vec<UnitId> {
        let (Some(dynamics), Some((held, next))) = (self.dynamics.as_ref(), self.next_footprint(id)) else {
            return Vec::new();
        };
        let more = next.saturating_sub(held);
        if more == 0 {
            return Vec::new();
        }
        let mut hosts: BTreeMap<NodeId, u64> = BTreeMap::new();
        let units = self.tasks[id].units.as_slice().iter().copied();
        let lacks = |unit: &UnitId| {
            let at = &dynamics.units[unit.index()];
            let capacity = self.cluster.device(*unit).memory;
            let total = at.held.saturating_add(at.cache.pinned()).saturating_add(more);
            let node = self.cluster.units[unit.index()].node;
            let taken = hosts.entry(node).or_default();
            *taken = taken.saturating_add(total.saturating_sub(capacity.get()).saturating_sub(at.spilled));
            total > dynamics.most(capacity) || *taken > self.nodes[node.index()].memory.get()
        };
        units.filter(lacks).collect()
    }

    /// A task enters its next phase. The caller has seen that there is room.
    pub fn grow(&mut self, id: TaskId) {
        let Some((held, next)) = self.next_footprint(id) else { return };
        if let Some(dynamics) = self.dynamics.as_mut() {
            let memory = dynamics.of(id, &self.tasks[id]);
            dynamics.put(id, TaskMemory { held: next, begun: memory.begun + 1, blocked: None, ..memory });
        }
        let units = std::mem::take(&mut self.tasks[id].units);
        for &unit in units.as_slice() {
            self.hold_memory(unit, next, held);
        }
        self.tasks[id].units = units;
        self.changes.released += u64::from(next < held);
    }

    /// What is known of a task's memory.
    pub fn memory_of(&self, id: TaskId) -> TaskMemory {
        self.dynamics.as_ref().map_or_else(TaskMemory::default, |d| d.of(id, &self.tasks[id]))
    }

    /// Changes it.
    pub fn set_memory(&mut self, id: TaskId, memory: TaskMemory) {
        if let Some(dynamics) = self.dynamics.as_mut() {
            dynamics.put(id, memory);
        }
    }

    /// When a running task enters its next phase at its present speed, if it began to work at `begun`.
    pub fn next_phase_at(&self, id: TaskId, begun: SimTime) -> Option<SimTime> {
        let dynamics = self.dynamics.as_ref()?;
        let task = &self.tasks[id];
        let memory = dynamics.of(id, task);
        let phase = dynamics.class(task)?.phases.get(memory.begun)?;
        let left = task.remaining - task.service.scaled(1.0 - phase.from);
        (task.rate > 0.0).then(|| begun + if task.rate == 1.0 { left } else { left.scaled(1.0 / task.rate) })
    }

    /// The rate of a task that would progress at `rate` if its memory were all there.
    pub(super) fn slowed(&self, dynamics: &Dynamics, id: TaskId, rate: f64) -> f64 {
        let memory = dynamics.of(id, &self.tasks[id]);
        match &dynamics.rules.spill {
            _ if memory.blocked.is_some() => 0.0,
            Some(spill) => spill.overlap.slowed(rate, memory.stall),
            None => rate,
        }
    }

    /// Seconds on the link for each second of full-speed progress of a running task: `m B n / BW` on the worst of its
    /// units, `n` tasks having part of the link.
    pub fn stall_of(&self, id: TaskId) -> f64 {
        let Some(dynamics) = self.dynamics.as_ref() else { return 0.0 };
        let Some(spill) = &dynamics.rules.spill else { return 0.0 };
        let task = &self.tasks[id];
        let bytes = self.traffic(dynamics, spill, task);
        if bytes == 0.0 {
            return 0.0;
        }
        let on = |unit: &UnitId| {
            let at = &dynamics.units[unit.index()];
            if at.miss == 0.0 { 0.0 } else { at.miss * bytes * self.link_users(dynamics, spill, *unit) / at.link }
        };
        task.units.as_slice().iter().map(on).fold(0.0, f64::max)
    }

    /// Bytes that a task moves for each second of full-speed progress: as stated, or as its operations say, or a share
    /// of what its device can.
    fn traffic(&self, dynamics: &Dynamics, spill: &Spill, task: &Task) -> f64 {
        if let Some(stated) = dynamics.class(task).and_then(|c| c.traffic) {
            return stated;
        }
        let device = || self.cluster.pools.get(task.pool.index()).and_then(|p| p.device.bandwidth);
        match task.spec.work {
            Work::Roofline { bytes, .. } if bytes > 0.0 => {
                let seconds = self.true_time(task, task.pool).as_secs_f64();
                if seconds > 0.0 { bytes / seconds } else { 0.0 }
            }
            _ => device().unwrap_or(0.0) * spill.traffic,
        }
    }

    /// How many tasks that compute have part of the link of `unit`.
    fn link_users(&self, dynamics: &Dynamics, spill: &Spill, unit: UnitId) -> f64 {
        let computing = |u: UnitId| {
            let users = self.units[u.index()].residents.iter().filter(|id| self.moves_data(dynamics, spill, **id));
            users.count()
        };
        let users = match spill.link {
            LinkScope::Unit => computing(unit),
            LinkScope::Node => {
                let node = &self.cluster.nodes[self.cluster.units[unit.index()].node.index()];
                let spilling = node.units.clone().filter(|u| dynamics.units[*u as usize].miss > 0.0);
                spilling.map(|u| computing(UnitId(u))).sum()
            }
        };
        users.max(1) as f64
    }

    fn moves_data(&self, dynamics: &Dynamics, spill: &Spill, id: TaskId) -> bool {
        let task = &self.tasks[id];
        task.is_busy() && dynamics.of(id, task).blocked.is_none() && self.traffic(dynamics, spill, task) > 0.0
    }

    /// Takes the stalls of the residents of `unit` into its pressure: a task that reads over the link stands still for
    /// that part of its time, one that waits for memory or for weights for all of it.
    pub fn press(&mut self, unit: UnitId, now: SimTime) {
        let Some(dynamics) = self.dynamics.as_ref() else { return };
        let overlap = dynamics.rules.spill.map(|s| s.overlap).unwrap_or_default();
        let awake = self.units[unit.index()].phase == UnitPhase::Awake;
        let share = |id: &TaskId| {
            let task = &self.tasks[*id];
            let memory = dynamics.of(*id, task);
            match task.phase {
                Phase::Placed if awake && task.waking > 0 => {
                    let brings = dynamics.class(task).is_some_and(|c| c.model.is_some());
                    f64::from(u8::from(brings || dynamics.swapped.contains_key(&task.seq)))
                }
                Phase::Placed => 0.0,
                _ if memory.blocked.is_some() => 1.0,
                Phase::Running if memory.stall > 0.0 => {
                    let free = self.free_rate(*id);
                    if free > 0.0 { 1.0 - overlap.slowed(free, memory.stall) / free } else { 0.0 }
                }
                _ => 0.0,
            }
        };
        let shares: Vec<f64> = self.units[unit.index()].residents.iter().map(share).collect();
        if let Some(at) = self.dynamics.as_mut().and_then(|d| d.units.get_mut(unit.index())) {
            at.pressure.set(now, shares.into_iter());
        }
    }

    /// Whether what is held, spilled and kept adds up.
    pub fn check_memory(&self) -> Result<(), String> {
        let Some(dynamics) = self.dynamics.as_ref() else { return Ok(()) };
        let mut held = vec![0u64; dynamics.units.len()];
        let mut hosts: Vec<u64> = self.nodes.iter().map(|n| n.memory.get()).collect();
        for (id, task) in self.tasks.iter() {
            for unit in task.units.as_slice() {
                held[unit.index()] += dynamics.of(id, task).held;
            }
            for node in task.nodes.as_slice() {
                hosts[node.index()] = hosts[node.index()].saturating_add(task.spec.host_memory.get());
            }
        }
        for (i, (at, sum)) in dynamics.units.iter().zip(&held).enumerate() {
            let unit = UnitId(i as u32);
            at.cache.check().map_err(|e| format!("unit {i}: {e}"))?;
            if at.held != *sum {
                return Err(format!("unit {i}: its tasks hold {sum} B, {} counted", at.held));
            }
            let total = at.held.saturating_add(at.cache.pinned());
            if total > dynamics.most(self.cluster.device(unit).memory) {
                return Err(format!("unit {i}: {total} B are more than may be held"));
            }
            let node = self.cluster.units[i].node;
            hosts[node.index()] = hosts[node.index()].saturating_add(at.spilled);
        }
        for (node, bytes) in dynamics.swapped.values().flat_map(|s| &s.hosts) {
            hosts[node.index()] = hosts[node.index()].saturating_add(*bytes);
        }
        if dynamics.spilled != dynamics.units.iter().map(|u| u.spilled).sum::<u64>() {
            return Err("the sum of what is spilled is not that of the units".into());
        }
        for (node, (found, built)) in hosts.iter().zip(&self.cluster.nodes).enumerate() {
            if *found != built.host_memory.get() {
                return Err(format!(
                    "node {node}: free and held host memory are {found} B, not {}",
                    built.host_memory.get()
                ));
            }
        }
        Ok(())
    }
}

/// Host memory that a task needs whose units spill `more` bytes each.
fn host_need(task: &Task, more: u64) -> Bytes {
    let units = u64::from(task.widths().1.max(1));
    let own = task.spec.host_memory.get().saturating_mul(u64::from(task.spec.instances));
    Bytes(more.saturating_mul(units).saturating_add(own))
}
