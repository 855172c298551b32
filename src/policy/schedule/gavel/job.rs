//! Jobs and types of units as the round-based schedulers keep them.

use crate::policy::{ClusterView, TaskView};
use crate::units::{PoolId, SimTime, TaskId};

/// A type of units: a device pool.
#[derive(Clone, Debug, PartialEq)]
pub struct UnitType {
    /// The pool.
    pub pool: PoolId,
    /// How many units it has.
    pub count: u32,
    /// The device's name.
    pub name: String,
}

/// All types of a cluster, in the order of their names: the last key between types.
pub fn unit_types(view: &ClusterView<'_>) -> Vec<UnitType> {
    let mut types = Vec::new();
    for pool in (0..view.pool_count()).map(|i| PoolId(i as u16)) {
        let units = view.pool_units(pool);
        if let Some(first) = units.first() {
            types.push(UnitType { pool, count: units.len() as u32, name: view.unit(*first).device().to_owned() });
        }
    }
    types.sort_by(|a, b| a.name.cmp(&b.name).then(a.pool.cmp(&b.pool)));
    types
}

/// A job that has not ended. Steps are seconds of reference time; where a trace counts steps, the two are the same.
#[derive(Clone, Debug)]
pub struct Job {
    /// Its slot.
    pub task: TaskId,
    /// When it became ready, s.
    pub ready: f64,
    /// Whether a round has begun since.
    pub admitted: bool,
    /// Gang width.
    pub width: u32,
    /// Priority weight, positive.
    pub weight: f64,
    /// Steps left, by what it was asked to do so far.
    pub steps: f64,
    /// Steps per second on each type, 0 where it cannot run.
    pub throughput: Vec<f64>,
    /// Its allocation: the share of time that it should spend on each type.
    pub share: Vec<f64>,
    /// Time on each type since the last allocation, s, and half a round to begin with.
    pub received: Vec<f64>,
    /// Running time that rounding to the clock's ticks has kept from it so far, s.
    pub owed: f64,
}

impl Job {
    /// `task` as it is when it joins the queue.
    pub fn new(task: TaskView<'_>, types: &[UnitType], round: f64, view: &ClusterView<'_>) -> Self {
        let can = |pool| view.possible(task).any(|o| o.pool == pool);
        let throughput = |t: &UnitType| if can(t.pool) { view.throughput(task, t.pool) } else { 0.0 };
        Self {
            task: task.id(),
            ready: view.now().as_secs_f64(),
            admitted: false,
            width: task.units(),
            weight: if task.priority() > 0.0 { task.priority() } else { 1.0 },
            steps: steps_left(task, view),
            throughput: types.iter().map(throughput).collect(),
            share: vec![0.0; types.len()],
            received: vec![round / 2.0; types.len()],
            owed: 0.0,
        }
    }
}

/// Estimated steps that `task` has left; where it has run before, by the rest of its estimate on its fastest pool.
fn steps_left(task: TaskView<'_>, view: &ClusterView<'_>) -> f64 {
    let whole = task.estimate().as_secs_f64();
    let Some(best) = view.possible(task).next().filter(|_| !task.attained(view.now()).is_zero()) else { return whole };
    let full = view.estimated_time(task, best.pool).as_secs_f64();
    let rest = view.estimated_remaining(task, best.pool).as_secs_f64();
    if full > 0.0 { whole * rest / full } else { whole }
}

/// `seconds` since the start as an instant of the clock.
pub fn instant(seconds: f64) -> SimTime {
    SimTime::ZERO + crate::units::SimDuration::from_secs_f64_clamped(seconds)
}

#[cfg(test)]
pub mod samples {
    use super::*;

    /// Types `a`, `b` and so on, with so many units each.
    pub fn types(counts: &[u32]) -> Vec<UnitType> {
        let name = |i: usize| char::from(b'a' + i as u8).to_string();
        let one = |(i, count): (usize, &u32)| UnitType { pool: PoolId(i as u16), count: *count, name: name(i) };
        counts.iter().enumerate().map(one).collect()
    }

    /// A job of weight 1 that came at 0.
    pub fn job(throughput: &[f64], width: u32, steps: f64) -> Job {
        Job {
            task: TaskId(0),
            ready: 0.0,
            admitted: true,
            width,
            weight: 1.0,
            steps,
            throughput: throughput.to_vec(),
            share: Vec::new(),
            received: Vec::new(),
            owed: 0.0,
        }
    }
}
