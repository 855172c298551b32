//! Memory that acts on speed: phases that grow, want of memory, spilling, weights that are brought.
//!
//! The world notes which units' memory or load has changed. When an event has been handled, and after a scheduling pass,
//! tasks that stood still try again there, and all that share a link get their new speed.

use std::collections::BTreeSet;

use crate::model::event::Event;
use crate::model::memory::dynamics::{Again, TaskMemory};
use crate::model::memory::phases::{OomAction, Victim};
use crate::model::memory::spill::LinkScope;
use crate::model::task::{Phase, Status};
use crate::policy::ClusterView;
use crate::queue::EventQueue;
use crate::record::{MemoryFact, Observer, Record};
use crate::units::{SimDuration, SimTime, TaskId, UnitId};

use super::Simulation;

impl<O: Observer> Simulation<O> {
    /// The memory of a task changes: its weights are there, or its next phase begins.
    pub(super) fn memory_event(&mut self, id: TaskId, epoch: u32, now: SimTime, queue: &mut EventQueue<Event>) {
        match self.world.tasks.get(id) {
            Some(task) if task.epoch == epoch && task.phase == Phase::Placed => {
                self.one_less_to_wait_for(id, now, queue);
            }
            Some(task) if task.epoch == epoch && task.phase == Phase::Running => self.needs_next_phase(id, now, queue),
            _ => {}
        }
    }

    /// Sets the event of a running task's next phase; its finish has just been set.
    pub(super) fn schedule_phase(&self, id: TaskId, begun: SimTime, queue: &mut EventQueue<Event>) {
        if let Some(at) = self.world.next_phase_at(id, begun) {
            queue.push(at, Event::Memory { task: id, epoch: self.world.tasks[id].epoch });
        }
    }

    /// Whether a task that could run has to wait for its model's weights. Every unit brings them over its own link.
    pub(super) fn waits_for_weights(&mut self, id: TaskId, now: SimTime, queue: &mut EventQueue<Event>) -> bool {
        let Some(dynamics) = self.world.dynamics.as_mut() else { return false };
        let task = &self.world.tasks[id];
        let Some(model) = dynamics.class(task).and_then(|c| c.model) else { return false };
        let mut ready = now;
        for unit in task.units.as_slice() {
            let Some(at) = dynamics.units.get_mut(unit.index()) else { continue };
            let time = SimDuration::from_secs_f64_clamped(model.size as f64 / at.link);
            ready = ready.max(at.cache.load(model.model, now + time));
            dynamics.touch(*unit);
        }
        if ready <= now {
            return false;
        }
        let task = &mut self.world.tasks[id];
        task.waking = 1;
        queue.push(ready, Event::Memory { task: id, epoch: task.epoch });
        self.observer.on(now, &Record::Memory(&self.world.tasks[id], MemoryFact::Loading));
        true
    }

    /// A running task comes to its next phase.
    fn needs_next_phase(&mut self, id: TaskId, now: SimTime, queue: &mut EventQueue<Event>) {
        self.world.settle_task(id, now);
        let without = self.world.units_without_room(id);
        if without.is_empty() {
            return self.enter_phase(id, now, queue);
        }
        let Some(oom) = self.world.dynamics.as_ref().map(|d| d.rules.oom) else { return };
        match oom.action {
            OomAction::Wait => self.stand_still(id, now, queue),
            OomAction::Reject => self.end_for_memory(id, Status::Rejected, now, queue),
            OomAction::Retry => self.ask_anew(id, now, queue),
            OomAction::Kill => self.kill_for(id, oom.victim, without, now, queue),
        }
    }

    fn enter_phase(&mut self, id: TaskId, now: SimTime, queue: &mut EventQueue<Event>) {
        self.world.grow(id);
        // What it gave back, others may want.
        self.dirty = true;
        self.observer.on(now, &Record::Memory(&self.world.tasks[id], MemoryFact::Grown));
        self.set_speeds(&[id], now, queue);
    }

    fn stand_still(&mut self, id: TaskId, now: SimTime, queue: &mut EventQueue<Event>) {
        let memory = self.world.memory_of(id);
        self.world.set_memory(id, TaskMemory { blocked: Some(now), ..memory });
        if let Some(dynamics) = self.world.dynamics.as_mut() {
            dynamics.counts.stalls += 1;
            for unit in self.world.tasks[id].units.as_slice() {
                dynamics.touch(*unit);
            }
        }
        self.observer.on(now, &Record::Memory(&self.world.tasks[id], MemoryFact::Stalled));
        self.set_speeds(&[id], now, queue);
    }

