//! Memory that acts on speed: what was spilled, how long tasks stood still for it, what the model caches did.

use super::Metrics;
use crate::model::memory::cache::CacheCounts;
use crate::model::memory::dynamics::{Dynamics, MemoryCounts};
use crate::model::world::World;
use crate::stats::TimeAverage;
use crate::units::SimTime;

/// Totals that the model keeps since the start of the run.
#[derive(Clone, Copy, Debug, Default)]
struct Totals {
    counts: MemoryCounts,
    cache: CacheCounts,
    some: f64,
    full: f64,
}

impl Totals {
    fn of(dynamics: &Dynamics, now: SimTime) -> Self {
        let (some, full) = dynamics.stalled(now);
        Self { counts: dynamics.counts, cache: dynamics.cache_counts(), some, full }
    }
}

#[derive(Clone, Debug)]
pub(super) struct PressureFold {
    spilled: TimeAverage,
    from: SimTime,
    /// Totals when statistics started; `None` until the first quiet instant after that.
    before: Option<Totals>,
}

impl PressureFold {
    pub(super) fn new() -> Self {
        Self { spilled: TimeAverage::new(SimTime::ZERO, 0), from: SimTime::ZERO, before: Some(Totals::default()) }
    }

    /// Statistics start at `at`.
    pub(super) fn start_over(&mut self, at: SimTime) {
        self.spilled.reset(at);
        (self.from, self.before) = (at, None);
    }

    pub(super) fn quiet(&mut self, at: SimTime, world: &World) {
        if let Some(dynamics) = &world.dynamics {
            self.spilled.set(at, dynamics.spilled);
            self.before.get_or_insert_with(|| Totals::of(dynamics, at));
        }
    }

    pub(super) fn report(&self, end: SimTime, world: &World, m: &mut Metrics) {
        let Some(dynamics) = &world.dynamics else { return };
        let (before, now) = (self.before.unwrap_or_default(), Totals::of(dynamics, end));
        let mut put = |name: &str, x: f64| {
            m.insert(format!("memory.{name}"), x);
        };
        if dynamics.rules.spill.is_some() {
            put("spilled_bytes", self.spilled.max() as f64);
            if let Some(mean) = self.spilled.mean(end) {
                put("spilled_bytes.mean", mean);
            }
        }
        if dynamics.rules.swap.is_some() {
            put("swapped_bytes", (now.counts.swapped - before.counts.swapped) as f64);
            put("swap_losses", (now.counts.swap_losses - before.counts.swap_losses) as f64);
        }
        if dynamics.classes.iter().any(|c| !c.phases.is_empty()) {
            put("oom_stalls", (now.counts.stalls - before.counts.stalls) as f64);
            put("oom_kills", (now.counts.kills - before.counts.kills) as f64);
            put("oom_retries", (now.counts.retries - before.counts.retries) as f64);
        }
        if dynamics.classes.iter().any(|c| c.model.is_some()) {
            put("cache.hits", (now.cache.hits - before.cache.hits) as f64);
            put("cache.misses", (now.cache.misses - before.cache.misses) as f64);
            put("cache.evictions", (now.cache.evictions - before.cache.evictions) as f64);
        }
        let time = (end - self.from).as_secs_f64() * dynamics.units.len() as f64;
        if time > 0.0 {
            put("pressure.some", (now.some - before.some) / time);
            put("pressure.full", (now.full - before.full) / time);
        }
    }
}
