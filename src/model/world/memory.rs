//! Device memory beyond taking and giving: who is let in, why nothing fits, moving blocks together.

use crate::units::{Bytes, NodeId, PoolId, SimDuration, SimTime, TaskId, UnitId};

use super::super::memory::{Compaction, CompactionWhen, MemoryFailure, external_fragmentation};
use super::super::task::{Submission, Task};
use super::super::unit::Space;
use super::World;

/// Sums over the memory that is placed in blocks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PlacedMemory {
    /// Bytes that tasks have asked for and hold; what they were given is [`Gauges::memory_used`](super::Gauges).
    pub requested: u64,
    /// Bytes that were given or are kept back; `None` where no allocator keeps anything back.
    pub reserved: Option<u64>,
}

impl PlacedMemory {
    /// Of empty units.
    pub(super) fn new(blank: &[Space]) -> Self {
        let keeps_back = |space: &Space| matches!(space, Space::Blocks(s) if s.reserved().is_some());
        Self { requested: 0, reserved: blank.iter().any(keeps_back).then_some(0) }
    }

    /// What one unit reserves has changed.
    pub(super) fn reserve(&mut self, before: Option<Bytes>, after: Option<Bytes>) {
        if let (Some(sum), Some(before), Some(after)) = (&mut self.reserved, before, after) {
            *sum = (*sum + after.get()).saturating_sub(before.get());
        }
    }
}

/// Moves the blocks of a unit together.
#[derive(Clone, Debug)]
pub struct Compactor {
    rule: Compaction,
    /// By unit: whether its blocks are being moved. Nothing is placed in its memory then.
    moving: Vec<bool>,
    /// Units that have become more fragmented than the rule allows.
    fragmented: Vec<UnitId>,
}

impl Compactor {
    /// For `units` units.
    pub fn new(rule: Compaction, units: usize) -> Self {
        Self { rule, moving: vec![false; units], fragmented: Vec::new() }
    }
}

impl World {
    /// Whether an empty unit of `pool` has the memory of a task.
    pub(in crate::model) fn memory_could_hold(&self, spec: &Submission, pool: PoolId) -> bool {
        let memory = self.cluster.pools[pool.index()].device.memory;
        let in_blocks = match &self.blank[pool.index()] {
            Space::Counter => spec.memory <= memory,
            Space::Blocks(space) => spec.memory.is_zero() || space.fits(spec.memory),
        };
        in_blocks && self.admission.as_ref().is_none_or(|a| a.admits_alone(memory, spec.memory, spec.memory_sd))
    }

    /// Whether nothing but the lack of room keeps `task` from the memory of `unit`: the unit's blocks lie still, and what
    /// is kept back for the spread of footprints stays.
    pub(super) fn memory_admits(&self, task: &Task, unit: UnitId) -> bool {
        let spec = &task.spec;
        let lies_still = || self.compactor.as_ref().is_none_or(|c| !c.moving[unit.index()] || spec.memory.is_zero());
        let admitted = |a: &super::Admission| {
            let capacity = self.cluster.device(unit).memory;
            a.admits(unit.index(), self.units[unit.index()].memory_used, capacity, spec.memory, spec.memory_sd)
        };
        lies_still() && self.admission.as_ref().is_none_or(admitted)
    }

    /// The fragmentation of `unit` may have changed.
    pub(super) fn note_fragmentation(&mut self, unit: UnitId) {
        let at = &mut self.units[unit.index()];
        let Space::Blocks(space) = &at.space else { return };
        let after = external_fragmentation(space.as_ref());
        let before = std::mem::replace(&mut at.fragmentation, after);
        self.gauges.fragmentation = self.gauges.fragmentation + u64::from(after) - u64::from(before);
        if let Some(compactor) = &mut self.compactor
            && let CompactionWhen::External(threshold) = compactor.rule.when
            && after > threshold
        {
            compactor.fragmented.push(unit);
        }
    }

    /// Why memory keeps `task` waiting, hosts and nodes aside.
    pub fn memory_failure(&self, task: &Task) -> MemoryFailure {
        let spec = &task.spec;
        let mut failure = MemoryFailure::default();
        let (mut sum, mut count) = (0, 0);
        for option in &self.class_of(task).options {
            let mut enough = 0;
            for unit in &self.cluster.pools[option.pool.index()].units {
                let at = &self.units[unit.index()];
                if at.free < spec.share {
                    continue;
                }
                sum += u64::from(at.fragmentation);
                count += 1;
                enough += u32::from(matches!(&at.space, Space::Blocks(space) if space.free() >= spec.memory));
            }
            failure.by_fragmentation |= enough >= spec.units;
        }
        failure.external = sum.checked_div(count).unwrap_or(0) as u32;
        failure
    }

