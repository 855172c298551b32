//! Waking and falling asleep.

use crate::model::event::Event;
use crate::model::unit::UnitPhase;
use crate::policy::ClusterView;
use crate::queue::EventQueue;
use crate::record::{Observer, Record};
use crate::sim::Simulation;
use crate::units::{SimDuration, SimTime, UnitId};

/// When a unit may go to sleep. One event per unit is enough: it is set anew when it rings too early.
#[derive(Clone, Copy, Debug)]
pub(in crate::sim) struct SleepTimer {
    /// When the unit's present idle time is long enough.
    deadline: SimTime,
    /// Time of the unit's event in the queue.
    pending: SimTime,
}

impl SleepTimer {
    pub(in crate::sim) const UNSET: Self = Self { deadline: SimTime::NEVER, pending: SimTime::NEVER };
}

impl<O: Observer> Simulation<O> {
    /// A task waits for a unit that is not awake.
    pub(in crate::sim) fn wake(&mut self, unit: UnitId, now: SimTime, queue: &mut EventQueue<Event>) {
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
        self.cap_due();
        if let Some(length) = length {
            let epoch = self.world.units[unit.index()].epoch;
            queue.push(now + length, Event::UnitTransition { unit, epoch });
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
        let Some(sleep) = self.world.cluster.device(unit).sleep else { return };
        match self.world.units[unit.index()].phase {
            UnitPhase::FallingAsleep { wanted: false } => match self.policies.sleep.absence(&mut self.sleep_rng) {
                Some(away) => self.enter(unit, UnitPhase::FallingAsleep { wanted: false }, Some(away), now, queue),
                None => self.enter(unit, UnitPhase::Sleeping, None, now, queue),
            },
            UnitPhase::FallingAsleep { wanted: true } => {
                self.enter(unit, UnitPhase::Waking, Some(sleep.wake), now, queue);
            }
            UnitPhase::Waking => {
                self.enter(unit, UnitPhase::Awake, None, now, queue);
                let residents = self.world.units[unit.index()].residents.clone();
                for task in residents {
                    self.one_less_to_wait_for(task, now, queue);
                }
            }
            UnitPhase::Awake | UnitPhase::Sleeping => {}
        }
    }

    /// Sets the sleep deadline of a unit that has nothing on it.
    pub(in crate::sim) fn consider_sleep(&mut self, unit: UnitId, now: SimTime, queue: &mut EventQueue<Event>) {
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
    pub(in crate::sim) fn sleep_timer_rings(&mut self, unit: UnitId, now: SimTime, queue: &mut EventQueue<Event>) {
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
        let away = self.policies.sleep.absence(&mut self.sleep_rng).unwrap_or(sleep.entry);
        self.enter(unit, UnitPhase::FallingAsleep { wanted: false }, Some(away), now, queue);
    }
}
