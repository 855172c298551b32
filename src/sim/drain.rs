//! The drain rule: the tasks that arrive in a window of time are followed to their ends.

use crate::record::{Observer, Record};
use crate::units::SimTime;

use super::Simulation;

/// The window, and how many of its tasks are still in the system.
#[derive(Clone, Copy, Debug)]
pub(super) struct Drain {
    /// When statistics start.
    from: SimTime,
    /// The last instant of the window.
    until: SimTime,
    open: u64,
    /// The instant that is being handled is the last one of the window.
    closes: bool,
    closed: bool,
}

impl Drain {
    pub(super) fn new(from: SimTime, until: SimTime) -> Self {
        Self { from, until, open: 0, closes: false, closed: false }
    }

    fn holds(&self, arrival: SimTime) -> bool {
        (self.from..=self.until).contains(&arrival)
    }

    pub(super) const fn until(&self) -> SimTime {
        self.until
    }

    pub(super) fn comes(&mut self, arrival: SimTime) {
        self.open += u64::from(self.holds(arrival));
    }

    pub(super) fn ends(&mut self, arrival: SimTime) {
        self.open = self.open.saturating_sub(u64::from(self.holds(arrival)));
    }

    /// Whether the window is over and all its tasks have ended.
    pub(super) const fn is_done(&self) -> bool {
        self.closed && self.open == 0
    }

    /// The window's last instant is here.
    pub(super) fn close(&mut self) {
        self.closes = true;
    }
}

impl<O: Observer> Simulation<O> {
    /// Once the last instant of the window has settled, observers read what is over the window's time, as they
    /// would at the end of a run that stops here.
    pub(super) fn close_window(&mut self, now: SimTime) {
        let Some(drain) = &mut self.drain else { return };
        if !std::mem::take(&mut drain.closes) {
            return;
        }
        drain.closed = true;
        self.world.close_all(now);
        self.close_cloud(now);
        self.observer.on(now, &Record::WindowEnded);
        self.observer.quiet(now, &self.world);
    }
}
