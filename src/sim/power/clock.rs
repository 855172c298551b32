//! The clock of a unit: several ask, the lowest wish counts, and a change takes what it takes.
//!
//! | | |
//! |---|---|
//! | request | the old clock goes on for the device's latency |
//! | another one meanwhile | only the newest counts, from when it was made; asking for the same again changes nothing |
//! | the present clock is asked for meanwhile | nothing is pending any more |
//! | change | nothing works for the device's halt, at the greater power of the two P-states |
//! | another request meanwhile | is made when the halt is over |
//!
//! A device that takes no time and no energy to change does so at once, without an event.

use crate::model::cluster::Cluster;
use crate::model::event::Event;
use crate::queue::EventQueue;
use crate::record::{Observer, Record};
use crate::sim::Simulation;
use crate::units::{SimTime, UnitId};

/// Where the change of a unit's clock stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Stage {
    /// No change is on its way.
    #[default]
    Settled,
    /// Asked for.
    Asked(u8),
    /// The unit stands still.
    Halted(u8),
}

#[derive(Clone, Copy, Debug, Default)]
struct Clock {
    stage: Stage,
    /// Makes events of requests that no longer count stale.
    epoch: u32,
}

/// Changes of clock on their way, by unit; empty where no device takes anything to change.
pub(in crate::sim) struct ClockState(Vec<Clock>);

impl ClockState {
    pub(in crate::sim) fn new(cluster: &Cluster) -> Self {
        let takes = cluster.pools.iter().any(|p| p.device.change.is_some() && p.device.pstates.len() > 1);
        Self(if takes { vec![Clock::default(); cluster.units.len()] } else { Vec::new() })
    }

    /// A new stage; returns the epoch of its event.
    fn enter(&mut self, unit: UnitId, stage: Stage) -> u32 {
        let Some(clock) = self.0.get_mut(unit.index()) else { return 0 };
        clock.stage = stage;
        clock.epoch = clock.epoch.wrapping_add(1);
        clock.epoch
    }

    fn stage(&self, unit: UnitId) -> Stage {
        self.0.get(unit.index()).map_or(Stage::Settled, |clock| clock.stage)
    }

    fn is_current(&self, unit: UnitId, epoch: u32) -> bool {
        self.0.get(unit.index()).is_some_and(|clock| clock.epoch == epoch)
    }
}

impl<O: Observer> Simulation<O> {
    /// The governor asks for a P-state.
    pub(in crate::sim) fn ask_clock(&mut self, unit: UnitId, asked: u8, now: SimTime, queue: &mut EventQueue<Event>) {
        self.world.units[unit.index()].clocks.asked = asked;
        self.reclock(unit, now, queue);
    }

    /// Requests the P-state that the wishes leave, where it is another one.
    pub(in crate::sim) fn reclock(&mut self, unit: UnitId, now: SimTime, queue: &mut EventQueue<Event>) {
        self.arm_cap(now, queue);
        let at = &self.world.units[unit.index()];
        let (wanted, present) = (at.clocks.lowest(), at.pstate);
        match self.clocks.stage(unit) {
            Stage::Settled if wanted == present => {}
            Stage::Asked(pending) if pending == wanted => {}
            Stage::Asked(_) if wanted == present => {
                self.clocks.enter(unit, Stage::Settled);
            }
            Stage::Halted(_) => {}
            Stage::Settled | Stage::Asked(_) => {
                let latency = self.world.cluster.device(unit).change.map(|change| change.latency);
                match latency.filter(|latency| !latency.is_zero()) {
                    Some(latency) => {
                        let epoch = self.clocks.enter(unit, Stage::Asked(wanted));
                        queue.push(now + latency, Event::Clock { unit, epoch });
                    }
                    None => self.begin_change(unit, wanted, now, queue),
                }
            }
        }
    }

    /// A request takes effect, or a halt is over.
    pub(in crate::sim) fn clock_goes_on(
        &mut self,
        unit: UnitId,
        epoch: u32,
        now: SimTime,
        queue: &mut EventQueue<Event>,
    ) {
        if !self.clocks.is_current(unit, epoch) {
            return;
        }
        match self.clocks.stage(unit) {
            Stage::Settled => {}
            Stage::Asked(pstate) => self.begin_change(unit, pstate, now, queue),
            Stage::Halted(pstate) => {
                self.clocks.enter(unit, Stage::Settled);
                self.set_clock(unit, pstate, -1, now, queue);
                // What was asked for in the meantime.
                self.reclock(unit, now, queue);
            }
        }
    }

    /// The clock changes now, or begins to where that keeps the unit from working.
    fn begin_change(&mut self, unit: UnitId, pstate: u8, now: SimTime, queue: &mut EventQueue<Event>) {
        self.clocks.enter(unit, Stage::Settled);
        let device = self.world.cluster.device(unit);
        let Some(change) = device.change else { return self.set_clock(unit, pstate, 0, now, queue) };
        let power = |p: u8| device.pstates.get(usize::from(p)).map(|state| state.active);
        let present = self.world.units[unit.index()].pstate;
        let greater = if power(pstate) > power(present) { pstate } else { present };
        self.world.spend(unit, change.energy);
        if change.halt.is_zero() {
            return self.set_clock(unit, pstate, 0, now, queue);
        }
        let epoch = self.clocks.enter(unit, Stage::Halted(pstate));
        queue.push(now + change.halt, Event::Clock { unit, epoch });
        self.set_clock(unit, greater, 1, now, queue);
    }

    /// Sets the P-state of a unit and changes the number of its holds: its tasks are settled first and their ends
    /// set anew.
    fn set_clock(&mut self, unit: UnitId, pstate: u8, holds: i8, now: SimTime, queue: &mut EventQueue<Event>) {
        let runners = self.world.settle_unit(unit, now);
        let before = self.world.units[unit.index()].pstate;
        if pstate != before {
            self.note_clock_change(unit, now, queue);
        }
        self.world.change_unit(unit, now, |u| {
            u.pstate = pstate;
            u.holds = u.holds.saturating_add_signed(holds);
        });
        if pstate != before {
            self.observer.on(now, &Record::PState(unit, pstate));
        }
        self.set_speeds(&runners, now, queue);
    }
}
