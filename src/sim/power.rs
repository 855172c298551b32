//! Power: waking, falling asleep, and the governor's ticks.

use crate::model::cluster::{Cluster, Pool};
use crate::model::event::Event;
use crate::model::unit::UnitPhase;
use crate::policy::ClusterView;
use crate::queue::EventQueue;
use crate::record::{Observer, Record};
use crate::units::{Share, SimDuration, SimTime, TaskId, UnitId};

use super::Simulation;

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

/// When a unit may go to sleep. One event per unit is enough: it is set anew when it rings too early.
#[derive(Clone, Copy, Debug)]
pub(super) struct SleepTimer {
    /// When the unit's present idle time is long enough.
    deadline: SimTime,
    /// Time of the unit's event in the queue.
    pending: SimTime,
}

impl SleepTimer {
    pub(super) const UNSET: Self = Self { deadline: SimTime::NEVER, pending: SimTime::NEVER };
}

/// The governor's clock. Ticks lie on multiples of the period, and only while some unit's load is in
/// flux: a unit whose load is constant and whose P-state has settled would decide the same for ever.
pub(super) struct GovernorState {
    period: Option<SimDuration>,
    watches: Vec<Watch>,
    /// Clocks that the governor may choose from, by pool.
    frequencies: Vec<Vec<f64>>,
    armed: Vec<UnitId>,
    ticking: bool,
}

impl GovernorState {
    pub(super) fn new(period: Option<SimDuration>, cluster: &Cluster) -> Self {
        let watches = if period.is_some() { vec![Watch::default(); cluster.units.len()] } else { Vec::new() };
        let allowed =
            |p: &Pool| p.device.pstates.iter().take(usize::from(p.ceiling) + 1).map(|s| s.frequency).collect();
        let frequencies = cluster.pools.iter().map(allowed).collect();
        Self { period, watches, frequencies, armed: Vec::new(), ticking: false }
    }
}

impl<O: Observer> Simulation<O> {
    /// A task waits for a unit that is not awake.
    pub(super) fn wake(&mut self, unit: UnitId, now: SimTime, queue: &mut EventQueue<Event>) {
        let Some(sleep) = self.world.cluster.device(unit).sleep else { return };
        match self.world.units[unit.index()].phase {
            UnitPhase::Awake | UnitPhase::Waking | UnitPhase::FallingAsleep { wanted: true } => {}
            UnitPhase::FallingAsleep { wanted: false } => {
                self.world.units[unit.index()].phase = UnitPhase::FallingAsleep { wanted: true };
            }
            UnitPhase::Sleeping => self.enter(unit, UnitPhase::Waking, Some(sleep.wake), now, queue),
        }
    }

    /// Moves a unit into `phase`; its next transition ends after `length`.
    fn enter(
        &mut self,
        unit: UnitId,
        phase: UnitPhase,
        length: Option<SimDuration>,
        now: SimTime,
        queue: &mut EventQueue<Event>,
    ) {
        self.world.change_unit(unit, now, |u| {
            u.phase = phase;
            u.epoch = u.epoch.wrapping_add(1);
        });
        self.observer.on(now, &Record::UnitPhase(unit, phase));
        if let Some(length) = length {
            let epoch = self.world.units[unit.index()].epoch;
            queue.push(now + length, Event::UnitTransition { unit, epoch });
        }
    }

    /// A unit is asleep, or awake.
    pub(super) fn transition_ends(&mut self, unit: UnitId, epoch: u32, now: SimTime, queue: &mut EventQueue<Event>) {
        if self.world.units[unit.index()].epoch != epoch {
            return;
        }
        let Some(sleep) = self.world.cluster.device(unit).sleep else { return };
        match self.world.units[unit.index()].phase {
            UnitPhase::FallingAsleep { wanted: false } => self.enter(unit, UnitPhase::Sleeping, None, now, queue),
            UnitPhase::FallingAsleep { wanted: true } => {
                self.enter(unit, UnitPhase::Waking, Some(sleep.wake), now, queue);
            }
            UnitPhase::Waking => {
                self.enter(unit, UnitPhase::Awake, None, now, queue);
                let residents = self.world.units[unit.index()].residents.clone();
                for task in residents {
                    let state = &mut self.world.tasks[task];
                    state.waking = state.waking.saturating_sub(1);
                    if state.waking == 0 && state.phase == crate::model::task::Phase::Placed {
                        self.begin_run(task, now, queue);
                    }
                }
            }
            UnitPhase::Awake | UnitPhase::Sleeping => {}
        }
    }

