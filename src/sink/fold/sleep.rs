//! Sleep, where a device has several states: wake-ups, and time in each state.

use super::Metrics;
use crate::model::unit::UnitPhase;
use crate::model::world::World;
use crate::record::Record;
use crate::units::{SimTime, UnitId};

/// Wake-ups, and unit seconds by sleep state.
#[derive(Clone, Debug, Default)]
pub(super) struct SleepFold {
    /// Units whose phase has changed at this instant.
    changed: Vec<UnitId>,
    /// By unit, the state in which it sleeps and since when.
    asleep: Vec<Option<(u8, SimTime)>>,
    wakes: u64,
    /// Nanoseconds in each state.
    time: Vec<u128>,
}

/// The most sleep states that any device of the cluster has.
fn most_states(world: &World) -> usize {
    world.cluster.pools.iter().map(|p| p.device.sleep.len()).max().unwrap_or(0)
}

impl SleepFold {
    /// Statistics start at `at`, with the units as they are.
    pub(super) fn start_over(&mut self, at: SimTime) {
        (self.wakes, self.time) = (0, Vec::new());
        for (_, since) in self.asleep.iter_mut().flatten() {
            *since = at;
        }
    }

    pub(super) fn on(&mut self, record: &Record<'_>) {
        if let Record::UnitPhase(unit, phase) = record {
            self.wakes += u64::from(*phase == UnitPhase::Waking);
            self.changed.push(*unit);
        }
    }

    pub(super) fn quiet(&mut self, at: SimTime, world: &World) {
        while let Some(unit) = self.changed.pop() {
            self.close(unit, at);
            let now = &world.units[unit.index()];
            if self.asleep.len() <= unit.index() {
                self.asleep.resize(unit.index() + 1, None);
            }
            self.asleep[unit.index()] = (now.phase == UnitPhase::Sleeping).then_some((now.depth, at));
        }
    }

    fn close(&mut self, unit: UnitId, at: SimTime) {
        let Some((state, since)) = self.asleep.get(unit.index()).copied().flatten() else { return };
        let state = usize::from(state);
        if self.time.len() <= state {
            self.time.resize(state + 1, 0);
        }
        self.time[state] += u128::from((at - since).as_nanos());
    }

    /// Wake-ups and unit seconds in each state, where a device has more than one.
    pub(super) fn report(&self, end: SimTime, world: &World, m: &mut Metrics) {
        let states = most_states(world);
        if states < 2 {
            return;
        }
        let mut closed = self.clone();
        for unit in 0..closed.asleep.len() {
            closed.close(UnitId(unit as u32), end);
        }
        m.insert("sleep.wakes".into(), closed.wakes as f64);
        for state in 0..states {
            let time = closed.time.get(state).copied().unwrap_or(0);
            m.insert(format!("sleep.state_{state}.time_s"), time as f64 / 1e9);
        }
    }
}
