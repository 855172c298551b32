//! The governor's ticks.

use crate::model::cluster::{Cluster, Pool};
use crate::model::event::Event;
use crate::policy::{Governor, Look};
use crate::queue::EventQueue;
use crate::record::Observer;
use crate::sim::Simulation;
use crate::units::{PoolId, Share, SimDuration, SimTime, TaskId, UnitId};

/// What the governor remembers of a unit between two ticks.
#[derive(Clone, Copy, Debug, Default)]
struct Watch {
    /// In the list of units to look at.
    armed: bool,
    /// The load changed since the last tick.
    changed: bool,
    /// Load integral at the last tick.
    load_then: u128,
    /// Running average of what it did, and up to when.
    average: Average,
}

/// A running average with a half-life, as Linux tracks the load of its tasks (PELT).
#[derive(Clone, Copy, Debug, Default)]
struct Average {
    value: f64,
    until: SimTime,
}

impl Average {
    /// Takes in the time until `now`, at a constant `level`: `level + (value − level) 2^(−t / half-life)`.
    fn advance(&mut self, level: f64, half_life: SimDuration, now: SimTime) {
        let passed = now - self.until;
        if !passed.is_zero() {
            let halves = passed.as_secs_f64() / half_life.as_secs_f64();
            self.value = level + (self.value - level) * libm::exp2(-halves);
            self.until = now;
        }
    }
}

/// The governor's clock. Ticks lie on multiples of the period, and only while some unit's load is in
/// flux: a unit whose load is constant and whose P-state has settled would decide the same for ever.
pub(in crate::sim) struct GovernorState {
    period: Option<SimDuration>,
    half_life: Option<SimDuration>,
    watches: Vec<Watch>,
    /// Clocks that the governor may choose from, by pool.
    frequencies: Vec<Vec<f64>>,
    armed: Vec<UnitId>,
    ticking: bool,
    /// When it acts of its own accord next.
    change_at: Option<SimTime>,
}

impl GovernorState {
    pub(in crate::sim) fn new(governor: &dyn Governor, cluster: &Cluster) -> Self {
        let period = governor.period();
        let half_life = period.and(governor.half_life());
        let watches = if period.is_some() { vec![Watch::default(); cluster.units.len()] } else { Vec::new() };
        let allowed =
            |p: &Pool| p.device.pstates.iter().take(usize::from(p.ceiling) + 1).map(|s| s.frequency).collect();
        let frequencies = cluster.pools.iter().map(allowed).collect();
        Self { period, half_life, watches, frequencies, armed: Vec::new(), ticking: false, change_at: None }
    }

    /// How many P-states there are to choose from in a pool.
    pub(in crate::sim) fn states(&self, pool: PoolId) -> usize {
        self.frequencies.get(pool.index()).map_or(0, Vec::len)
    }
}

impl<O: Observer> Simulation<O> {
    /// Notes that the load of the units of `task` is about to change.
    pub(in crate::sim) fn note_load_change(&mut self, task: TaskId, now: SimTime) {
        if self.governor.period.is_none() {
            return;
        }
        let units = std::mem::take(&mut self.world.tasks[task].units);
        for unit in units.as_slice() {
            let before = self.world.units[unit.index()].load;
            self.note_unit_load_change(*unit, before, now);
        }
        self.world.tasks[task].units = units;
    }

    /// Notes that the load of a unit changes now; it was `before`.
    pub(in crate::sim) fn note_unit_load_change(&mut self, unit: UnitId, before: Share, now: SimTime) {
        let Some(period) = self.governor.period else { return };
        self.average_until(unit, before, now);
        let watch = &mut self.governor.watches[unit.index()];
        watch.changed = true;
        if !watch.armed {
            // The load has been constant since the last point of the grid, so the integral there is known.
            let at = &self.world.units[unit.index()];
            let since_grid = now.as_nanos() % period.as_nanos();
            let unclosed = u128::from(at.busy().0) * u128::from((now - at.since).as_nanos());
            let load_now = at.totals.load + unclosed;
            let before = before.min(at.size.devices);
            watch.load_then = load_now.saturating_sub(u128::from(before.0) * u128::from(since_grid));
        }
    }

    /// Takes into the unit's average what it did up to now, with `load` at its present clock.
    fn average_until(&mut self, unit: UnitId, load: Share, now: SimTime) {
        let Some(half_life) = self.governor.half_life else { return };
        let at = &self.world.units[unit.index()];
        let slowness = self.world.cluster.device(unit).slowness(usize::from(at.pstate)).unwrap_or(1.0);
        let busy = load.min(at.size.devices).as_fraction() / at.size.devices.as_fraction();
        self.governor.watches[unit.index()].average.advance(busy / slowness, half_life, now);
    }

    /// Notes that the clock of a unit is about to change: a governor that reads an average looks at it again.
    pub(in crate::sim) fn note_clock_change(&mut self, unit: UnitId, now: SimTime, queue: &mut EventQueue<Event>) {
        if self.governor.half_life.is_some() {
            self.average_until(unit, self.world.units[unit.index()].load, now);
            self.arm_unit(unit, now, queue);
        }
    }

