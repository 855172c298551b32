//! The state of the machine, and the only doors through which it changes.
//!
//! Every change of load, phase or frequency goes through [`World::change_unit`], which first closes
//! the unit's integrals: no energy can be missed or counted twice.

use crate::units::{Bytes, NodeId, PoolId, Power, Share, SimDuration, SimTime, TaskId, UnitId};

use super::cluster::{Cluster, Device, Pool};
use super::free_set::FreeSet;
use super::memory::{Block, external_fragmentation};
use super::task::{Class, Phase, Task, Tasks, UnitList, Work};
use super::unit::{EnergyState, Space, Unit, UnitPhase, UnitTotals};

/// Host resources left on a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NodeFree {
    /// Processors in thousandths.
    pub cpus: u64,
    /// Memory.
    pub memory: Bytes,
    /// Units of the node with nothing on them.
    pub whole_units: u32,
}

/// Free capacity of a pool.
#[derive(Clone, Debug)]
pub struct PoolFree {
    /// Units with nothing on them, by position in the pool.
    pub whole: FreeSet,
    /// Sum of all free shares, in millionths.
    pub share: u64,
    /// Sum of all computing shares, in millionths.
    pub load: u64,
    /// Sum of the units' clocks in hertz.
    pub clock: u64,
}

/// Sums over the whole machine that observers read at each quiet instant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gauges {
    /// Tasks in the scheduler's queue.
    pub waiting: u32,
    /// Tasks that have their units.
    pub running: u32,
    /// Tasks in the cloud.
    pub in_cloud: u32,
    /// Power in each [`EnergyState`].
    pub power: [Power; 4],
    /// Used device memory where it is bounded.
    pub memory_used: u64,
    /// Sum of the units' fragmentation in millionths.
    pub fragmentation: u64,
}

impl Gauges {
    /// Power of the whole machine.
    pub fn total_power(&self) -> Power {
        self.power.iter().fold(Power::ZERO, |sum, p| sum + *p)
    }
}

/// Where a task is to run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Site {
    /// Units, ascending and all of one pool; empty for a task that needs only its host.
    pub units: Vec<UnitId>,
    /// Node that gives host resources.
    pub node: Option<NodeId>,
}

/// The state of the machine.
pub struct World {
    /// The machine as built.
    pub cluster: Cluster,
    /// Classes of tasks.
    pub classes: Vec<Class>,
    /// Tasks in the system.
    pub tasks: Tasks,
    /// Tasks that hold units, in no order that means anything.
    pub running: Vec<TaskId>,
    /// Units in motion.
    pub units: Vec<Unit>,
    /// Host resources left.
    pub nodes: Vec<NodeFree>,
    /// Free capacity by pool.
    pub pools: Vec<PoolFree>,
    /// Sums over the machine.
    pub gauges: Gauges,
    /// Device memory of all units where it is bounded.
    pub memory_capacity: u64,
    /// Whether memory is placed in blocks.
    pub has_blocks: bool,
}

impl World {
    /// The machine at time zero: all units awake and empty.
    pub fn new(
        cluster: Cluster,
        classes: Vec<Class>,
        mut space: impl FnMut(Bytes) -> Space,
        mut pstate: impl FnMut(&Device) -> u8,
    ) -> Self {
        let units: Vec<Unit> = cluster
            .units
            .iter()
            .map(|place| {
                let pool = &cluster.pools[place.pool.index()];
                let capacity = pool.device.memory;
                let space = if capacity == Bytes::UNBOUNDED { Space::Counter } else { space(capacity) };
                Unit::new(&pool.device, pstate(&pool.device).min(pool.ceiling), space)
            })
            .collect();
        let clock = |p: &Pool| -> u64 {
            let of = |u: &UnitId| {
                p.device.pstates.get(usize::from(units[u.index()].pstate)).map_or(0, |s| s.frequency as u64)
            };
            p.units.iter().map(of).sum()
        };
        let nodes = cluster
            .nodes
            .iter()
            .map(|n| NodeFree { cpus: n.host_cpus, memory: n.host_memory, whole_units: n.units.len() as u32 })
            .collect();
        let pools = cluster
            .pools
            .iter()
            .map(|p| PoolFree {
                whole: FreeSet::full(p.units.len()),
                share: p.units.len() as u64 * u64::from(Share::WHOLE.0),
                load: 0,
                clock: clock(p),
            })
            .collect();
        let mut gauges = Gauges::default();
        for unit in &units {
            gauges.power[EnergyState::Idle as usize] += unit.power;
        }
        let memory_capacity = cluster
            .pools
            .iter()
            .filter(|p| p.device.memory != Bytes::UNBOUNDED)
            .fold(0u64, |sum, p| sum.saturating_add(p.device.memory.get().saturating_mul(p.units.len() as u64)));
        let has_blocks = units.iter().any(|u| matches!(u.space, Space::Blocks(_)));
        Self {
            cluster,
            classes,
            tasks: Tasks::default(),
            running: Vec::new(),
            units,
            nodes,
            pools,
            gauges,
            memory_capacity,
            has_blocks,
        }
    }

