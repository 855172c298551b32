//! The state of the machine, and the only doors through which it changes.
//!
//! Every change of load, phase or frequency goes through [`World::change_unit`], which first closes
//! the unit's integrals: no energy can be missed or counted twice.

mod accounts;
mod footprint;
mod index;
mod memory;
mod motion;
mod occupy;
mod outage;
mod reach;
mod recovery;
mod swapped;
mod transfer;

pub use accounts::{Account, Accounts, Holding};
pub use memory::{Compactor, PlacedMemory};

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::rng::Shuffle;
use crate::units::{Bytes, NodeId, PoolId, Power, SimDuration, SimTime, TaskId, UnitId};

use super::cluster::{Cluster, Pool};
use super::device::Device;
use super::facility::Facility;
use super::fragmentation::Shapes;
use super::free_set::FreeSet;
use super::heat::Heat;
use super::memory::Admission;
use super::memory::dynamics::Dynamics;
use super::outage::Outages;
use super::power_cap::CapLevel;
use super::preemption::Preemption;
use super::recovery::Checkpoints;
use super::task::{Class, Shape, Submission, Task, Tasks, Work};
use super::unit::{EnergyState, Space, Unit, UnitTotals};

/// Host resources left on a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NodeFree {
    /// Processors in thousandths.
    pub cpus: u64,
    /// Memory.
    pub memory: Bytes,
    /// Units of the node with nothing on them.
    pub whole_units: u32,
    /// Sum of the free shares of its units, in millionths.
    pub share: u64,
    /// It has failed: nothing of it can be had.
    pub closed: bool,
}

/// Free capacity of a pool.
#[derive(Clone, Debug)]
pub struct PoolFree {
    /// Units with nothing on them, by position in the pool.
    pub whole: FreeSet,
    /// Sum of all free shares, in millionths.
    pub share: u64,
    /// Sum of the places of units that have failed, in millionths.
    pub closed: u64,
    /// Sum of all computing shares, in millionths.
    pub load: u64,
    /// Sum of the units' clocks in hertz.
    pub clock: u64,
    /// Sum of the units' powers.
    pub power: Power,
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
    pub power: [Power; EnergyState::COUNT],
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

/// How often something has happened that may spoil what a policy remembers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Tasks were given units.
    pub placed: u64,
    /// Units, memory or host resources were given back: what did not fit may fit now.
    pub released: u64,
    /// The speed of a running task changed.
    pub retimed: u64,
    /// Units came back into reach that had been out of it.
    pub reopened: u64,
}

/// Where a task is to run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Site {
    /// Units, ascending and all of one pool, a pooled unit as often as parts of it are taken; empty for a task
    /// that needs only its host.
    pub units: Vec<UnitId>,
    /// Nodes that give host resources, ascending: one for each instance of the task.
    pub nodes: Vec<NodeId>,
}

impl Site {
    /// Units of one node, or of several where `node` is `None`.
    pub fn new(units: Vec<UnitId>, node: Option<NodeId>) -> Self {
        Self { units, nodes: node.into_iter().collect() }
    }
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
    /// What preemption costs.
    pub preemption: Preemption,
    /// What has failed; absent where nothing can.
    pub outages: Option<Box<Outages>>,
    /// How running tasks save their state; absent where they do not.
    pub checkpoints: Option<Box<Checkpoints>>,
    /// Sums over the machine.
    pub gauges: Gauges,
    /// What each user holds and has used.
    pub accounts: Accounts,
    /// Device memory of all units where it is bounded.
    pub memory_capacity: u64,
    /// Whether memory is placed in blocks.
    pub has_blocks: bool,
    /// Memory that acts on speed, where the scenario has any.
    pub dynamics: Option<Box<Dynamics>>,
    /// Sums over the memory that is placed in blocks.
    pub placed: PlacedMemory,
    /// What is kept back for the spread of footprints; `None`: nothing.
    pub admission: Option<Admission>,
    /// Moves blocks together; `None`: nobody.
    pub compactor: Option<Box<Compactor>>,
    /// The memory of an empty unit, by pool.
    blank: Vec<Space>,
    /// Whether every unit is one device that is given away once.
    plain: bool,
    /// Whether tasks take turns on some unit.
    pub has_turns: bool,
    /// What decides ties, if not the order of arrival and the numbers of units and nodes.
    pub shuffle: Option<Shuffle>,
    /// What an operator knows of the workload's shapes from history; set by who makes the world.
    pub shapes: Arc<Shapes>,
    /// The power budget that is shared out as the run goes on, if there is one.
    pub cap: Option<CapLevel>,
    /// What policies may have to learn anew.
    pub changes: Changes,
    /// Units that are out of reach: their shares are withheld though nothing is on them.
    pub withheld: Vec<UnitId>,
    /// Temperatures, where some device has thermal figures.
    pub heat: Option<Box<Heat>>,
    /// What the building's energy costs, where that is asked for.
    pub facility: Option<Box<Facility>>,
    index: index::Index,
    /// By class, the first one that may use the same pools in the same way.
    kin: Vec<u32>,
}