    /// Kills residents of the units that lack room until the next phase of `id` fits, or `id` itself is killed.
    fn kill_for(
        &mut self,
        id: TaskId,
        rule: Victim,
        mut without: Vec<UnitId>,
        now: SimTime,
        queue: &mut EventQueue<Event>,
    ) {
        while let Some(unit) = without.first() {
            let victim = self.victim(*unit, rule, now).unwrap_or(id);
            self.end_for_memory(victim, Status::Killed, now, queue);
            if victim == id {
                return;
            }
            without = self.world.units_without_room(id);
        }
        self.enter_phase(id, now, queue);
    }

    /// The running task of `unit` that goes by `rule`; of equals, the one that came last.
    fn victim(&self, unit: UnitId, rule: Victim, now: SimTime) -> Option<TaskId> {
        let tasks = &self.world.tasks;
        let key = |id: &TaskId| {
            let task = &tasks[*id];
            match rule {
                Victim::Largest => self.world.memory_of(*id).held as f64,
                Victim::Youngest => task.last_start.as_secs_f64(),
                Victim::LowestPriority => -task.spec.priority,
                Victim::LeastLost => -(task.attained(now).as_secs_f64() * task.units.as_slice().len() as f64),
            }
        };
        let running = self.world.units[unit.index()].residents.iter().copied();
        let running = running.filter(|id| tasks[*id].phase == Phase::Running);
        running.max_by(|a, b| key(a).total_cmp(&key(b)).then(tasks[*a].seq.cmp(&tasks[*b].seq)))
    }

    fn end_for_memory(&mut self, id: TaskId, status: Status, now: SimTime, queue: &mut EventQueue<Event>) {
        if let Some(dynamics) = self.world.dynamics.as_mut() {
            dynamics.counts.kills += 1;
        }
        self.observer.on(now, &Record::Memory(&self.world.tasks[id], MemoryFact::Victim));
        self.take_off(id, now, queue);
        let task = &mut self.world.tasks[id];
        // What a killed task did was for nothing.
        task.lost += task.run;
        let held = self.end_task(id, status, now, queue);
        for unit in held.as_slice() {
            self.after_unload(*unit, now, queue);
        }
        self.dirty = true;
    }

    /// A task begins anew with a larger request, or, where it may not, is killed.
    fn ask_anew(&mut self, id: TaskId, now: SimTime, queue: &mut EventQueue<Event>) {
        let next = self.world.next_footprint(id).map_or(0, |(_, next)| next);
        let Some(dynamics) = self.world.dynamics.as_mut() else { return };
        let task = &self.world.tasks[id];
        let (oom, seq) = (dynamics.rules.oom, task.seq);
        let Again { request, retries } = dynamics.again.get(&seq).copied().unwrap_or_default();
        let held = dynamics.of(id, task).held.max(request);
        let pools = &self.world.cluster.pools;
        let options = self.world.classes[task.spec.class as usize].options.iter();
        let weights = dynamics.class(task).and_then(|c| c.model).map_or(0, |m| m.size);
        let most = options.map(|o| dynamics.most(pools[o.pool.index()].device.memory)).max().unwrap_or(0);
        let most = most.saturating_sub(weights);
        let wanted = ((held as f64 * oom.retry_factor).ceil() as u64).min(most);
        if retries >= oom.retries || wanted <= held || next > most {
            return self.end_for_memory(id, Status::Killed, now, queue);
        }
        dynamics.again.insert(seq, Again { request: wanted, retries: retries + 1 });
        dynamics.counts.retries += 1;
        self.observer.on(now, &Record::Memory(&self.world.tasks[id], MemoryFact::Retried));
        self.take_off(id, now, queue);
        let task = &mut self.world.tasks[id];
        task.lost += std::mem::take(&mut task.run);
        task.remaining = task.service;
        task.epoch = task.epoch.wrapping_add(1);
        let held = std::mem::take(&mut task.units);
        if !self.world.could_ever_run(&self.world.tasks[id]) {
            self.world.tasks[id].units = held.clone();
            self.end_task(id, Status::Killed, now, queue);
        } else {
            self.join_queue(id, now);
        }
        for unit in held.as_slice() {
            self.after_unload(*unit, now, queue);
        }
        self.dirty = true;
    }

