//! Running: load, progress, energy.

use crate::units::{Energy, Power, Share, SimDuration, SimTime, TaskId, UnitId};

use super::super::device::Activity;
use super::super::preemption::{Preemption, Work};
use super::super::task::{Phase, Task, UnitList};
use super::super::unit::{EnergyState, Unit};
use super::World;

impl World {
    /// The one door for changes of load, phase and P-state: closes the integrals, then applies
    /// `change`, then takes the new power into the sums.
    pub fn change_unit(&mut self, unit: UnitId, now: SimTime, change: impl FnOnce(&mut Unit)) {
        let place = self.cluster.units[unit.index()];
        let device = &self.cluster.pools[place.pool.index()].device;
        let at = &mut self.units[unit.index()];
        at.close(now, device);
        if let Some(heat) = &mut self.heat {
            heat.close(unit, now, at);
        }
        let (busy, pstate) = (at.busy(), at.pstate);
        change(at);
        let (power, state) = at.demand(device);
        let pool = &mut self.pools[place.pool.index()];
        pool.load = pool.load + u64::from(at.busy().0) - u64::from(busy.0);
        pool.power += power;
        pool.power -= at.power;
        if at.pstate != pstate {
            let clock = |p: u8| device.pstates.get(usize::from(p)).map_or(0, |s| s.frequency as u64);
            pool.clock = pool.clock + clock(at.pstate) - clock(pstate);
        }
        self.gauges.power[at.state as usize] -= at.power;
        self.gauges.power[state as usize] += power;
        (at.power, at.state) = (power, state);
        if let Some(dynamics) = self.dynamics.as_mut() {
            dynamics.touch(unit);
        }
        if let Some(heat) = &mut self.heat {
            heat.follow(unit, at);
        }
    }

    /// Energy that a unit takes in an instant, beside its power: that of a change of clock. It counts as a transition's.
    pub fn spend(&mut self, unit: UnitId, energy: Energy) {
        self.units[unit.index()].totals.energy[EnergyState::Transition as usize] += energy;
    }

    /// Puts the load of `id` on its units: it runs from now on.
    pub fn begin_running(&mut self, id: TaskId, now: SimTime) {
        let share = self.tasks[id].spec.share;
        let activity = self.class_of(&self.tasks[id]).activity.unwrap_or(Activity::PLAIN);
        let units = std::mem::take(&mut self.tasks[id].units);
        for &unit in units.as_slice() {
            self.change_unit(unit, now, |u| {
                u.load = Share(u.load.0 + share.0);
                u.served += 1;
                if let Some(drive) = &mut u.drive {
                    drive.add(activity, share);
                }
            });
        }
        self.tasks[id].units = units;
        let rate = self.rate_of(id);
        let restore = self.restore_time(&self.tasks[id]);
        let task = &mut self.tasks[id];
        task.restore = restore;
        task.phase = Phase::Running;
        task.rate = rate;
        task.settled = now;
        task.last_start = now;
        task.first_start = task.first_start.min(now);
        self.begin_recovery(id);
    }

    /// Time that the next start of a task takes before it works.
    pub fn restore_time(&self, task: &Task) -> SimDuration {
        if let Some(restart) = task.recovery.as_ref().and_then(|r| r.restart()) {
            return restart;
        }
        if task.has_state() { self.preemption.restore.of(task.checkpoint()) } else { SimDuration::ZERO }
    }

    /// Preempts a running task; what it has done is kept or lost. `true` where its units are free at once,
    /// `false` where it saves its state on them until `saved_at`.
    ///
    /// A task that has done nothing since its last start has nothing to save.
    pub fn preempt(&mut self, id: TaskId, now: SimTime) -> bool {
        self.settle_task(id, now);
        let Preemption { save, work, .. } = self.preemption;
        let task = &self.tasks[id];
        let idle = now <= task.last_start + task.restore;
        if work == Work::Kept && !idle && self.dynamics.as_ref().is_some_and(|d| d.rules.swap.is_some()) {
            return self.preempt_by_swap(id, now);
        }
        let task = &mut self.tasks[id];
        let save = if idle { SimDuration::ZERO } else { save.of(task.checkpoint()) };
        if work == Work::Lost {
            task.lost += std::mem::take(&mut task.run);
            task.remaining = task.service;
        }
        task.preemptions += 1;
        task.epoch = task.epoch.wrapping_add(1);
        if save.is_zero() {
            self.give_back(id, now);
            return true;
        }
        task.phase = Phase::Saving;
        task.saved_at = now + save;
        false
    }

    /// Preempts a task whose state goes to its host; where that has no room its work is lost.
    fn preempt_by_swap(&mut self, id: TaskId, now: SimTime) -> bool {
        let task = &mut self.tasks[id];
        task.preemptions += 1;
        task.epoch = task.epoch.wrapping_add(1);
        if self.swap_out(id, now) {
            return false;
        }
        let task = &mut self.tasks[id];
        task.lost += std::mem::take(&mut task.run);
        task.remaining = task.service;
        self.give_back(id, now);
        true
    }

