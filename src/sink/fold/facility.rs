//! What the building's energy cost, and its carbon.

use super::Metrics;
use crate::model::facility::Bill;
use crate::model::world::World;

/// The bill when statistics started.
#[derive(Clone, Debug, Default)]
pub(super) struct FacilityFold {
    at_start: Bill,
    /// Device-seconds of work then.
    load_then: f64,
    snapshot_due: bool,
}

/// Device-seconds of work so far.
fn load(world: &World) -> f64 {
    world.units.iter().map(|u| u.totals.load as f64 / 1e15).sum()
}

impl FacilityFold {
    /// Statistics start now: the bill is kept at the next quiet instant.
    pub(super) fn started_now() -> Self {
        Self { snapshot_due: true, ..Self::default() }
    }

    pub(super) fn quiet(&mut self, world: &World) {
        if std::mem::take(&mut self.snapshot_due)
            && let Some(facility) = &world.facility
        {
            self.at_start = facility.bill;
            self.load_then = load(world);
        }
    }

    /// Energy, money and carbon over the window of statistics.
    pub(super) fn report(&self, world: &World, m: &mut Metrics) {
        let Some(facility) = &world.facility else { return };
        let (bill, terms) = (facility.bill.since(&self.at_start), &facility.terms);
        let (machine, all) = (bill.machine.as_joules(), bill.facility.as_joules());
        m.insert("facility.energy_j".into(), all);
        if machine > 0.0 {
            m.insert("facility.pue".into(), all / machine);
        }
        if terms.price.is_some() {
            m.insert("cost.energy_usd".into(), bill.usd());
        }
        let operational = terms.carbon.as_ref().map(|_| bill.grams());
        let embodied = terms.embodied.map(|e| e.share(load(world) - self.load_then));
        let parts = [("operational", operational), ("embodied", embodied)];
        for (name, grams) in parts {
            if let Some(grams) = grams {
                m.insert(format!("carbon.{name}_g"), grams);
            }
        }
        if parts.iter().any(|(_, grams)| grams.is_some()) {
            let total = parts.iter().filter_map(|(_, grams)| *grams).sum();
            m.insert("carbon.total_g".into(), total);
        }
    }
}
