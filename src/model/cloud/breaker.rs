//! A circuit breaker: does not ask again, for a while, where the last answers were failures.

use crate::units::{SimDuration, SimTime};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Lets all through; so many failures in a row.
    Closed { failures: u32 },
    /// Lets nothing through until then.
    Open { until: SimTime },
    /// One is let through to try.
    Probing,
}

/// Opens after `after` failures in a row; after `probe_after` lets one through: its success closes the breaker, its
/// failure opens it again (Nygard, Release It!, 2007).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Breaker {
    after: u32,
    probe_after: SimDuration,
    state: State,
    /// When it last left the closed state.
    since: SimTime,
}

impl Breaker {
    /// A closed breaker.
    pub const fn new(after: u32, probe_after: SimDuration) -> Self {
        Self { after, probe_after, state: State::Closed { failures: 0 }, since: SimTime::ZERO }
    }

    /// Whether one that comes now is let through.
    pub fn admits(&self, now: SimTime) -> bool {
        match self.state {
            State::Closed { .. } => true,
            State::Open { until } => now >= until,
            State::Probing => false,
        }
    }

    /// One is let through.
    pub fn enter(&mut self, now: SimTime) {
        if matches!(self.state, State::Open { until } if now >= until) {
            self.state = State::Probing;
        }
    }

    /// One has failed.
    pub fn failure(&mut self, now: SimTime) {
        let open = State::Open { until: now + self.probe_after };
        match self.state {
            State::Closed { failures } if failures + 1 < self.after => {
                self.state = State::Closed { failures: failures + 1 };
            }
            State::Closed { .. } => (self.state, self.since) = (open, now),
            State::Probing => self.state = open,
            // Of those that were let through before it opened.
            State::Open { .. } => {}
        }
    }

    /// One has succeeded. Tells how long the breaker was not closed, if this closes it.
    pub fn success(&mut self, now: SimTime) -> Option<SimDuration> {
        let was_probing = self.state == State::Probing;
        if !matches!(self.state, State::Open { .. }) {
            self.state = State::Closed { failures: 0 };
        }
        was_probing.then(|| now - self.since)
    }

    /// One that was let through was called off, and tells nothing.
    pub fn called_off(&mut self, now: SimTime) {
        if self.state == State::Probing {
            self.state = State::Open { until: now };
        }
    }

    /// How long it has not been closed by now.
    pub fn open_for(&self, now: SimTime) -> SimDuration {
        if matches!(self.state, State::Closed { .. }) { SimDuration::ZERO } else { now - self.since }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_opens_probes_and_closes() {
        let at = |s| SimTime::ZERO + SimDuration::from_secs(s);
        let mut breaker = Breaker::new(3, SimDuration::from_secs(10));
        // Two failures, a success, two failures: never three in a row.
        breaker.failure(at(0));
        breaker.failure(at(1));
        assert_eq!(breaker.success(at(2)), None);
        breaker.failure(at(3));
        breaker.failure(at(4));
        assert!(breaker.admits(at(5)));
        breaker.failure(at(5));
        assert!(!breaker.admits(at(5)) && !breaker.admits(at(14)));
        assert!(breaker.admits(at(15)));
        breaker.enter(at(16));
        // One at a time.
        assert!(!breaker.admits(at(16)));
        // The probe fails: ten more seconds. The next succeeds.
        breaker.failure(at(17));
        assert!(!breaker.admits(at(26)) && breaker.admits(at(27)));
        breaker.enter(at(27));
        assert_eq!(breaker.open_for(at(28)), SimDuration::from_secs(23));
        assert_eq!(breaker.success(at(29)), Some(SimDuration::from_secs(24)));
        assert!(breaker.admits(at(29)));
        assert_eq!(breaker.open_for(at(40)), SimDuration::ZERO);
    }
}