    /// Sees to it that a governor without a period acts when it wants to next.
    pub(in crate::sim) fn arm_next_change(&mut self, now: SimTime, queue: &mut EventQueue<Event>) {
        if self.governor.period.is_none() {
            self.governor.change_at = self.policies.governor.next_change(now).filter(|at| *at > now);
            if let Some(at) = self.governor.change_at {
                queue.push(at, Event::GovernorTick);
            }
        }
    }

    /// The governor sets all units of its own accord.
    fn change_all(&mut self, now: SimTime, queue: &mut EventQueue<Event>) {
        if self.governor.change_at != Some(now) {
            return;
        }
        for unit in 0..self.world.units.len() {
            self.look_at(UnitId(unit as u32), SimDuration::ZERO, now, queue);
        }
        self.arm_next_change(now, queue);
    }

    /// Sees to it that the governor looks at the units of a task at its next tick.
    pub(in crate::sim) fn arm_governor(&mut self, task: TaskId, now: SimTime, queue: &mut EventQueue<Event>) {
        self.arm_cap(now, queue);
        self.note_tasks_change(task);
        if self.governor.period.is_none() {
            return;
        }
        let units = self.world.tasks[task].units.clone();
        for unit in units.as_slice() {
            self.arm_unit(*unit, now, queue);
        }
    }

    /// Sees to it that the governor looks at a unit at its next tick.
    pub(in crate::sim) fn arm_unit(&mut self, unit: UnitId, now: SimTime, queue: &mut EventQueue<Event>) {
        self.arm_cap(now, queue);
        self.note_unit_tasks_change(unit);
        let Some(period) = self.governor.period else { return };
        // With one P-state there is nothing to choose.
        if self.governor.frequencies[self.world.cluster.units[unit.index()].pool.index()].len() < 2 {
            return;
        }
        let watch = &mut self.governor.watches[unit.index()];
        if !watch.armed {
            watch.armed = true;
            self.governor.armed.push(unit);
        }
        if !self.governor.ticking {
            self.governor.ticking = true;
            let next = now.as_nanos() / period.as_nanos() + 1;
            queue.push(SimTime::from_nanos(next.saturating_mul(period.as_nanos())), Event::GovernorTick);
        }
    }

    /// The governor looks at every armed unit, and sets it to the P-state it wants.
    pub(in crate::sim) fn governor_tick(&mut self, now: SimTime, queue: &mut EventQueue<Event>) {
        self.pace_tick(now);
        self.governor.ticking = false;
        let Some(period) = self.governor.period else { return self.change_all(now, queue) };
        let mut armed = std::mem::take(&mut self.governor.armed);
        armed.retain(|unit| {
            let keep = self.look_at(*unit, period, now, queue);
            self.governor.watches[unit.index()].armed = keep;
            keep
        });
        let again = !armed.is_empty();
        self.governor.armed = armed;
        if again {
            self.governor.ticking = true;
            queue.push(now + period, Event::GovernorTick);
        }
    }

    /// One look at one unit; `true` where the next look may bring something new.
    fn look_at(&mut self, unit: UnitId, period: SimDuration, now: SimTime, queue: &mut EventQueue<Event>) -> bool {
        self.average_until(unit, self.world.units[unit.index()].load, now);
        let pool_id = self.world.cluster.units[unit.index()].pool.index();
        let pool = &self.world.cluster.pools[pool_id];
        let frequencies = &self.governor.frequencies[pool_id];
        let at = &mut self.world.units[unit.index()];
        at.close(now, &pool.device);
        let (mut load, mut changed, mut util) = (0.0, false, 0.0);
        if let Some(watch) = self.governor.watches.get_mut(unit.index()) {
            let busy = at.totals.load.saturating_sub(watch.load_then);
            watch.load_then = at.totals.load;
            changed = std::mem::take(&mut watch.changed);
            load = busy as f64 / (period.as_nanos() as f64 * f64::from(at.size.devices.0));
            util = watch.average.value;
        }
        let clock = |p: u8| pool.device.pstates.get(usize::from(p)).map_or(0.0, |state| state.frequency);
        let current = at.clocks.asked;
        let choice = self.policies.governor.look(&Look {
            unit,
            now,
            period,
            current: usize::from(current),
            load: load.min(1.0),
            busy: at.busy().as_fraction() / at.size.devices.as_fraction(),
            util,
            clock: clock(at.pstate),
            highest: clock(pool.device.top()),
            frequencies,
        });
        let wanted = choice.state.min(frequencies.len().saturating_sub(1)) as u8;
        if wanted == current {
            return changed || !choice.settled;
        }
        self.ask_clock(unit, wanted, now, queue);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From 0 at level 1: half after one half-life, three quarters after two; then at level 0.25 half of the way back.
    #[test]
    fn the_average_halves_its_distance_in_a_half_life() {
        let half = SimDuration::from_nanos(32_000_000);
        let at = |halves: u64| SimTime::from_nanos(halves * 32_000_000);
        let mut average = Average::default();
        average.advance(1.0, half, at(1));
        assert_eq!(average.value, 0.5);
        average.advance(1.0, half, at(2));
        assert_eq!(average.value, 0.75);
        average.advance(0.25, half, at(3));
        assert_eq!(average.value, 0.5);
        // In one step as in two.
        let mut once = Average::default();
        once.advance(1.0, half, at(2));
        assert_eq!(once.value, 0.75);
    }
}