    /// Takes a preempted task off its units: it waits again.
    pub fn give_back(&mut self, id: TaskId, now: SimTime) -> UnitList {
        self.stop_running(id, now);
        self.vacate(id, now);
        self.gauges.waiting += 1;
        let task = &mut self.tasks[id];
        task.phase = Phase::Waiting;
        std::mem::take(&mut task.units)
    }

    /// Takes the load of a running task off its units; progress and energy are brought up to date.
    pub fn stop_running(&mut self, id: TaskId, now: SimTime) {
        self.settle_task(id, now);
        let share = self.tasks[id].spec.share;
        let activity = self.class_of(&self.tasks[id]).activity.unwrap_or(Activity::PLAIN);
        let units = std::mem::take(&mut self.tasks[id].units);
        for &unit in units.as_slice() {
            self.change_unit(unit, now, |u| {
                u.load = Share(u.load.0 - share.0);
                if let Some(drive) = &mut u.drive {
                    drive.remove(activity, share);
                }
            });
        }
        self.tasks[id].units = units;
    }

    /// Brings the progress and the energy of a task that runs or saves up to `now`.
    pub fn settle_task(&mut self, id: TaskId, now: SimTime) {
        let passed = now - self.tasks[id].settled;
        if passed.is_zero() {
            return;
        }
        let share = self.tasks[id].spec.share;
        let activity = self.class_of(&self.tasks[id]).activity;
        let power = self.tasks[id].units.as_slice().iter().fold(Power::ZERO, |sum, unit| {
            let at = &self.units[unit.index()];
            let device = self.cluster.device(*unit);
            let part = device.task_power(usize::from(at.pstate), share, activity);
            // Where tasks take turns each pays for its own.
            sum + if at.load <= at.size.devices { part } else { part.portion(at.size.devices, at.load) }
        });
        let task = &mut self.tasks[id];
        let overhead = task.overhead_until(now);
        let worked = passed - overhead;
        task.settled = now;
        task.overhead += overhead;
        if let Some(recovery) = &mut task.recovery
            && task.phase == Phase::Running
        {
            recovery.spend(overhead);
        }
        task.run += worked;
        task.energy += power.during(passed);
        task.remaining = task.remaining - worked.scaled(task.rate);
    }

    /// Sets the rate of a running task by the present clocks of its units. The caller has settled it.
    pub fn retime(&mut self, id: TaskId) {
        self.tasks[id].rate = self.rate_of(id);
        self.changes.retimed += 1;
    }

    /// The progress rate of a placed task, memory considered.
    pub fn rate_of(&self, id: TaskId) -> f64 {
        let rate = self.free_rate(id);
        match &self.dynamics {
            None => rate,
            Some(dynamics) => self.slowed(dynamics, id, rate),
        }
    }

    /// The progress rate of a placed task if memory never binds: that of its slowest unit; of an elastic one, times what
    /// its width brings.
    pub(super) fn free_rate(&self, id: TaskId) -> f64 {
        let task = &self.tasks[id];
        let Some(option) = self.class_of(task).option(task.pool) else { return 1.0 };
        let device = &self.cluster.pools[task.pool.index()].device;
        let units = task.units.as_slice();
        let slowest = units
            .iter()
            .map(|u| {
                let at = &self.units[u.index()];
                option.rate(device, usize::from(at.pstate), &task.spec.work) * at.turn()
            })
            .fold(1.0, f64::min);
        match &task.spec.elastic {
            Some(elastic) => slowest * elastic.speed(units.len() as u32, task.spec.units),
            None => slowest,
        }
    }

    /// Brings up to date the others whose speed will change with the coming or going of `id`, and returns them.
    pub fn settle_co_runners(&mut self, id: TaskId, now: SimTime) -> Vec<TaskId> {
        let others = self.co_runners(id);
        for other in &others {
            self.settle_task(*other, now);
        }
        others
    }

    /// Brings all tasks that compute on `unit` up to date, and returns them: its speed is about to change.
    pub fn settle_unit(&mut self, unit: UnitId, now: SimTime) -> Vec<TaskId> {
        let mut runners = self.units[unit.index()].residents.clone();
        runners.retain(|task| self.tasks[*task].is_busy());
        for task in &runners {
            self.settle_task(*task, now);
        }
        runners
    }

    /// The other tasks that run on the time-shared units of `id`: their speed changes with its coming and going.
    pub fn co_runners(&self, id: TaskId) -> Vec<TaskId> {
        if !self.has_turns {
            return Vec::new();
        }
        let units = self.tasks[id].units.as_slice().iter().map(|u| &self.units[u.index()]);
        let mut others: Vec<TaskId> = units
            .filter(|u| u.size.is_time_shared())
            .flat_map(|u| u.residents.iter().copied())
            .filter(|other| *other != id && self.tasks[*other].is_busy())
            .collect();
        others.sort_unstable();
        others.dedup();
        others
    }
}
