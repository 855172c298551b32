//! Memory that acts on speed: footprints that grow, spill to the host and share weights. Absent where a scenario has
//! none of it.

use std::collections::BTreeMap;

use crate::units::{Bytes, NodeId, SimDuration, SimTime, TaskId, UnitId};

use super::super::task::Task;
use super::cache::{Cache, CacheCounts};
use super::phases::{ClassMemory, Oom, Reserve};
use super::pressure::Pressure;
use super::spill::Spill;

/// What holds for all units of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MemoryRules {
    /// Spilling to the host; `None`: what does not fit has no place.
    pub spill: Option<Spill>,
    /// What happens for want of memory.
    pub oom: Oom,
    /// What a task holds besides what it uses.
    pub reserve: Reserve,
    /// Preempted tasks move their state to the host and back, each transfer beginning with this latency; `None`: as the
    /// price of preemption says.
    pub swap: Option<SimDuration>,
}

/// The memory of one unit.
pub struct UnitMemory {
    /// Bytes that its tasks hold, spilled ones too; shared weights aside.
    pub held: u64,
    /// Of what is held and of weights in use, the bytes that are on the host.
    pub spilled: u64,
    /// Share of the traffic that misses the device.
    pub miss: f64,
    /// Bytes per second to its host; infinite where it states none.
    pub link: f64,
    /// Weights of models.
    pub cache: Cache,
    /// How long tasks stood still.
    pub pressure: Pressure,
    touched: bool,
}

impl UnitMemory {
    /// An empty unit.
    pub fn new(link: f64, cache: Cache) -> Self {
        let pressure = Pressure::default();
        Self { held: 0, spilled: 0, miss: 0.0, link, cache, pressure, touched: false }
    }
}

/// The memory of one task.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TaskMemory {
    /// The task's number: slots are used again.
    pub seq: u64,
    /// Bytes held on each of its units.
    pub held: u64,
    /// Phases that have begun.
    pub begun: usize,
    /// Seconds on the link for each second of full-speed progress.
    pub stall: f64,
    /// Since when it stands still for want of memory.
    pub blocked: Option<SimTime>,
}

/// A task that has asked for too little.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Again {
    /// Bytes on each unit that it asks for now.
    pub request: u64,
    /// How often it has asked anew.
    pub retries: u32,
}

/// The state of a preempted task.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Swapped {
    /// Bytes of each of its units.
    pub bytes: u64,
    /// What each host holds of it; nothing any longer once it has been placed again.
    pub hosts: Vec<(NodeId, u64)>,
    /// It is on its way back.
    pub returning: bool,
}

/// How often something has happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MemoryCounts {
    /// A task stood still for want of memory.
    pub stalls: u64,
    /// A task was killed, or refused, for want of memory.
    pub kills: u64,
    /// A task began anew with a larger request.
    pub retries: u64,
    /// Bytes that preemption moved to hosts.
    pub swapped: u128,
    /// A preempted task lost its work, as its host had no room for its state.
    pub swap_losses: u64,
}

/// The state.
pub struct Dynamics {
    /// What holds for all units.
    pub rules: MemoryRules,
    /// By class of tasks.
    pub classes: Vec<ClassMemory>,
    /// By unit.
    pub units: Vec<UnitMemory>,
    /// By slot.
    tasks: Vec<TaskMemory>,
    /// Tasks that have asked for too little, by number.
    pub again: BTreeMap<u64, Again>,
    /// Tasks whose state is on hosts, or on its way, by number.
    pub swapped: BTreeMap<u64, Swapped>,
    /// B/s of the nodes' links, for swaps.
    node_links: Vec<f64>,
    /// Bytes on hosts now.
    pub spilled: u64,
    /// What has happened.
    pub counts: MemoryCounts,
    /// Units whose memory or load has changed since this was last taken.
    touched: Vec<UnitId>,
}

impl Dynamics {
    /// Nothing held yet.
    pub fn new(rules: MemoryRules, classes: Vec<ClassMemory>, units: Vec<UnitMemory>, node_links: Vec<f64>) -> Self {
        let (tasks, touched) = (Vec::new(), Vec::new());
        Self {
            rules,
            classes,
            units,
            tasks,
            again: BTreeMap::new(),
            swapped: BTreeMap::new(),
            node_links,
            spilled: 0,
            counts: MemoryCounts::default(),
            touched,
        }
    }

