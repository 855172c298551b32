//! Device memory: how much was used, how fragmented it was, how often it kept tasks waiting.

use super::Metrics;
use crate::model::world::World;
use crate::record::Record;
use crate::stats::TimeAverage;
use crate::units::SimTime;

#[derive(Clone, Debug)]
pub(super) struct MemoryFold {
    fragmentation: TimeAverage,
    most: u64,
    waits: u64,
}

impl MemoryFold {
    pub(super) fn new() -> Self {
        Self { fragmentation: TimeAverage::new(SimTime::ZERO, 0), most: 0, waits: 0 }
    }

    /// Statistics start at `at`, at the present levels.
    pub(super) fn start_over(&mut self, at: SimTime) {
        self.fragmentation.reset(at);
        (self.most, self.waits) = (0, 0);
    }

    pub(super) fn on(&mut self, record: &Record<'_>) {
        if let Record::MemoryWait(_) = record {
            self.waits += 1;
        }
    }

    pub(super) fn quiet(&mut self, at: SimTime, world: &World) {
        if world.has_blocks {
            self.fragmentation.set(at, world.gauges.fragmentation);
        }
        self.most = self.most.max(world.gauges.memory_used);
    }

    pub(super) fn report(&self, end: SimTime, world: &World, m: &mut Metrics) {
        if world.has_blocks
            && let Some(mean) = self.fragmentation.mean(end)
        {
            m.insert("memory.fragmentation.mean".into(), mean / (world.units.len() as f64 * 1e6));
        }
        if world.memory_capacity > 0 {
            m.insert("memory.peak_fraction".into(), self.most as f64 / world.memory_capacity as f64);
            m.insert("memory.oom_waits".into(), self.waits as f64);
        }
    }
}
