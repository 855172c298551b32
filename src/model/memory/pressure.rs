//! Pressure stall information: which part of the time tasks could not go on for want of memory.
//!
//! As Linux has it (kernel/sched/psi.c), a unit being one processor: `some` is the share of the time in which a task
//! stood still, `full` that in which none went on. Between two changes both are constant, so their integrals are
//! exact, and the averages that Linux updates every 2 s follow in closed form, without an event.

use crate::units::SimTime;

/// Windows of the averages in seconds.
pub const WINDOWS: [f64; 3] = [10.0, 60.0, 300.0];
/// Time between two updates of the averages.
const PERIOD: u64 = 2_000_000_000;

/// One of the two shares.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Stall {
    /// Share of the time now, in [0, 1].
    share: f64,
    /// Stalled nanoseconds since the start.
    total: f64,
    /// Of those, before the last update of the averages.
    before: f64,
    /// Percent over each window.
    averages: [f64; 3],
}

impl Stall {
    fn advance(&mut self, from: u64, to: u64) {
        let (first, last) = (from / PERIOD + 1, to / PERIOD);
        if first > last {
            self.total += self.share * (to - from) as f64;
            return;
        }
        // To the end of the period that has begun, then whole periods of one share, then the rest.
        self.total += self.share * (first * PERIOD - from) as f64;
        let begun = (self.total - self.before) / PERIOD as f64;
        self.update(begun, 1);
        self.update(self.share, last - first);
        self.total += self.share * ((last - first) * PERIOD) as f64;
        self.before = self.total;
        self.total += self.share * (to - last * PERIOD) as f64;
    }

    /// `count` updates with the same share: `avg e^(−2/W) + 100 share (1 − e^(−2/W))`, so often.
    fn update(&mut self, share: f64, count: u64) {
        for (average, window) in self.averages.iter_mut().zip(WINDOWS) {
            let kept = libm::exp(-2.0 * count as f64 / window);
            *average = *average * kept + 100.0 * share * (1.0 - kept);
        }
    }

    /// Percent of the time over the last 10, 60 and 300 s, as of the last full 2 s.
    pub const fn averages(&self) -> [f64; 3] {
        self.averages
    }

    /// Stalled seconds since the start.
    pub fn seconds(&self) -> f64 {
        self.total / 1e9
    }
}

/// The pressure on one unit.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Pressure {
    /// A task stands still.
    pub some: Stall,
    /// None goes on.
    pub full: Stall,
    since: SimTime,
}

impl Pressure {
    /// As it will stand at `now` if nothing changes.
    #[must_use]
    pub fn at(mut self, now: SimTime) -> Self {
        let (from, to) = (self.since.as_nanos(), now.as_nanos());
        if to > from {
            self.some.advance(from, to);
            self.full.advance(from, to);
            self.since = now;
        }
        self
    }

    /// From `now` on, the residents of the unit stand still for these shares of the time.
    ///
    /// With `stalled = Σ shares` and `productive = Σ (1 − share)`, one processor has
    /// `some = min(stalled, 1)` and `full = 1 − min(productive, 1)`.
    pub fn set(&mut self, now: SimTime, shares: impl Iterator<Item = f64>) {
        *self = self.at(now);
        let (mut stalled, mut productive, mut any) = (0.0, 0.0, false);
        for share in shares {
            (stalled, productive, any) = (stalled + share, productive + (1.0 - share), true);
        }
        self.some.share = f64::min(stalled, 1.0);
        self.full.share = if any { 1.0 - f64::min(productive, 1.0) } else { 0.0 };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(nanos: u64) -> SimTime {
        SimTime::from_nanos(nanos)
    }

    /// One task of two stalls from 1 s to 8 s. Updates at 2, 4, 6, 8 and 10 see shares ½, 1, 1, 1 and 0.
    #[test]
    fn the_closed_form_is_the_updates_one_by_one() {
        let mut pressure = Pressure::default();
        pressure.set(at(1_000_000_000), [1.0, 0.0].into_iter());
        pressure.set(at(8_000_000_000), [0.0, 0.0].into_iter());
        let now = pressure.at(at(11_000_000_000));
        for (found, window) in now.some.averages().into_iter().zip(WINDOWS) {
            let kept = (-2.0 / window).exp();
            let expected = [50.0, 100.0, 100.0, 100.0, 0.0].iter().fold(0.0, |avg, x| avg * kept + x * (1.0 - kept));
            assert!((found - expected).abs() < 1e-12, "{found} {expected}");
        }
        assert_eq!((now.some.seconds(), now.full.seconds()), (7.0, 0.0));
    }

    /// A lone task that waits a quarter of its time: both shares are a quarter. Two that both stand still: both are 1.
    #[test]
    fn shares_of_stalled_tasks() {
        let mut pressure = Pressure::default();
        pressure.set(at(0), [0.25].into_iter());
        pressure.set(at(4_000_000_000), [1.0, 1.0].into_iter());
        let now = pressure.at(at(6_000_000_000));
        assert_eq!((now.some.seconds(), now.full.seconds()), (3.0, 3.0));
        pressure.set(at(6_000_000_000), std::iter::empty());
        assert_eq!(pressure.at(at(9_000_000_000)).full.seconds(), 3.0);
    }

    /// Asking in between changes nothing.
    #[test]
    fn reading_is_no_event() {
        let mut pressure = Pressure::default();
        pressure.set(at(500_000_000), [0.5].into_iter());
        let direct = pressure.at(at(100_000_000_000));
        let mut asked = pressure;
        for t in 1..100 {
            asked = asked.at(at(t * 1_000_000_000));
        }
        let asked = asked.at(at(100_000_000_000));
        assert!(direct.some.averages().iter().zip(asked.some.averages()).all(|(a, b)| (a - b).abs() < 1e-9));
        assert!((direct.some.seconds() - 49.75).abs() < 1e-12 && (asked.some.seconds() - 49.75).abs() < 1e-12);
    }
}
