//! Waking and falling asleep.

use crate::model::event::Event;
use crate::model::unit::UnitPhase;
use crate::policy::ClusterView;
use crate::policy::sleep::IdlePeriod;
use crate::queue::EventQueue;
use crate::record::{Observer, Record};
use crate::sim::Simulation;
use crate::units::{SimDuration, SimTime, TaskId, UnitId};

/// When a unit may go to sleep, or deeper. One event per unit is enough: it is set anew when it rings too early.
#[derive(Clone, Copy, Debug)]
pub(in crate::sim) struct SleepTimer {
    /// When the unit's present idle time is long enough.
    deadline: SimTime,
    /// Time of the unit's event in the queue.
    pending: SimTime,
    /// The sleep state to which the unit goes at the deadline.
    state: u8,
    /// When the present idle period began.
    idle_since: SimTime,
    /// Idle periods so far.
    periods: u32,
    /// Wake-ups so far that were drawn.
    wakes: u32,
}

impl SleepTimer {
    pub(in crate::sim) const UNSET: Self = Self {
        deadline: SimTime::NEVER,
        pending: SimTime::NEVER,
        state: 0,
        idle_since: SimTime::NEVER,
        periods: 0,
        wakes: 0,
    };
}

/// One number of a unit and a count.
fn key(unit: UnitId, count: u32) -> u64 {
    u64::from(unit.0) << 32 | u64::from(count)
}

impl<O: Observer> Simulation<O> {
    /// A task waits for a unit that is not awake.
    pub(in crate::sim) fn wake(&mut self, unit: UnitId, now: SimTime, queue: &mut EventQueue<Event>) {
        match self.world.units[unit.index()].phase {
            UnitPhase::Awake
            | UnitPhase::Waking
            | UnitPhase::Down { .. }
            | UnitPhase::FallingAsleep { wanted: true } => {}
            UnitPhase::FallingAsleep { wanted: false } => {
                self.world.units[unit.index()].phase = UnitPhase::FallingAsleep { wanted: true };
            }
            UnitPhase::Sleeping => self.begin_waking(unit, now, queue),
        }
    }

    /// Wakes a unit from the state in which it is; its wake-up time may be drawn.
    fn begin_waking(&mut self, unit: UnitId, now: SimTime, queue: &mut EventQueue<Event>) {
        let depth = usize::from(self.world.units[unit.index()].depth);
        let Some(state) = self.world.cluster.device(unit).sleep.get(depth) else { return };
        let timer = &mut self.sleep_timers[unit.index()];
        timer.deadline = SimTime::NEVER;
        let length = match &state.drawn {
            None => state.wake,
            Some(dist) => {
                let mut rng = self.setup.streams.keyed(self.setup.wake_family, key(unit, timer.wakes));
                timer.wakes = timer.wakes.wrapping_add(1);
                SimDuration::from_secs_f64_clamped(dist.sample(&mut rng))
            }
        };
        self.enter(unit, UnitPhase::Waking, Some(length), now, queue);
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
        self.cap_due();
        if let Some(length) = length {
            let epoch = self.world.units[unit.index()].epoch;
            queue.push(now + length, Event::UnitTransition { unit, epoch });
        }
    }

    /// A unit goes to sleep state `state`, from being awake or from a shallower one.
    fn fall_asleep(&mut self, unit: UnitId, state: u8, now: SimTime, queue: &mut EventQueue<Event>) {
        let states = &self.world.cluster.device(unit).sleep;
        let state = state.min(states.len().saturating_sub(1) as u8);
        let Some(sleep) = states.get(usize::from(state)) else { return };
        let entry = sleep.entry;
        let away = self.policies.sleep.absence(&mut self.sleep_rng).unwrap_or(entry);
        self.world.change_unit(unit, now, |u| u.depth = state);
        self.enter(unit, UnitPhase::FallingAsleep { wanted: false }, Some(away), now, queue);
        if self.gate.exists() {
            self.world.withhold(unit);
        }
    }