    /// The class of a task.
    pub fn class_of(&self, task: &Task) -> &Class {
        &self.classes[task.spec.class as usize]
    }

    /// True full time of `task` at full speed on `pool`.
    pub fn true_time(&self, task: &Task, pool: PoolId) -> SimDuration {
        let class = self.class_of(task);
        class.option(pool).map_or(SimDuration::MAX, |option| option.time_of(&task.spec.work))
    }

    /// Estimated full time of `task` at full speed on `pool`.
    pub fn estimated_time(&self, task: &Task, pool: PoolId) -> SimDuration {
        let class = self.class_of(task);
        let Some(option) = class.option(pool) else { return SimDuration::MAX };
        match task.spec.work {
            Work::Time(_) => task.estimate.scaled(option.factor),
            // The reference of a roofline task is its fastest pool.
            Work::Roofline { .. } => {
                let here = self.true_time(task, pool).as_secs_f64();
                let best = self.reference_time(class, &task.spec.work).as_secs_f64();
                task.estimate.scaled(here / best.max(1e-9))
            }
        }
    }

    /// The time to which estimates refer: the reference duration, or the roofline of the fastest pool.
    pub fn reference_time(&self, class: &Class, work: &Work) -> SimDuration {
        match work {
            Work::Time(duration) => *duration,
            Work::Roofline { .. } => class.options.iter().map(|o| o.time_of(work)).min().unwrap_or(SimDuration::ZERO),
        }
    }

    /// Whether `task` fits on `unit` now, host resources aside.
    pub fn unit_fits(&self, task: &Task, unit: UnitId) -> bool {
        let at = &self.units[unit.index()];
        at.free >= task.spec.share && at.memory_fits(task.spec.memory, self.cluster.device(unit).memory)
    }

    /// Whether `node` has the host resources of `task` now.
    pub fn node_fits(&self, task: &Task, node: NodeId) -> bool {
        let free = &self.nodes[node.index()];
        free.cpus >= task.spec.host_cpus && free.memory >= task.spec.host_memory
    }

    /// Gives `task` the units of `site`. The caller has checked that they fit.
    ///
    /// Units asleep start to wake; `true` where the task can run at once.
    pub fn occupy(&mut self, id: TaskId, site: &Site, now: SimTime) -> bool {
        let (share, memory, cpus, host_memory) = {
            let spec = &self.tasks[id].spec;
            (spec.share, spec.memory, spec.host_cpus, spec.host_memory)
        };
        let mut waking = 0;
        let mut blocks = Vec::new();
        for &unit in &site.units {
            self.take_share(unit, share);
            self.take_memory(unit, memory, &mut blocks);
            self.units[unit.index()].residents.push(id);
            if self.units[unit.index()].phase != UnitPhase::Awake {
                waking += 1;
            }
        }
        if let Some(node) = site.node {
            let free = &mut self.nodes[node.index()];
            free.cpus -= cpus.min(free.cpus);
            free.memory = Bytes(free.memory.get() - host_memory.get().min(free.memory.get()));
        }
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
        task.node = site.node;
        task.waking = waking;
        task.placed_at = now;
        task.running_index = index;
        waking == 0
    }

