//! Failures, what they cost, and what checkpoints cost.

use std::collections::BTreeMap;

use super::Metrics;
use crate::model::kind::UnitKind;
use crate::model::outage::Place;
use crate::model::task::{Status, Task};
use crate::model::unit::{EnergyState, UnitTotals};
use crate::model::world::World;
use crate::record::Record;
use crate::units::SimDuration;

#[derive(Clone, Debug, Default)]
pub(super) struct FailureFold {
    units: u64,
    nodes: u64,
    hits: u64,
    /// Unit time in nanoseconds times millionths of a unit: lost, for checkpoints and restarts, and that counts.
    lost: u128,
    overhead: u128,
    useful: u128,
}

/// Time of a task times the units that it holds.
fn unit_time(task: &Task, time: SimDuration) -> u128 {
    let held = task.units.as_slice().len() as u128 * u128::from(task.spec.share.0);
    held * u128::from(time.as_nanos())
}

impl FailureFold {
    pub(super) fn on(&mut self, record: &Record<'_>) {
        match record {
            Record::Down(Place::Unit(_)) => self.units += 1,
            Record::Down(Place::Node(_)) => self.nodes += 1,
            Record::Hit(task, lost) => {
                self.hits += 1;
                self.lost += unit_time(task, *lost);
            }
            Record::Ended(task, status) => {
                let Some(recovery) = &task.recovery else { return };
                self.overhead += unit_time(task, recovery.overhead);
                if matches!(status, Status::Completed | Status::Killed) {
                    self.useful += unit_time(task, task.run);
                } else {
                    // What it had kept is lost with it.
                    self.lost += unit_time(task, task.run);
                }
            }
            _ => {}
        }
    }

    /// `at_start` are the units' totals when statistics started, `window` the seconds since.
    pub(super) fn report(&self, window: f64, at_start: &[UnitTotals], world: &World, m: &mut Metrics) {
        let seconds = |x: u128| x as f64 / 1e15;
        if world.outages.is_some() {
            m.insert("failures.units".into(), self.units as f64);
            m.insert("failures.nodes".into(), self.nodes as f64);
            m.insert("failures.tasks_hit".into(), self.hits as f64);
            m.insert("failures.lost_s".into(), seconds(self.lost));
            availability(window, at_start, world, m);
        }
        if world.checkpoints.is_some() {
            m.insert("checkpoint.overhead_s".into(), seconds(self.overhead));
        }
        let spent = self.useful + self.lost + self.overhead;
        if spent > 0 && (world.outages.is_some() || world.checkpoints.is_some()) {
            m.insert("goodput.share".into(), self.useful as f64 / spent as f64);
        }
    }
}

/// `availability.KIND`: the part of its devices' time in which they were not down.
fn availability(window: f64, at_start: &[UnitTotals], world: &World, m: &mut Metrics) {
    let mut down: BTreeMap<UnitKind, (f64, f64)> = BTreeMap::new();
    for (i, (unit, place)) in world.units.iter().zip(&world.cluster.units).enumerate() {
        let state = EnergyState::Down as usize;
        let before = at_start.get(i).map_or(0, |t| t.time[state]);
        let devices = unit.size.devices.as_fraction();
        let entry = down.entry(world.cluster.pools[place.pool.index()].device.kind).or_default();
        entry.0 += (unit.totals.time[state] - before) as f64 / 1e9 * devices;
        entry.1 += devices;
    }
    if window > 0.0 {
        for (kind, (down, devices)) in down {
            m.insert(format!("availability.{}", kind.name()), 1.0 - down / window / devices);
        }
    }
}
