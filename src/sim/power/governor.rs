//! The governor's ticks.

use crate::model::cluster::{Cluster, Pool};
use crate::model::event::Event;
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
}

/// The governor's clock. Ticks lie on multiples of the period, and only while some unit's load is in
/// flux: a unit whose load is constant and whose P-state has settled would decide the same for ever.
pub(in crate::sim) struct GovernorState {
    period: Option<SimDuration>,
    watches: Vec<Watch>,
    /// Clocks that the governor may choose from, by pool.
    frequencies: Vec<Vec<f64>>,
    armed: Vec<UnitId>,
    ticking: bool,
}

impl GovernorState {
    pub(in crate::sim) fn new(period: Option<SimDuration>, cluster: &Cluster) -> Self {
        let watches = if period.is_some() { vec![Watch::default(); cluster.units.len()] } else { Vec::new() };
        let allowed =
            |p: &Pool| p.device.pstates.iter().take(usize::from(p.ceiling) + 1).map(|s| s.frequency).collect();
        let frequencies = cluster.pools.iter().map(allowed).collect();
        Self { period, watches, frequencies, armed: Vec::new(), ticking: false }
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
        let Some(period) = self.governor.period else { return };
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
        let pool_id = self.world.cluster.units[unit.index()].pool.index();
        let pool = &self.world.cluster.pools[pool_id];
        let frequencies = &self.governor.frequencies[pool_id];
        let at = &mut self.world.units[unit.index()];
        at.close(now, &pool.device);
        let watch = &mut self.governor.watches[unit.index()];
        let busy = at.totals.load.saturating_sub(watch.load_then);
        watch.load_then = at.totals.load;
        let changed = std::mem::take(&mut watch.changed);
        let load = busy as f64 / (period.as_nanos() as f64 * f64::from(at.size.devices.0));
        let current = at.clocks.asked;
        let wanted = self.policies.governor.choose(unit, usize::from(current), load.min(1.0), frequencies);
        let wanted = wanted.min(frequencies.len().saturating_sub(1)) as u8;
        if wanted == current {
            return changed;
        }
        self.ask_clock(unit, wanted, now, queue);
        true
    }
}
