//! The event loop. It knows time and order, and nothing of clusters.
//!
//! Each instant has three phases: every event of the instant is handled in its total order; when
//! none is left the model settles, once; events which that caused at the same instant start the
//! round again.

use crate::queue::{EventQueue, Ranked};
use crate::units::SimTime;

/// A simulated system.
pub trait Model {
    /// What can happen to it.
    type Event: Ranked;

    /// One event happens.
    fn handle(&mut self, now: SimTime, event: Self::Event, queue: &mut EventQueue<Self::Event>);

    /// All events of this instant have happened: decide, then observe.
    fn settle(&mut self, now: SimTime, queue: &mut EventQueue<Self::Event>);

    /// True once the run has nothing more to tell, or cannot go on. Asked after each settling.
    fn is_over(&self) -> bool {
        false
    }

    /// More events than this at one instant are taken for a livelock.
    fn instant_limit(&self) -> u64 {
        1_000_000
    }
}

/// Why a run stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The model said that it is over.
    Over,
    /// No event is left.
    Drained,
    /// The next event lies behind the horizon; the clock stands at the horizon.
    Horizon,
    /// Too many events at one instant.
    Livelock,
    /// The limit on the number of events is reached.
    EventLimit,
    /// An event lay beyond the end of time (584 years).
    Overflow,
    /// The caller asked to stop.
    Interrupted,
}

/// Bounds of a run.
pub struct Limits<'a> {
    /// Events after this instant do not happen.
    pub until: SimTime,
    /// At most this many events.
    pub max_events: u64,
    /// Called now and then with the time and the number of events so far; `false` stops the run.
    pub pulse: &'a mut dyn FnMut(SimTime, u64) -> bool,
}

/// What a run did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Why it stopped.
    pub stop: Stop,
    /// Where the clock stands.
    pub end: SimTime,
    /// How many events happened.
    pub events: u64,
}

/// Fewer events than this at one instant are never questioned.
const LIVELY: u64 = 1024;

const PULSE_EVERY: u64 = 1 << 14;

/// Runs `model` until it is over, a limit is reached, or no event is left.
pub fn run<M: Model>(model: &mut M, queue: &mut EventQueue<M::Event>, limits: Limits<'_>) -> Outcome {
    let mut events = 0;
    let mut at_this_instant = 0;
    let mut instant = SimTime::NEVER;
    loop {
        let Some(next) = queue.peek_time() else {
            return Outcome { stop: Stop::Drained, end: queue.now(), events };
        };
        if next > limits.until {
            return Outcome { stop: Stop::Horizon, end: limits.until, events };
        }
        let Some((now, event)) = queue.pop() else { continue };
        if now != instant {
            instant = now;
            at_this_instant = 0;
        }
        events += 1;
        at_this_instant += 1;
        model.handle(now, event, queue);
        let stop = if queue.overflowed() {
            Some(Stop::Overflow)
        } else if at_this_instant > LIVELY && at_this_instant > model.instant_limit() {
            Some(Stop::Livelock)
        } else if events >= limits.max_events {
            Some(Stop::EventLimit)
        } else if events % PULSE_EVERY == 0 && !(limits.pulse)(now, events) {
            Some(Stop::Interrupted)
        } else {
            None
        };
        if let Some(stop) = stop {
            return Outcome { stop, end: now, events };
        }
        if queue.peek_time() != Some(now) {
            model.settle(now, queue);
            if model.is_over() {
                return Outcome { stop: Stop::Over, end: now, events };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::SimDuration;

    #[derive(Clone, Copy)]
    enum Ping {
        Tick,
        Echo,
    }
    impl Ranked for Ping {
        fn rank(&self) -> u8 {
            *self as u8
        }
    }

    #[derive(Default)]
    struct Log(Vec<String>, bool);
    impl Model for Log {
        type Event = Ping;
        fn handle(&mut self, now: SimTime, event: Ping, queue: &mut EventQueue<Ping>) {
            self.0.push(format!("{}:{}", now.as_nanos(), event as u8));
            if self.1 {
                queue.push(now, Ping::Tick);
            } else if matches!(event, Ping::Tick) && now.as_nanos() < 2 {
                queue.push(now, Ping::Echo);
                queue.push(now + SimDuration::from_nanos(1), Ping::Tick);
            }
        }
        fn settle(&mut self, now: SimTime, _: &mut EventQueue<Ping>) {
            self.0.push(format!("{}:settle", now.as_nanos()));
        }
    }

    fn go(log: &mut Log, until: u64) -> Outcome {
        let mut queue = EventQueue::new();
        queue.push(SimTime::ZERO, Ping::Tick);
        run(
            log,
            &mut queue,
            Limits { until: SimTime::from_nanos(until), max_events: u64::MAX, pulse: &mut |_, _| true },
        )
    }

    #[test]
    fn settles_once_per_quiet_instant() {
        let mut log = Log::default();
        assert_eq!(go(&mut log, 10).stop, Stop::Drained);
        assert_eq!(log.0, ["0:0", "0:1", "0:settle", "1:0", "1:1", "1:settle", "2:0", "2:settle"]);
    }

    #[test]
    fn the_horizon_is_kept() {
        let outcome = go(&mut Log::default(), 1);
        assert_eq!((outcome.stop, outcome.end.as_nanos()), (Stop::Horizon, 1));
    }

    #[test]
    fn a_loop_without_delay_is_named() {
        assert_eq!(go(&mut Log(Vec::new(), true), 1).stop, Stop::Livelock);
    }
}
