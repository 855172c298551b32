//! The clock of a unit: several ask, the lowest wish counts.

use crate::model::event::Event;
use crate::queue::EventQueue;
use crate::record::{Observer, Record};
use crate::sim::Simulation;
use crate::units::{SimTime, UnitId};

impl<O: Observer> Simulation<O> {
    /// The governor asks for a P-state.
    pub(in crate::sim) fn ask_clock(&mut self, unit: UnitId, asked: u8, now: SimTime, queue: &mut EventQueue<Event>) {
        self.world.units[unit.index()].clocks.asked = asked;
        self.reclock(unit, now, queue);
    }

    /// Sets the P-state that the wishes leave, where it is another one: the unit's tasks are settled first and
    /// their ends set anew.
    pub(in crate::sim) fn reclock(&mut self, unit: UnitId, now: SimTime, queue: &mut EventQueue<Event>) {
        self.arm_cap(now, queue);
        let at = &self.world.units[unit.index()];
        let pstate = at.clocks.lowest();
        if pstate == at.pstate {
            return;
        }
        let runners = self.world.settle_unit(unit, now);
        self.world.change_unit(unit, now, |u| u.pstate = pstate);
        self.observer.on(now, &Record::PState(unit, pstate));
        self.set_speeds(&runners, now, queue);
    }
}