    /// Takes everything back that `task` holds. Its load must have been taken off before. The list of its
    /// units stays readable until it is placed again or leaves the system.
    pub fn vacate(&mut self, id: TaskId) {
        let task = &mut self.tasks[id];
        let units = std::mem::take(&mut task.units);
        let blocks = std::mem::take(&mut task.blocks);
        let index = task.running_index as usize;
        let (share, memory, node) = (task.spec.share, task.spec.memory, task.node.take());
        let (cpus, host_memory) = (task.spec.host_cpus, task.spec.host_memory);
        for (i, &unit) in units.as_slice().iter().enumerate() {
            self.give_share(unit, share);
            self.give_memory(unit, memory, blocks.get(i));
            let residents = &mut self.units[unit.index()].residents;
            if let Some(at) = residents.iter().position(|r| *r == id) {
                residents.swap_remove(at);
            }
        }
        if let Some(node) = node {
            let free = &mut self.nodes[node.index()];
            free.cpus = free.cpus.saturating_add(cpus);
            free.memory = Bytes(free.memory.get().saturating_add(host_memory.get()));
        }
        self.tasks[id].units = units;
        self.running.swap_remove(index);
        if let Some(moved) = self.running.get(index) {
            self.tasks[*moved].running_index = index as u32;
        }
        self.gauges.running -= 1;
    }

    fn take_share(&mut self, unit: UnitId, share: Share) {
        let place = self.cluster.units[unit.index()];
        let pool = &mut self.pools[place.pool.index()];
        let at = &mut self.units[unit.index()];
        if at.free == Share::WHOLE {
            pool.whole.remove(place.local);
            self.nodes[place.node.index()].whole_units -= 1;
        }
        at.free = Share(at.free.0 - share.0);
        pool.share -= u64::from(share.0);
    }

    fn give_share(&mut self, unit: UnitId, share: Share) {
        let place = self.cluster.units[unit.index()];
        let pool = &mut self.pools[place.pool.index()];
        let at = &mut self.units[unit.index()];
        at.free = Share(at.free.0 + share.0);
        pool.share += u64::from(share.0);
        if at.free == Share::WHOLE {
            pool.whole.insert(place.local);
            self.nodes[place.node.index()].whole_units += 1;
        }
    }

    fn take_memory(&mut self, unit: UnitId, size: Bytes, blocks: &mut Vec<Block>) {
        if size.is_zero() {
            return;
        }
        let at = &mut self.units[unit.index()];
        let mut taken = size.get();
        if let Space::Blocks(space) = &mut at.space {
            let block = space.allocate(size).unwrap_or(Block { start: 0, length: 0 });
            taken = block.length;
            blocks.push(block);
            let after = external_fragmentation(space.as_ref());
            self.gauges.fragmentation = self.gauges.fragmentation + u64::from(after)
                - u64::from(std::mem::replace(&mut at.fragmentation, after));
        }
        at.memory_used = Bytes(at.memory_used.get().saturating_add(taken));
        at.memory_peak = at.memory_peak.max(at.memory_used);
        if self.cluster.device(unit).memory != Bytes::UNBOUNDED {
            self.gauges.memory_used += taken;
        }
    }

    fn give_memory(&mut self, unit: UnitId, size: Bytes, block: Option<&Block>) {
        if size.is_zero() {
            return;
        }
        let at = &mut self.units[unit.index()];
        let mut given = size.get();
        if let (Space::Blocks(space), Some(block)) = (&mut at.space, block) {
            given = block.length;
            space.release(*block);
            let after = external_fragmentation(space.as_ref());
            self.gauges.fragmentation = self.gauges.fragmentation + u64::from(after)
                - u64::from(std::mem::replace(&mut at.fragmentation, after));
        }
        at.memory_used = Bytes(at.memory_used.get().saturating_sub(given));
        if self.cluster.device(unit).memory != Bytes::UNBOUNDED {
            self.gauges.memory_used -= given;
        }
    }