    /// A unit is asleep, or awake.
    pub(in crate::sim) fn transition_ends(
        &mut self,
        unit: UnitId,
        epoch: u32,
        now: SimTime,
        queue: &mut EventQueue<Event>,
    ) {
        if self.world.units[unit.index()].epoch != epoch {
            return;
        }
        match self.world.units[unit.index()].phase {
            UnitPhase::FallingAsleep { wanted: false } => match self.policies.sleep.absence(&mut self.sleep_rng) {
                Some(away) => self.enter(unit, UnitPhase::FallingAsleep { wanted: false }, Some(away), now, queue),
                None => {
                    self.enter(unit, UnitPhase::Sleeping, None, now, queue);
                    self.consider_deeper(unit, now, queue);
                }
            },
            UnitPhase::FallingAsleep { wanted: true } => self.begin_waking(unit, now, queue),
            UnitPhase::Waking => {
                self.enter(unit, UnitPhase::Awake, None, now, queue);
                let residents = self.world.units[unit.index()].residents.clone();
                if residents.is_empty() {
                    // Whoever woke it is gone.
                    self.unloaded.push(unit);
                }
                for task in residents {
                    self.one_less_to_wait_for(task, now, queue);
                }
            }
            UnitPhase::Awake | UnitPhase::Sleeping | UnitPhase::Down { .. } => {}
        }
    }

    /// Sets the sleep deadline of a unit that has nothing on it.
    pub(in crate::sim) fn consider_sleep(&mut self, unit: UnitId, now: SimTime, queue: &mut EventQueue<Event>) {
        let at = &self.world.units[unit.index()];
        if !at.residents.is_empty() || at.phase != UnitPhase::Awake || self.world.cluster.device(unit).sleep.is_empty()
        {
            return;
        }
        let timer = &mut self.sleep_timers[unit.index()];
        // Two tasks that leave it at one instant begin one idle period.
        if timer.idle_since != now {
            timer.idle_since = now;
            timer.periods = timer.periods.wrapping_add(1);
        }
        let period = IdlePeriod::new(self.setup.streams, self.setup.idle_family, key(unit, timer.periods));
        let view = ClusterView::new(&self.world, now);
        let next = self.policies.sleep.descend(view.unit(unit), period);
        timer.deadline = next.map_or(SimTime::NEVER, |descent| now + descent.after);
        timer.state = next.map_or(0, |descent| descent.state);
        self.arm_sleep_timer(unit, queue);
    }

    /// Sets the deadline at which a unit that sleeps goes deeper.
    fn consider_deeper(&mut self, unit: UnitId, now: SimTime, queue: &mut EventQueue<Event>) {
        let at = self.world.units[unit.index()].depth;
        let view = ClusterView::new(&self.world, now);
        let next = self.policies.sleep.deepen(view.unit(unit)).filter(|d| d.state > at);
        let Some(descent) = next.filter(|d| usize::from(d.state) < self.world.cluster.device(unit).sleep.len()) else {
            return;
        };
        let timer = &mut self.sleep_timers[unit.index()];
        timer.state = descent.state;
        timer.deadline = (timer.idle_since + descent.after).max(now);
        self.arm_sleep_timer(unit, queue);
    }

    fn arm_sleep_timer(&mut self, unit: UnitId, queue: &mut EventQueue<Event>) {
        let timer = &mut self.sleep_timers[unit.index()];
        if timer.deadline < timer.pending {
            timer.pending = timer.deadline;
            queue.push(timer.deadline, Event::SleepTimer { unit });
        }
    }

    /// A sleep timer rings; if the unit has been idle for long enough, it goes to sleep, or deeper.
    pub(in crate::sim) fn sleep_timer_rings(&mut self, unit: UnitId, now: SimTime, queue: &mut EventQueue<Event>) {
        let timer = &mut self.sleep_timers[unit.index()];
        if timer.pending == now {
            timer.pending = SimTime::NEVER;
        }
        let at = &self.world.units[unit.index()];
        let settled = matches!(at.phase, UnitPhase::Awake | UnitPhase::Sleeping);
        if !at.residents.is_empty() || !settled || timer.deadline == SimTime::NEVER {
            return;
        }
        if now < timer.deadline {
            // It worked in between: the timer rings again when its present idle time is long enough.
            self.arm_sleep_timer(unit, queue);
            return;
        }
        timer.deadline = SimTime::NEVER;
        let state = timer.state;
        self.fall_asleep(unit, state, now, queue);
    }

    /// Tells the sleep policy how long the units of `placed` tasks had been idle.
    pub(in crate::sim) fn end_idle_periods(&mut self, placed: &[TaskId], now: SimTime) {
        for task in placed {
            for unit in self.world.tasks[*task].units.as_slice() {
                let timer = &mut self.sleep_timers[unit.index()];
                if timer.idle_since != SimTime::NEVER {
                    let length = now - std::mem::replace(&mut timer.idle_since, SimTime::NEVER);
                    self.policies.sleep.on_busy(ClusterView::new(&self.world, now).unit(*unit), length);
                }
            }
        }
    }
}