    /// Sets the sleep deadline of a unit that has nothing on it.
    pub(super) fn consider_sleep(&mut self, unit: UnitId, now: SimTime, queue: &mut EventQueue<Event>) {
        let at = &self.world.units[unit.index()];
        if !at.residents.is_empty() || at.phase != UnitPhase::Awake || self.world.cluster.device(unit).sleep.is_none() {
            return;
        }
        let view = ClusterView::new(&self.world, now);
        let Some(after) = self.policies.sleep.timeout(view.unit(unit)) else { return };
        let timer = &mut self.sleep_timers[unit.index()];
        timer.deadline = now + after;
        if timer.deadline < timer.pending {
            timer.pending = timer.deadline;
            queue.push(timer.deadline, Event::SleepTimer { unit });
        }
    }

    /// A sleep timer rings; if the unit has been idle for long enough, it goes to sleep.
    pub(super) fn sleep_timer_rings(&mut self, unit: UnitId, now: SimTime, queue: &mut EventQueue<Event>) {
        let timer = &mut self.sleep_timers[unit.index()];
        if timer.pending == now {
            timer.pending = SimTime::NEVER;
        }
        let at = &self.world.units[unit.index()];
        if !at.residents.is_empty() || at.phase != UnitPhase::Awake || timer.deadline == SimTime::NEVER {
            return;
        }
        if now < timer.deadline {
            // It worked in between: the timer rings again when its present idle time is long enough.
            if timer.pending == SimTime::NEVER {
                timer.pending = timer.deadline;
                queue.push(timer.deadline, Event::SleepTimer { unit });
            }
            return;
        }
        timer.deadline = SimTime::NEVER;
        let Some(sleep) = self.world.cluster.device(unit).sleep else { return };
        self.enter(unit, UnitPhase::FallingAsleep { wanted: false }, Some(sleep.entry), now, queue);
    }

    /// Notes that the load of the units of `task` is about to change.
    pub(super) fn note_load_change(&mut self, task: TaskId, now: SimTime) {
        if self.governor.period.is_none() {
            return;
        }
        let units = std::mem::take(&mut self.world.tasks[task].units);
        for unit in units.as_slice() {
            self.note_unit_load_change(*unit, now);
        }
        self.world.tasks[task].units = units;
    }

    fn note_unit_load_change(&mut self, unit: UnitId, now: SimTime) {
        let Some(period) = self.governor.period else { return };
        let watch = &mut self.governor.watches[unit.index()];
        watch.changed = true;
        if !watch.armed {
            // The load has been constant since the last point of the grid, so the integral there is known.
            let at = &self.world.units[unit.index()];
            let since_grid = now.as_nanos() % period.as_nanos();
            let unclosed = u128::from(at.load.0) * u128::from((now - at.since).as_nanos());
            let load_now = at.totals.load + unclosed;
            watch.load_then = load_now.saturating_sub(u128::from(at.load.0) * u128::from(since_grid));
        }
    }

    /// Sees to it that the governor looks at the units of a task at its next tick.
    pub(super) fn arm_governor(&mut self, task: TaskId, now: SimTime, queue: &mut EventQueue<Event>) {
        if self.governor.period.is_none() {
            return;
        }
        let units = self.world.tasks[task].units.clone();
        for unit in units.as_slice() {
            self.arm_unit(*unit, now, queue);
        }
    }

    /// Sees to it that the governor looks at a unit at its next tick.
    pub(super) fn arm_unit(&mut self, unit: UnitId, now: SimTime, queue: &mut EventQueue<Event>) {
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
    pub(super) fn governor_tick(&mut self, now: SimTime, queue: &mut EventQueue<Event>) {
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
        let load = busy as f64 / (period.as_nanos() as f64 * f64::from(Share::WHOLE.0));
        let current = at.pstate;
        let wanted = self.policies.governor.choose(unit, usize::from(current), load.min(1.0), frequencies);
        let wanted = wanted.min(frequencies.len().saturating_sub(1)) as u8;
        if wanted == current {
            return changed;
        }
        self.set_pstate(unit, wanted, now, queue);
        true
    }

    /// Changes the clock of a unit: its tasks are settled first and their ends set anew.
    fn set_pstate(&mut self, unit: UnitId, pstate: u8, now: SimTime, queue: &mut EventQueue<Event>) {
        let residents = self.world.units[unit.index()].residents.clone();
        for task in &residents {
            if self.world.tasks[*task].phase == crate::model::task::Phase::Running {
                self.world.settle_task(*task, now);
            }
        }
        self.world.change_unit(unit, now, |u| u.pstate = pstate);
        self.observer.on(now, &Record::PState(unit, pstate));
        for task in residents {
            if self.world.tasks[task].phase == crate::model::task::Phase::Running {
                self.world.retime(task);
                self.schedule_finish(task, now, queue);
            }
        }
    }
}