    /// The one door for changes of load, phase and P-state: closes the integrals, then applies
    /// `change`, then takes the new power into the sums.
    pub fn change_unit(&mut self, unit: UnitId, now: SimTime, change: impl FnOnce(&mut Unit)) {
        let place = self.cluster.units[unit.index()];
        let device = &self.cluster.pools[place.pool.index()].device;
        let at = &mut self.units[unit.index()];
        at.close(now, device);
        let (load, pstate) = (at.load, at.pstate);
        change(at);
        let (power, state) = at.demand(device);
        let pool = &mut self.pools[place.pool.index()];
        pool.load = pool.load + u64::from(at.load.0) - u64::from(load.0);
        if at.pstate != pstate {
            let clock = |p: u8| device.pstates.get(usize::from(p)).map_or(0, |s| s.frequency as u64);
            pool.clock = pool.clock + clock(at.pstate) - clock(pstate);
        }
        self.gauges.power[at.state as usize] -= at.power;
        self.gauges.power[state as usize] += power;
        (at.power, at.state) = (power, state);
    }

    /// Puts the load of `id` on its units: it runs from now on.
    pub fn begin_running(&mut self, id: TaskId, now: SimTime) {
        let share = self.tasks[id].spec.share;
        let units = std::mem::take(&mut self.tasks[id].units);
        for &unit in units.as_slice() {
            self.change_unit(unit, now, |u| {
                u.load = Share(u.load.0 + share.0);
                u.served += 1;
            });
        }
        self.tasks[id].units = units;
        let rate = self.rate_of(id);
        let task = &mut self.tasks[id];
        task.phase = Phase::Running;
        task.rate = rate;
        task.settled = now;
        task.last_start = now;
        task.first_start = task.first_start.min(now);
    }

    /// Takes the load of a running task off its units; progress and energy are brought up to date.
    pub fn stop_running(&mut self, id: TaskId, now: SimTime) {
        self.settle_task(id, now);
        let share = self.tasks[id].spec.share;
        let units = std::mem::take(&mut self.tasks[id].units);
        for &unit in units.as_slice() {
            self.change_unit(unit, now, |u| u.load = Share(u.load.0 - share.0));
        }
        self.tasks[id].units = units;
    }

    /// Brings the progress and the energy of a running task up to `now`.
    pub fn settle_task(&mut self, id: TaskId, now: SimTime) {
        let passed = now - self.tasks[id].settled;
        if passed.is_zero() {
            return;
        }
        let share = self.tasks[id].spec.share;
        let power = self.tasks[id].units.as_slice().iter().fold(Power::ZERO, |sum, unit| {
            let at = &self.units[unit.index()];
            let device = self.cluster.device(*unit);
            let active = device.pstates.get(usize::from(at.pstate)).map_or(device.idle, |p| p.active);
            sum + active.scaled(share)
        });
        let task = &mut self.tasks[id];
        task.settled = now;
        task.run += passed;
        task.energy += power.during(passed);
        task.remaining = task.remaining - passed.scaled(task.rate);
    }

    /// The progress rate of a placed task: that of its slowest unit.
    pub fn rate_of(&self, id: TaskId) -> f64 {
        let task = &self.tasks[id];
        let Some(option) = self.class_of(task).option(task.pool) else { return 1.0 };
        let device = &self.cluster.pools[task.pool.index()].device;
        task.units
            .as_slice()
            .iter()
            .map(|u| device.rate(usize::from(self.units[u.index()].pstate), option.beta))
            .fold(1.0, f64::min)
    }

    /// Closes the integrals of all units, so that totals can be read.
    pub fn close_all(&mut self, now: SimTime) {
        for (unit, place) in self.units.iter_mut().zip(&self.cluster.units) {
            unit.close(now, &self.cluster.pools[place.pool.index()].device);
        }
    }

    /// Totals of all units up to the last closing.
    pub fn totals(&self) -> Vec<UnitTotals> {
        self.units.iter().map(|u| u.totals).collect()
    }
}
