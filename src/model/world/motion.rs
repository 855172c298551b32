//! Running: load, progress, energy.

use crate::units::{Power, Share, SimTime, TaskId, UnitId};

use super::super::task::Phase;
use super::super::unit::Unit;
use super::World;

impl World {
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

    /// Sets the rate of a running task by the present clocks of its units. The caller has settled it.
    pub fn retime(&mut self, id: TaskId) {
        self.tasks[id].rate = self.rate_of(id);
        self.changes.retimed += 1;
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
}