impl World {
    /// The machine at time zero: all units awake and empty.
    pub fn new(
        cluster: Cluster,
        classes: Vec<Class>,
        shuffle: Option<Shuffle>,
        mut space: impl FnMut(Bytes) -> Space,
        mut pstate: impl FnMut(&Device) -> u8,
    ) -> Self {
        let mut space = |capacity| if capacity == Bytes::UNBOUNDED { Space::Counter } else { space(capacity) };
        let blank: Vec<Space> = cluster.pools.iter().map(|p| space(p.device.memory)).collect();
        let mut units: Vec<Unit> = cluster
            .units
            .iter()
            .map(|place| {
                let pool = &cluster.pools[place.pool.index()];
                let space = space(pool.device.memory);
                let ceiling = pool.ceiling.min(place.ceiling);
                Unit::new(&pool.device, place.size, pstate(&pool.device), ceiling, space)
            })
            .collect();
        if classes.iter().any(|class| class.activity.is_some()) {
            units.iter_mut().for_each(|unit| unit.drive = Some(Box::default()));
        }
        let clock = |p: &Pool| -> u64 {
            let of = |u: &UnitId| {
                p.device.pstates.get(usize::from(units[u.index()].pstate)).map_or(0, |s| s.frequency as u64)
            };
            p.units.iter().map(of).sum()
        };
        let nodes = cluster
            .nodes
            .iter()
            .map(|n| {
                let count = n.units.len() as u32;
                let share = n.units.clone().map(|u| u64::from(cluster.units[u as usize].size.places.0)).sum();
                NodeFree { cpus: n.host_cpus, memory: n.host_memory, whole_units: count, share, closed: false }
            })
            .collect();
        let pools = cluster
            .pools
            .iter()
            .map(|p| PoolFree {
                whole: FreeSet::full(p.units.len()),
                share: p.places,
                closed: 0,
                load: 0,
                clock: clock(p),
                power: p.units.iter().fold(Power::ZERO, |sum, u| sum + units[u.index()].power),
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
        let plain = cluster.pools.iter().all(Pool::is_plain);
        let has_turns = units.iter().any(|u| u.size.is_time_shared());
        let has_blocks = units.iter().any(|u| matches!(u.space, Space::Blocks(_)));
        let kin = kin(&classes);
        let heat = Heat::new(&cluster, &units).map(Box::new);
        let facility = cluster.facility.as_deref().map(|terms| Box::new(Facility::new(terms.clone())));
        Self {
            heat,
            facility,
            accounts: Accounts::new(&cluster),
            cluster,
            classes,
            tasks: Tasks::new(shuffle),
            running: Vec::new(),
            units,
            nodes,
            pools,
            preemption: Preemption::FREE,
            outages: None,
            checkpoints: None,
            gauges,
            memory_capacity,
            has_blocks,
            dynamics: None,
            placed: PlacedMemory::new(&blank),
            admission: None,
            compactor: None,
            blank,
            plain,
            has_turns,
            shuffle,
            shapes: Arc::default(),
            cap: None,
            changes: Changes::default(),
            withheld: Vec::new(),
            index: index::Index::default(),
            kin,
        }
    }

    /// What a number counts in a tie.
    pub fn tie(&self, number: u64) -> u64 {
        self.shuffle.map_or(number, |s| s.place(number))
    }

    /// The class of a task.
    pub fn class_of(&self, task: &Task) -> &Class {
        &self.classes[task.spec.class as usize]
    }

    /// All that decides where `task` fits.
    pub fn shape_of(&self, task: &Task) -> Shape {
        let Submission { class, units, instances, share, memory, memory_sd, host_cpus, host_memory, .. } = task.spec;
        let (class, memory) = match &self.dynamics {
            None => (self.kin.get(class as usize).copied().unwrap_or(class), memory),
            // Classes differ in what they do with memory, and tasks in what they ask for anew.
            Some(dynamics) => (class, Bytes(dynamics.starting(task))),
        };
        Shape { class, units, instances, share, memory, memory_sd, host_cpus, host_memory }
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
        if let Some(dynamics) = &self.dynamics {
            return at.free >= task.spec.share && self.footprint_fits(dynamics, task, unit);
        }
        at.free >= task.spec.share
            && at.memory_fits(task.spec.memory, self.cluster.device(unit).memory)
            && self.memory_admits(task, unit)
    }

    /// Whether `node` has the host resources of `task` now.
    pub fn node_fits(&self, task: &Task, node: NodeId) -> bool {
        let free = &self.nodes[node.index()];
        !free.closed && free.cpus >= task.spec.host_cpus && free.memory >= task.spec.host_memory
    }

    /// Closes the integrals of all units, so that totals can be read, and books their energy.
    pub fn close_all(&mut self, now: SimTime) {
        for (unit, place) in self.units.iter_mut().zip(&self.cluster.units) {
            unit.close(now, &self.cluster.pools[place.pool.index()].device);
        }
        if let Some(heat) = &mut self.heat {
            for (id, unit) in (0..).zip(&mut self.units) {
                heat.close(UnitId(id), now, unit);
            }
        }
        if let Some(facility) = &mut self.facility {
            facility.book(now, self.units.iter().flat_map(|u| u.totals.energy).sum());
        }
    }

    /// Brings the temperature of a unit up to `now`, and what it adds to the unit's energy.
    pub fn close_heat(&mut self, id: UnitId, now: SimTime) {
        if let (Some(heat), Some(unit)) = (&mut self.heat, self.units.get_mut(id.index())) {
            unit.close(now, self.cluster.device(id));
            heat.close(id, now, unit);
        }
    }

    /// Totals of all units up to the last closing.
    pub fn totals(&self) -> Vec<UnitTotals> {
        self.units.iter().map(|u| u.totals).collect()
    }
}

/// For each class the first one with the same pools, and the same answer to whether all must be in one node.
fn kin(classes: &[Class]) -> Vec<u32> {
    let mut first = BTreeMap::new();
    let pools = |c: &Class| -> (Vec<PoolId>, bool) { (c.options.iter().map(|o| o.pool).collect(), c.one_node) };
    (0..).zip(classes).map(|(i, class)| *first.entry(pools(class)).or_insert(i)).collect()
}
