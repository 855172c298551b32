//! Energy, power and use of the units.

use std::collections::BTreeMap;

use super::Metrics;
use crate::model::kind::UnitKind;
use crate::model::unit::{EnergyState, UnitTotals};
use crate::model::world::World;
use crate::units::Energy;

/// Totals of the units, and the greatest power.
#[derive(Clone, Debug, Default)]
pub(super) struct PowerFold {
    /// Totals when statistics started.
    pub(super) at_start: Vec<UnitTotals>,
    snapshot_due: bool,
    /// In microwatts.
    max_power: u64,
}

impl PowerFold {
    /// Statistics start now: the totals are kept at the next quiet instant.
    pub(super) fn started_now() -> Self {
        Self { snapshot_due: true, ..Self::default() }
    }

    pub(super) fn quiet(&mut self, world: &World) {
        if std::mem::take(&mut self.snapshot_due) {
            self.at_start = world.totals();
        }
        self.max_power = self.max_power.max(world.gauges.total_power().as_microwatts());
    }

    /// Energy by state and utilization by kind over the window of statistics.
    pub(super) fn report(&self, window: f64, world: &World, m: &mut Metrics) {
        let mut energy = [Energy::ZERO; EnergyState::COUNT];
        let down = world.outages.is_some().then_some(EnergyState::Down);
        let states = || EnergyState::ALL.into_iter().chain(down);
        let mut load: BTreeMap<UnitKind, (f64, u64)> = BTreeMap::new();
        for (i, (unit, place)) in world.units.iter().zip(&world.cluster.units).enumerate() {
            let before = self.at_start.get(i).copied().unwrap_or_default();
            for state in states() {
                energy[state as usize] += unit.totals.energy[state as usize] - before.energy[state as usize];
            }
            let kind = world.cluster.pools[place.pool.index()].device.kind;
            let entry = load.entry(kind).or_default();
            entry.0 += (unit.totals.load - before.load) as f64 / 1e15;
            entry.1 += u64::from(unit.size.devices.0);
        }
        let total: Energy = energy.into_iter().sum();
        m.insert("energy_j.total".into(), total.as_joules());
        for state in states() {
            m.insert(format!("energy_j.{}", state.as_str()), energy[state as usize].as_joules());
        }
        m.insert("power_w.max".into(), self.max_power as f64 / 1e6);
        if window > 0.0 {
            m.insert("power_w.mean".into(), total.as_joules() / window);
            for (kind, (busy, devices)) in load {
                m.insert(format!("utilization.{}", kind.name()), busy / window / (devices as f64 / 1e6));
            }
        }
    }
}
