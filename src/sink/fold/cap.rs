//! A power budget that is shared out: how well it was kept and used.

use super::Metrics;
use crate::model::world::World;
use crate::stats::TimeAverage;
use crate::units::SimTime;

/// Levels over time, in microwatts; `over` is 1 while the machine draws more than the budget.
#[derive(Clone, Debug)]
pub(super) struct CapFold {
    over: TimeAverage,
    drawn: TimeAverage,
    allotted: TimeAverage,
}

impl CapFold {
    pub(super) fn new() -> Self {
        let level = || TimeAverage::new(SimTime::ZERO, 0);
        Self { over: level(), drawn: level(), allotted: level() }
    }

    /// Statistics start at `at`, at the present levels.
    pub(super) fn start_over(&mut self, at: SimTime) {
        for level in [&mut self.over, &mut self.drawn, &mut self.allotted] {
            level.reset(at);
        }
    }

    pub(super) fn quiet(&mut self, at: SimTime, world: &World) {
        let Some(cap) = world.cap else { return };
        let drawn = world.gauges.total_power();
        self.over.set(at, u64::from(drawn > cap.budget));
        self.drawn.set(at, drawn.as_microwatts());
        self.allotted.set(at, cap.allotted.as_microwatts());
    }

    /// `power.cap_violation_s`: time at more than the budget; `power.cap_allotted_w.mean`: what was given away, the whole
    /// budget while the units are let go; `power.cap_use`: energy drawn over energy allotted.
    pub(super) fn report(&self, end: SimTime, from: SimTime, world: &World, m: &mut Metrics) {
        if world.cap.is_none() {
            return;
        }
        if let Some(over) = self.over.mean(end) {
            m.insert("power.cap_violation_s".into(), over * (end - from).as_secs_f64());
        }
        if let (Some(drawn), Some(allotted)) = (self.drawn.mean(end), self.allotted.mean(end)) {
            m.insert("power.cap_allotted_w.mean".into(), allotted / 1e6);
            if allotted > 0.0 {
                m.insert("power.cap_use".into(), drawn / allotted);
            }
        }
    }
}
