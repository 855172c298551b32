//! From units to the end of the work: starting, changing speed, finishing.

use crate::model::event::Event;
use crate::model::task::{Phase, Status, Task};
use crate::policy::ClusterView;
use crate::queue::EventQueue;
use crate::record::{Observer, Record};
use crate::units::{SimDuration, SimTime, TaskId, UnitId};

use super::Simulation;

impl<O: Observer> Simulation<O> {
    /// Carries out what a scheduling pass has decided.
    pub(super) fn carry_out(&mut self, now: SimTime, queue: &mut EventQueue<Event>) {
        if self.moves.is_empty() {
            return;
        }
        let mut moves = std::mem::take(&mut self.moves);
        for &(task, why) in &moves.memory_waits {
            self.observer.on(now, &Record::MemoryWait(&self.world.tasks[task], why));
        }
        for (task, units) in &moves.preempted {
            self.observer.on(now, &Record::Preempted(&self.world.tasks[*task], units.as_slice()));
        }
        for &(unit, before) in &moves.freed {
            self.note_unit_load_change(unit, before, now);
            self.arm_unit(unit, now, queue);
        }
        for &task in &moves.saving {
            if self.begin_swap_out(task, now, queue) {
                continue;
            }
            let Task { saved_at, epoch, .. } = self.world.tasks[task];
            queue.push(saved_at, Event::Finish { task, epoch });
        }
        for &task in &moves.placed {
            self.assign_work(task);
            self.observer.on(now, &Record::Placed(&self.world.tasks[task]));
            self.await_input(task, now, queue);
        }
        if self.setup.sleep_learns {
            self.end_idle_periods(&moves.placed, now);
        }
        self.set_speeds(&moves.resped, now, queue);
        for &unit in &moves.to_wake {
            self.wake(unit, now, queue);
        }
        for &task in &moves.started {
            self.begin_run(task, now, queue);
        }
        for &task in &moves.cramped {
            self.compact_for(task, now, queue);
        }
        self.unloaded.extend(moves.freed.iter().map(|(unit, _)| *unit));
        for &at in &moves.timers {
            if self.scheduler_timers.insert(at) {
                queue.push(at, Event::SchedulerTimer);
            }
        }
        moves.clear();
        self.moves = moves;
    }

    /// Fixes the service time of a task that has just been given a pool, or keeps what is left of it.
    fn assign_work(&mut self, id: TaskId) {
        let task = &self.world.tasks[id];
        if task.spec.units == 0 {
            let service = self.world.reference_time(self.world.class_of(task), &task.spec.work);
            let task = &mut self.world.tasks[id];
            (task.service, task.remaining) = (service, service);
            return;
        }
        let factor = self.world.class_of(task).option(task.pool).map_or(1.0, |o| o.factor);
        let (service, cut) = task.allowed(self.world.true_time(task, task.pool), factor);
        let task = &mut self.world.tasks[id];
        task.remaining = if task.service.is_zero() {
            service
        } else {
            // Work is kept as a fraction, so that it survives a change of pool.
            task.remaining.scaled(service.as_secs_f64() / task.service.as_secs_f64())
        };
        (task.service, task.cut) = (service, cut);
    }

    /// All units of a task are awake: it runs.
    pub(super) fn begin_run(&mut self, id: TaskId, now: SimTime, queue: &mut EventQueue<Event>) {
        if self.waits_for_state(id, now, queue) || self.waits_for_weights(id, now, queue) {
            return;
        }
        self.note_load_change(id, now);
        let others = self.world.settle_co_runners(id, now);
        self.world.begin_running(id, now);
        self.set_speeds(&others, now, queue);
        self.observer.on(now, &Record::Started(&self.world.tasks[id]));
        self.schedule_finish(id, now, queue);
        self.watch_busy_units(id, now, queue);
        self.arm_governor(id, now, queue);
    }

    /// The speed of settled tasks has changed: the ends of those that run are set anew.
    pub(super) fn set_speeds(&mut self, tasks: &[TaskId], now: SimTime, queue: &mut EventQueue<Event>) {
        for &task in tasks {
            if self.world.tasks[task].phase != Phase::Running {
                continue;
            }
            self.world.retime(task);
            self.schedule_finish(task, now, queue);
        }
    }

    /// Sets the finish event by what is left and how fast it goes; older ones become stale.
    pub(super) fn schedule_finish(&mut self, id: TaskId, now: SimTime, queue: &mut EventQueue<Event>) {
        let task = &mut self.world.tasks[id];
        task.epoch = task.epoch.wrapping_add(1);
        if task.rate <= 0.0 {
            // It stands still: what lets it go on sets its end.
            return;
        }
        let next = task.recovery.as_ref().map_or(SimDuration::ZERO, |r| r.next());
        let pauses = !next.is_zero() && task.remaining > next;
        let work = if pauses { task.remaining - next } else { task.remaining };
        let left = if task.rate == 1.0 { work } else { work.scaled(1.0 / task.rate) };
        // Work that is left takes time, whatever rounding says.
        let left = if work.is_zero() { left } else { left.max(SimDuration::from_nanos(1)) };
        let begun = (task.last_start + task.restore).max(now);
        let epoch = task.epoch;
        let event = if pauses { Event::Checkpoint { task: id, epoch } } else { Event::Finish { task: id, epoch } };
        queue.push(begun + left, event);
        if self.world.dynamics.is_some() {
            self.schedule_phase(id, begun, queue);
        }
    }

    /// A task is done with its units: with its work, or, preempted, with saving its state.
    pub(super) fn finish(&mut self, id: TaskId, epoch: u32, now: SimTime, queue: &mut EventQueue<Event>) {
        match self.world.tasks.get(id) {
            Some(task) if task.epoch == epoch && task.phase == Phase::Running => {}
            Some(task) if task.epoch == epoch && task.phase == Phase::Saving => return self.saved(id, now, queue),
            _ => return,
        }
        self.note_load_change(id, now);
        let others = self.world.settle_co_runners(id, now);
        self.world.stop_running(id, now);
        self.set_speeds(&others, now, queue);
        self.world.tasks[id].remaining = SimDuration::ZERO;
        self.world.vacate(id, now);
        self.policies.scheduler.on_end(id, &ClusterView::new(&self.world, now));
        let status = if self.world.tasks[id].cut { Status::Killed } else { Status::Completed };
        let held = self.end_task(id, status, now, queue);
        for unit in held.as_slice() {
            self.after_unload(*unit, now, queue);
        }
        self.dirty = true;
    }

    /// The state of a preempted task is saved: it gives its units back and waits.
    fn saved(&mut self, id: TaskId, now: SimTime, queue: &mut EventQueue<Event>) {
        self.note_load_change(id, now);
        let others = self.world.settle_co_runners(id, now);
        let held = self.world.give_back(id, now);
        self.set_speeds(&others, now, queue);
        self.observer.on(now, &Record::Queued(&self.world.tasks[id]));
        self.policies.scheduler.on_ready(id, &ClusterView::new(&self.world, now));
        for unit in held.as_slice() {
            self.after_unload(*unit, now, queue);
        }
        self.dirty = true;
    }

    /// A unit has lost a task: the governor looks at it again, and if the scheduler leaves it idle it may go to sleep.
    pub(super) fn after_unload(&mut self, unit: UnitId, now: SimTime, queue: &mut EventQueue<Event>) {
        self.arm_unit(unit, now, queue);
        self.unloaded.push(unit);
    }
}