    /// Whether memory is moved together for waiting tasks.
    pub fn compacts_on_failure(&self) -> bool {
        self.compactor.as_ref().is_some_and(|c| c.rule.when == CompactionWhen::Failure)
    }

    /// The units whose blocks should be moved together so that `task` fits: where that takes the fewest bytes, in the
    /// fastest pool (and, where it keeps to a node, the first node) in which it is enough. None where it fits already,
    /// or where no moving helps.
    pub fn to_compact(&self, task: &Task) -> Vec<UnitId> {
        for option in &self.class_of(task).options {
            let pool = option.pool;
            if self.keeps_to_node(task) {
                for node in (0..self.nodes.len()).map(|n| NodeId(n as u32)).filter(|n| self.node_fits(task, *n)) {
                    let units = self.cluster.nodes[node.index()].units.clone().map(UnitId);
                    let here = units.filter(|u| self.cluster.units[u.index()].pool == pool);
                    if let Some(chosen) = self.cheapest(task, here) {
                        return chosen;
                    }
                }
            } else if let Some(chosen) = self.cheapest(task, self.cluster.pools[pool.index()].units.iter().copied()) {
                return chosen;
            }
        }
        Vec::new()
    }

    /// Of `units`, those to compact so that enough of them have room for `task`; `None` where there are not enough.
    fn cheapest(&self, task: &Task, units: impl Iterator<Item = UnitId>) -> Option<Vec<UnitId>> {
        let compactor = self.compactor.as_ref()?;
        let mut missing = task.spec.units as usize;
        let mut candidates = Vec::new();
        for unit in units.filter(|u| self.units[u.index()].free >= task.spec.share) {
            let Space::Blocks(space) = &self.units[unit.index()].space else { continue };
            let would_fit = space.free() >= task.spec.memory;
            if self.unit_fits(task, unit) || (compactor.moving[unit.index()] && would_fit) {
                missing = missing.saturating_sub(1);
            } else if let Some(bytes) = space.to_move().filter(|b| would_fit && !b.is_zero())
                && self.memory_admits(task, unit)
            {
                candidates.push((bytes, unit));
            }
        }
        candidates.sort_unstable();
        (candidates.len() >= missing).then(|| candidates.into_iter().take(missing).map(|(_, unit)| unit).collect())
    }

    /// The next unit that is more fragmented than the rule allows and that something can be done about.
    pub fn next_fragmented(&mut self) -> Option<UnitId> {
        loop {
            let compactor = self.compactor.as_mut()?;
            let unit = compactor.fragmented.pop()?;
            let CompactionWhen::External(threshold) = compactor.rule.when else { continue };
            let at = &self.units[unit.index()];
            let Space::Blocks(space) = &at.space else { continue };
            let movable = space.to_move().is_some_and(|bytes| !bytes.is_zero());
            if at.fragmentation > threshold && movable && !compactor.moving[unit.index()] {
                return Some(unit);
            }
        }
    }

    /// The blocks of `unit` are moved together from now on, and all that runs on it stands still: how many bytes, how
    /// long that takes, and the tasks whose speed has changed. They have been settled.
    pub fn begin_compaction(&mut self, unit: UnitId, now: SimTime) -> Option<(Bytes, SimDuration, Vec<TaskId>)> {
        let bandwidth = self.cluster.device(unit).bandwidth;
        let Space::Blocks(space) = &self.units[unit.index()].space else { return None };
        let bytes = space.to_move()?;
        let compactor = self.compactor.as_mut()?;
        compactor.moving[unit.index()] = true;
        let time = compactor.rule.time(bytes, bandwidth);
        let runners = self.settle_unit(unit, now);
        self.change_unit(unit, now, |u| u.holds = u.holds.saturating_add(1));
        Some((bytes, time, runners))
    }

    /// The blocks of `unit` are together: what did not fit may fit now. Returns the tasks whose speed has changed.
    pub fn end_compaction(&mut self, unit: UnitId, now: SimTime) -> Vec<TaskId> {
        let runners = self.settle_unit(unit, now);
        self.change_unit(unit, now, |u| u.holds = u.holds.saturating_sub(1));
        if let Some(compactor) = &mut self.compactor {
            compactor.moving[unit.index()] = false;
        }
        if let Space::Blocks(space) = &mut self.units[unit.index()].space {
            space.compact();
        }
        self.note_fragmentation(unit);
        self.changes.released += 1;
        self.index_unit(unit);
        self.index_node(self.cluster.units[unit.index()].node);
        runners
    }
}
