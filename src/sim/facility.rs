//! Tariffs and the air: what changes by the clock alone.

use crate::model::event::Event;
use crate::queue::EventQueue;
use crate::record::Observer;
use crate::units::SimTime;

use super::Simulation;

impl<O: Observer> Simulation<O> {
    /// Sets the event of the next change of a rate or of the ambient temperature.
    pub(super) fn arm_tariff(&mut self, now: SimTime, queue: &mut EventQueue<Event>) {
        let rates = self.world.facility.as_ref().map_or(SimTime::NEVER, |f| f.terms.next_change(now));
        let air = self.world.heat.as_ref().map_or(SimTime::NEVER, |h| h.next_ambient(now));
        let next = rates.min(air);
        if next != SimTime::NEVER {
            self.tariff_pending = true;
            queue.push(next, Event::Tariff);
        }
    }

    /// A rate or the ambient temperature changes: all sums are closed at the old ones.
    pub(super) fn tariff_changes(&mut self, now: SimTime, queue: &mut EventQueue<Event>) {
        self.tariff_pending = false;
        self.world.close_all(now);
        if let Some(heat) = &mut self.world.heat {
            heat.follow_ambient(now);
        }
        // Without anything else to come, more changes would only hide that the run is stuck.
        let epochs = usize::from(self.policies.adaptive.epoch().is_some());
        if self.dirty || queue.len() > epochs {
            self.arm_tariff(now, queue);
        }
    }
}