    /// What is known of the memory of `task`; nothing yet where it is new.
    pub fn of(&self, id: TaskId, task: &Task) -> TaskMemory {
        let known = self.tasks.get(id.index()).filter(|t| t.seq == task.seq);
        known.copied().unwrap_or(TaskMemory { seq: task.seq, ..TaskMemory::default() })
    }

    /// Sets it.
    pub fn put(&mut self, id: TaskId, memory: TaskMemory) {
        if self.tasks.len() <= id.index() {
            self.tasks.resize(id.index() + 1, TaskMemory { seq: u64::MAX, ..TaskMemory::default() });
        }
        if let Some(slot) = self.tasks.get_mut(id.index()) {
            *slot = memory;
        }
    }

    /// What `task`'s class does with memory.
    pub fn class(&self, task: &Task) -> Option<&ClassMemory> {
        self.classes.get(task.spec.class as usize)
    }

    /// Bytes that `task` holds on each unit when `begun` of its phases have begun.
    pub fn holds(&self, task: &Task, begun: usize) -> u64 {
        let declared = task.spec.memory.get();
        let used = self.class(task).map_or(declared, |c| c.used(begun, declared));
        let floor = match self.rules.reserve {
            Reserve::Declared => declared,
            Reserve::Current => 0,
        };
        used.max(floor).max(self.again.get(&task.seq).map_or(0, |a| a.request))
    }

    /// How many phases of `task` have begun when it is placed.
    pub fn begun(&self, task: &Task) -> usize {
        let whole = task.service.as_secs_f64();
        let progress = if whole > 0.0 { 1.0 - task.remaining.as_secs_f64() / whole } else { 0.0 };
        self.class(task).map_or(0, |c| c.phase_at(progress))
    }

    /// Bytes that `task` would hold on a unit if it were placed now.
    pub fn starting(&self, task: &Task) -> u64 {
        self.holds(task, self.begun(task))
    }

    /// The most bytes that footprints on a unit of `capacity` may add up to.
    pub fn most(&self, capacity: Bytes) -> u64 {
        match &self.rules.spill {
            Some(spill) if capacity != Bytes::UNBOUNDED => (capacity.get() as f64 * spill.limit) as u64,
            _ => capacity.get(),
        }
    }

    /// B/s of the link to the host of `node`.
    pub fn node_link(&self, node: NodeId) -> f64 {
        self.node_links.get(node.index()).copied().unwrap_or(f64::INFINITY)
    }

    /// Notes that the memory or the load of `unit` has changed.
    pub fn touch(&mut self, unit: UnitId) {
        if let Some(at) = self.units.get_mut(unit.index())
            && !std::mem::replace(&mut at.touched, true)
        {
            self.touched.push(unit);
        }
    }

    /// Whether nothing has changed since the last time.
    pub fn is_untouched(&self) -> bool {
        self.touched.is_empty()
    }

    /// The units that were touched since the last time.
    pub fn take_touched(&mut self) -> Vec<UnitId> {
        let touched = std::mem::take(&mut self.touched);
        for unit in &touched {
            if let Some(at) = self.units.get_mut(unit.index()) {
                at.touched = false;
            }
        }
        touched
    }

    /// What came of all model caches.
    pub fn cache_counts(&self) -> CacheCounts {
        self.units.iter().fold(CacheCounts::default(), |sum, u| CacheCounts {
            hits: sum.hits + u.cache.counts.hits,
            misses: sum.misses + u.cache.counts.misses,
            evictions: sum.evictions + u.cache.counts.evictions,
        })
    }

    /// Stalled seconds of all units up to `now`: of some task, and of all.
    pub fn stalled(&self, now: SimTime) -> (f64, f64) {
        self.units
            .iter()
            .map(|u| u.pressure.at(now))
            .fold((0.0, 0.0), |(some, full), p| (some + p.some.seconds(), full + p.full.seconds()))
    }
}
