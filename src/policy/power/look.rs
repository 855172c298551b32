//! What a governor sees, and what it answers.

use crate::units::{SimDuration, SimTime, UnitId};

/// A unit at a tick of its governor.
#[derive(Clone, Copy, Debug)]
pub struct Look<'a> {
    /// The unit.
    pub unit: UnitId,
    /// The present instant.
    pub now: SimTime,
    /// Time between two ticks.
    pub period: SimDuration,
    /// The P-state that the governor asked for last.
    pub current: usize,
    /// Busy share of the last period, in [0, 1].
    pub load: f64,
    /// Busy share now, in [0, 1].
    pub busy: f64,
    /// Running average of the busy share, each moment counted by its clock over the highest, in [0, 1]; 0 where the
    /// governor has no half-life.
    pub util: f64,
    /// Clock at which the unit runs now, in hertz: a request may be on its way, or a cap below it.
    pub clock: f64,
    /// The device's highest clock in hertz.
    pub highest: f64,
    /// The clocks in hertz, ascending, that may be chosen.
    pub frequencies: &'a [f64],
}

/// What a governor wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The P-state.
    pub state: usize,
    /// Whether all further looks would bring the same while the load stays as it is now.
    pub settled: bool,
}

impl Look<'_> {
    /// The lowest P-state with at least this clock, or the highest of all.
    pub fn at_least(&self, clock: f64) -> usize {
        let found = self.frequencies.iter().position(|f| *f >= clock);
        found.unwrap_or(self.frequencies.len().saturating_sub(1))
    }

    /// The highest P-state with at most this clock, or the lowest of all.
    pub fn at_most(&self, clock: f64) -> usize {
        self.frequencies.iter().rposition(|f| *f <= clock).unwrap_or(0)
    }

    /// The P-state nearest to this clock, of two the lower.
    pub fn nearest(&self, clock: f64) -> usize {
        let distance = |f: &f64| (f - clock).abs();
        let states = self.frequencies.iter().enumerate();
        states.min_by(|(_, a), (_, b)| distance(a).total_cmp(&distance(b))).map_or(0, |(state, _)| state)
    }
}

/// A look at unit 0 for tests: one second, at its own clock.
#[cfg(test)]
pub(super) fn look(now: u64, current: usize, load: f64, frequencies: &[f64]) -> Look<'_> {
    Look {
        unit: UnitId(0),
        now: SimTime::ZERO + SimDuration::from_secs(now),
        period: SimDuration::from_secs(1),
        current,
        load,
        busy: load,
        util: 0.0,
        clock: frequencies[current],
        highest: *frequencies.last().unwrap(),
        frequencies,
    }
}
