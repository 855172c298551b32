//! Units that are out of reach for a while.

use crate::units::UnitId;

use super::World;

impl World {
    /// Takes `unit`, on which there is nothing, out of reach: it has no free share, so nothing fits on it.
    pub fn withhold(&mut self, unit: UnitId) {
        let at = &self.units[unit.index()];
        if at.free != at.size.places || self.withheld.contains(&unit) {
            return;
        }
        self.take_share(unit, at.size.places);
        self.withheld.push(unit);
    }

    /// Brings all units back that are out of reach; they are told.
    pub fn reopen(&mut self) -> Vec<UnitId> {
        let units = std::mem::take(&mut self.withheld);
        for unit in &units {
            self.give_share(*unit, self.units[unit.index()].size.places);
        }
        if !units.is_empty() {
            self.changes.released += 1;
            self.changes.reopened += 1;
        }
        units
    }
}
