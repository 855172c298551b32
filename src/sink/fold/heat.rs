//! Temperatures, and what heat did to the clocks.

use super::Metrics;
use crate::model::heat::HeatTotals;
use crate::model::world::World;

/// Sums when statistics started.
#[derive(Clone, Debug, Default)]
pub(super) struct HeatFold {
    at_start: Vec<HeatTotals>,
    snapshot_due: bool,
}

impl HeatFold {
    /// Statistics start now: the sums are kept at the next quiet instant.
    pub(super) fn started_now() -> Self {
        Self { snapshot_due: true, ..Self::default() }
    }

    pub(super) fn quiet(&mut self, world: &World) {
        if std::mem::take(&mut self.snapshot_due)
            && let Some(heat) = &world.heat
        {
            self.at_start = heat.totals();
        }
    }

    /// Over the window of statistics and the units with thermal figures.
    pub(super) fn report(&self, window: f64, world: &World, m: &mut Metrics) {
        let Some(heat) = &world.heat else { return };
        let (mut units, mut peak) = (0.0, f64::NEG_INFINITY);
        let (mut degrees, mut leakage, mut throttled, mut throttles) = (0.0, 0.0, 0.0, 0);
        for (id, node) in heat.nodes() {
            let before = self.at_start.get(id.index()).copied().unwrap_or_default();
            let now = &node.totals;
            units += 1.0;
            peak = f64::max(peak, node.window_peak);
            degrees += now.degree_seconds - before.degree_seconds;
            leakage += now.leakage - before.leakage;
            throttled += (now.throttled - before.throttled).as_secs_f64();
            throttles += now.throttles - before.throttles;
        }
        m.insert("temperature_c.max".into(), peak);
        if window > 0.0 {
            m.insert("temperature_c.mean".into(), degrees / window / units);
        }
        m.insert("throttle_s".into(), throttled);
        m.insert("throttles".into(), throttles as f64);
        if heat.nodes().any(|(_, n)| n.thermal.leakage > 0.0) {
            m.insert("energy_j.leakage_by_heat".into(), leakage);
        }
    }
}
