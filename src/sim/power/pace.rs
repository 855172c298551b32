//! Governors that choose speeds by tasks: when they are asked.

use std::collections::BTreeSet;

use crate::model::event::Event;
use crate::policy::power::Hears;
use crate::policy::{ClusterView, Governor};
use crate::queue::EventQueue;
use crate::record::Observer;
use crate::sim::Simulation;
use crate::units::{Share, SimTime, TaskId, UnitId};

/// What has changed since such a governor was asked.
pub(in crate::sim) struct PaceState {
    hears: Hears,
    /// Units whose tasks have changed, or that are to be looked at again.
    changed: Vec<UnitId>,
    /// The queue has changed.
    queue: bool,
    /// When units are to be looked at again.
    due: BTreeSet<(SimTime, UnitId)>,
}

impl PaceState {
    pub(in crate::sim) fn new(governor: &dyn Governor) -> Self {
        let hears = if governor.period().is_none() { governor.hears() } else { Hears::Nothing };
        Self { hears, changed: Vec::new(), queue: false, due: BTreeSet::new() }
    }
}

impl<O: Observer> Simulation<O> {
    /// The tasks that compute on the units of `task` change.
    pub(in crate::sim) fn note_tasks_change(&mut self, task: TaskId) {
        if self.pace.hears != Hears::Nothing {
            self.pace.changed.extend_from_slice(self.world.tasks[task].units.as_slice());
        }
    }

    /// The tasks that compute on `unit` change.
    pub(in crate::sim) fn note_unit_tasks_change(&mut self, unit: UnitId) {
        if self.pace.hears != Hears::Nothing {
            self.pace.changed.push(unit);
        }
    }

    /// Tasks may have joined or left the queue.
    pub(in crate::sim) fn note_queue_change(&mut self) {
        self.pace.queue = self.pace.hears == Hears::Queue;
    }

    /// A governor asked to look again now.
    pub(in crate::sim) fn pace_tick(&mut self, now: SimTime) {
        while let Some((at, unit)) = self.pace.due.first().copied()
            && at <= now
        {
            self.pace.due.pop_first();
            self.pace.changed.push(unit);
        }
    }

    /// Before an instant ends: asks for the speed of the units whose tasks have changed.
    pub(in crate::sim) fn settle_pace(&mut self, now: SimTime, queue: &mut EventQueue<Event>) {
        if self.pace.changed.is_empty() && !self.pace.queue {
            return;
        }
        let mut changed = std::mem::take(&mut self.pace.changed);
        if std::mem::take(&mut self.pace.queue) {
            let busy = self.world.units.iter().zip(0..).filter(|(unit, _)| unit.load > Share::ZERO);
            changed.extend(busy.map(|(_, i)| UnitId(i)));
        }
        changed.sort_unstable();
        changed.dedup();
        for unit in changed.drain(..) {
            self.pace_unit(unit, now, queue);
        }
        self.pace.changed = changed;
    }

    fn pace_unit(&mut self, unit: UnitId, now: SimTime, queue: &mut EventQueue<Event>) {
        let states = self.governor.states(self.world.cluster.units[unit.index()].pool);
        if states < 2 {
            return;
        }
        let view = ClusterView::new(&self.world, now);
        let Some(pace) = self.policies.governor.pace(view.unit(unit), &view, states) else { return };
        if pace.until > now && pace.until != SimTime::NEVER && self.pace.due.insert((pace.until, unit)) {
            queue.push(pace.until, Event::GovernorTick);
        }
        let wanted = pace.pstate.min(states - 1).min(255) as u8;
        if wanted != self.world.units[unit.index()].clocks.asked {
            self.ask_clock(unit, wanted, now, queue);
        }
    }
}
