//! Device memory: how much was used, how fragmented it was, how often it kept tasks waiting.

use super::Metrics;
use crate::model::world::World;
use crate::record::Record;
use crate::stats::TimeAverage;
use crate::units::{Bytes, SimDuration, SimTime};

/// Levels of memory that is placed in blocks.
#[derive(Clone, Debug)]
struct Blocks {
    /// Sum of the units' external fragmentation, in millionths.
    fragmentation: TimeAverage,
    /// Bytes asked for, given, and given or kept back.
    requested: TimeAverage,
    allocated: TimeAverage,
    reserved: TimeAverage,
}

impl Blocks {
    fn new() -> Self {
        let level = || TimeAverage::new(SimTime::ZERO, 0);
        Self { fragmentation: level(), requested: level(), allocated: level(), reserved: level() }
    }

    fn levels(&mut self) -> [&mut TimeAverage; 4] {
        [&mut self.fragmentation, &mut self.requested, &mut self.allocated, &mut self.reserved]
    }

    fn quiet(&mut self, at: SimTime, world: &World) {
        self.fragmentation.set(at, world.gauges.fragmentation);
        self.requested.set(at, world.placed.requested);
        self.allocated.set(at, world.gauges.memory_used);
        self.reserved.set(at, world.placed.reserved.unwrap_or(0));
    }

    fn report(&self, end: SimTime, world: &World, m: &mut Metrics) {
        if let Some(mean) = self.fragmentation.mean(end) {
            m.insert("memory.fragmentation.mean".into(), mean / (world.units.len() as f64 * 1e6));
        }
        let integral = |level: &TimeAverage| level.integral_at(end) as f64;
        let allocated = integral(&self.allocated);
        if allocated > 0.0 {
            m.insert("memory.internal.mean".into(), 1.0 - integral(&self.requested) / allocated);
            if world.placed.reserved.is_some() {
                m.insert("memory.reserved_ratio".into(), integral(&self.reserved) / allocated);
            }
        }
    }
}

/// Waits for memory, and what was done about them.
#[derive(Clone, Copy, Debug, Default)]
struct Failures {
    waits: u64,
    /// Of those, the ones for which bytes enough were free.
    by_fragmentation: u64,
    /// Sum of the external fragmentation that they met, in millionths.
    external: u64,
    compactions: u64,
    moved: u64,
    moving: SimDuration,
}

#[derive(Clone, Debug)]
pub(super) struct MemoryFold {
    blocks: Blocks,
    most: u64,
    failures: Failures,
}

impl MemoryFold {
    pub(super) fn new() -> Self {
        Self { blocks: Blocks::new(), most: 0, failures: Failures::default() }
    }

    /// Statistics start at `at`, at the present levels.
    pub(super) fn start_over(&mut self, at: SimTime) {
        for level in self.blocks.levels() {
            level.reset(at);
        }
        (self.most, self.failures) = (0, Failures::default());
    }

    pub(super) fn on(&mut self, record: &Record<'_>) {
        let f = &mut self.failures;
        match record {
            Record::MemoryWait(_, why) => {
                f.waits += 1;
                f.by_fragmentation += u64::from(why.by_fragmentation);
                f.external += u64::from(why.external);
            }
            Record::Compaction(_, Bytes(bytes), time) => {
                f.compactions += 1;
                f.moved = f.moved.saturating_add(*bytes);
                f.moving += *time;
            }
            _ => {}
        }
    }

    pub(super) fn quiet(&mut self, at: SimTime, world: &World) {
        if world.has_blocks {
            self.blocks.quiet(at, world);
        }
        self.most = self.most.max(world.gauges.memory_used);
    }

    pub(super) fn report(&self, end: SimTime, world: &World, m: &mut Metrics) {
        let f = &self.failures;
        if world.has_blocks {
            self.blocks.report(end, world, m);
            m.insert("memory.failures_by_fragmentation".into(), f.by_fragmentation as f64);
            if f.waits > 0 {
                m.insert("memory.external.at_failure".into(), f.external as f64 / 1e6 / f.waits as f64);
            }
        }
        if world.compactor.is_some() {
            m.insert("memory.compactions".into(), f.compactions as f64);
            m.insert("memory.compaction_s".into(), f.moving.as_secs_f64());
            m.insert("memory.moved_bytes".into(), f.moved as f64);
        }
        if world.memory_capacity > 0 {
            m.insert("memory.peak_fraction".into(), self.most as f64 / world.memory_capacity as f64);
            m.insert("memory.oom_waits".into(), f.waits as f64);
        }
    }
}
