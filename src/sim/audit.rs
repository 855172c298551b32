//! A second set of books: the energy of each unit, gathered from its power at quiet instants alone.

use crate::model::world::World;
use crate::units::{Energy, Power, SimTime, UnitId};

use super::check::{Broken, hold};

/// What rounding may leave of energies that follow a temperature, in J for each J of leakage.
const HEAT_ROUNDING: f64 = 1e-6;

/// Integrals of power that know nothing of how the units close theirs.
#[derive(Debug, Default)]
pub(super) struct Audit {
    at: SimTime,
    units: Vec<(Power, Energy)>,
}

impl Audit {
    /// The books of units that are as at the start.
    pub(super) fn new(world: &World) -> Self {
        Self { at: SimTime::ZERO, units: world.units.iter().map(|u| (u.power, Energy::ZERO)).collect() }
    }

    /// Nothing more happens at `now`: what each unit drew since the last time, it drew all the while. From now on it
    /// draws what its phase, clock and load ask for.
    pub(super) fn quiet(&mut self, now: SimTime, world: &World) {
        let passed = now - self.at;
        self.at = now;
        for ((id, unit), (power, energy)) in (0..).zip(&world.units).zip(&mut self.units) {
            *energy += power.during(passed);
            *power = unit.demand(world.cluster.device(UnitId(id))).0;
        }
    }

    /// The units' own totals agree: to the last digit, but for whole changes of clock, which cost an energy at once, and
    /// for leakage that follows the temperature.
    pub(super) fn check(&self, world: &World) -> Result<(), Broken> {
        for ((id, unit), (_, audited)) in (0..).zip(&world.units).zip(&self.units) {
            let booked: Energy = unit.totals.energy.into_iter().sum();
            let change = world.cluster.device(UnitId(id)).change.map_or(Energy::ZERO, |c| c.energy);
            let heat = world.heat.as_ref().and_then(|h| h.node(UnitId(id)));
            let more = (booked - *audited).as_femtojoules();
            let agrees = match heat {
                None if change == Energy::ZERO => booked == *audited,
                None => booked >= *audited && more.is_multiple_of(change.as_femtojoules()),
                Some(node) => {
                    let expected = audited.as_joules() + node.totals.leakage;
                    let lump = change.as_joules();
                    let more = booked.as_joules() - expected;
                    let off = if lump > 0.0 { more - lump * (more / lump).round().max(0.0) } else { more };
                    off.abs() <= HEAT_ROUNDING * expected.abs().max(1.0)
                }
            };
            hold(agrees, || {
                let (booked, audited) = (booked.as_joules(), audited.as_joules());
                format!("unit {id}: its books say {booked} J, its power over time {audited} J")
            })?;
        }
        Ok(())
    }
}