    /// A running task gives back all that it holds; the list of its units stays readable.
    fn take_off(&mut self, id: TaskId, now: SimTime, queue: &mut EventQueue<Event>) {
        self.note_load_change(id, now);
        let others = self.world.settle_co_runners(id, now);
        self.world.stop_running(id, now);
        self.set_speeds(&others, now, queue);
        self.world.vacate(id, now);
        self.policies.scheduler.on_end(id, &ClusterView::new(&self.world, now));
    }

    /// Follows up on all units whose memory or load has changed: tasks that stood still go on where there is room, a
    /// victim goes where all stand still, speeds and pressures are set anew.
    pub(super) fn follow_memory(&mut self, now: SimTime, queue: &mut EventQueue<Event>) {
        if self.world.dynamics.as_ref().is_none_or(|d| d.is_untouched()) {
            return;
        }
        let mut changed = Vec::new();
        loop {
            let touched = self.world.dynamics.as_mut().map(|d| d.take_touched()).unwrap_or_default();
            if touched.is_empty() {
                break;
            }
            for &unit in &touched {
                self.let_go_on(unit, now, queue);
                self.break_standstill(unit, now, queue);
            }
            if changed.is_empty() {
                changed = touched;
            } else {
                changed.extend(touched);
            }
        }
        let dynamics = self.world.dynamics.as_ref();
        if dynamics.and_then(|d| d.rules.spill).is_some_and(|s| s.link == LinkScope::Node) {
            let nodes: BTreeSet<_> = changed.iter().map(|u| self.world.cluster.units[u.index()].node).collect();
            for node in nodes {
                changed.extend(self.world.cluster.nodes[node.index()].units.clone().map(UnitId));
            }
        }
        changed.sort_unstable();
        changed.dedup();
        for &unit in &changed {
            self.respeed(unit, now, queue);
        }
        for &unit in &changed {
            self.world.press(unit, now);
        }
    }

    /// Tasks of `unit` that stand still enter their next phase, where there is room now; who waited longest is first.
    fn let_go_on(&mut self, unit: UnitId, now: SimTime, queue: &mut EventQueue<Event>) {
        let still = self.world.units[unit.index()].residents.iter().copied();
        let still = still.filter_map(|id| Some((self.world.memory_of(id).blocked?, self.world.tasks[id].seq, id)));
        // Mostly nobody does, and an empty list takes no memory.
        let mut still: Vec<_> = still.collect();
        still.sort_unstable();
        for (_, _, id) in still {
            if self.world.units_without_room(id).is_empty() {
                self.world.settle_task(id, now);
                self.enter_phase(id, now, queue);
            }
        }
    }

    /// Where all tasks of a unit stand still nothing would ever come free: a victim is killed.
    fn break_standstill(&mut self, unit: UnitId, now: SimTime, queue: &mut EventQueue<Event>) {
        let residents = &self.world.units[unit.index()].residents;
        let all = residents.iter().all(|id| self.world.memory_of(*id).blocked.is_some());
        if residents.is_empty() || !all {
            return;
        }
        let rule = self.world.dynamics.as_ref().map_or(Victim::Largest, |d| d.rules.oom.victim);
        if let Some(victim) = self.victim(unit, rule, now) {
            self.end_for_memory(victim, Status::Killed, now, queue);
        }
    }

    /// Sets the speeds of the residents of `unit` that read over a link otherwise than before.
    fn respeed(&mut self, unit: UnitId, now: SimTime, queue: &mut EventQueue<Event>) {
        for i in 0..self.world.units[unit.index()].residents.len() {
            let Some(&id) = self.world.units[unit.index()].residents.get(i) else { break };
            if self.world.tasks[id].phase != Phase::Running {
                continue;
            }
            let (memory, stall) = (self.world.memory_of(id), self.world.stall_of(id));
            if memory.stall != stall {
                self.world.settle_task(id, now);
                self.world.set_memory(id, TaskMemory { stall, ..memory });
                self.set_speeds(&[id], now, queue);
            }
        }
    }
}
