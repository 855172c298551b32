//! What the cloud knows of an offloaded task: its copies there, their stages and timers.

use crate::model::cloud::Instance;
use crate::units::{SimDuration, SimTime, TaskId};

/// A copy of a task in the cloud: the first, or the one that hedges it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct CopyId {
    pub(super) task: TaskId,
    pub(super) which: u8,
}

/// Where a copy is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// On the way to a shared uplink: the round trip.
    Reaching,
    /// Uploads.
    Uploading,
    /// Has uploaded, and waits for its instances.
    Ready,
    /// Runs.
    Running,
    /// Brings its output back.
    Downloading,
}

/// What a copy has rented.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Held {
    /// Nothing.
    Nothing,
    /// Stands in line.
    InLine,
    /// Instances that nobody else ever has.
    Fresh,
    /// Instances of a pool.
    Pooled(Vec<Instance>),
}

/// One copy.
#[derive(Clone, Debug)]
pub(super) struct Copy {
    /// Number of its option.
    pub(super) option: u16,
    /// Number of its attempt, over both copies.
    pub(super) attempt: u32,
    pub(super) stage: Stage,
    /// When it was sent.
    pub(super) sent: SimTime,
    pub(super) held: Held,
    /// When it got its instances.
    pub(super) held_since: SimTime,
    /// Whether they have booted.
    pub(super) booted: bool,
    /// When its run began, how long it lasts, and whether it is cut off at the estimate.
    pub(super) started: SimTime,
    pub(super) service: SimDuration,
    pub(super) cut: bool,
    /// Whether the region's breaker has heard of it.
    pub(super) told: bool,
}

impl Copy {
    pub(super) const fn new(option: u16, attempt: u32, now: SimTime) -> Self {
        Self {
            option,
            attempt,
            stage: Stage::Reaching,
            sent: now,
            held: Held::Nothing,
            held_since: now,
            booted: false,
            started: SimTime::NEVER,
            service: SimDuration::ZERO,
            cut: false,
            told: false,
        }
    }
}

/// What a timer of a task in the cloud means; the number is that of the copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Timer {
    /// The copy's stage is over.
    Stage(u8),
    /// Its instances work.
    Booted(u8),
    /// Its attempt fails.
    Fails(u8),
    /// It takes too long.
    TimedOut(u8),
    /// The provider takes its instances.
    Taken(u8),
    /// A second copy is sent.
    Hedge,
    /// The back-off is over.
    Again,
}

impl Timer {
    const fn copy(self) -> Option<u8> {
        match self {
            Self::Stage(which) | Self::Booted(which) | Self::Fails(which) => Some(which),
            Self::TimedOut(which) | Self::Taken(which) => Some(which),
            Self::Hedge | Self::Again => None,
        }
    }
}

/// A task in the cloud.
#[derive(Clone, Debug)]
pub(super) struct Job {
    pub(super) copies: [Option<Copy>; 2],
    /// Attempts begun.
    pub(super) attempts: u32,
    /// Attempts failed.
    pub(super) failures: u32,
    /// Spot instances lost.
    pub(super) taken: u32,
    /// The last back-off in seconds.
    pub(super) back_off: f64,
    /// The option that it uses.
    pub(super) option: u16,
    /// Part of its work that is still to do.
    pub(super) left: f64,
    /// Run time that saved work took.
    pub(super) kept: SimDuration,
    /// Timers that ring, by the epoch of their event.
    timers: Vec<(u32, Timer)>,
}

impl Default for Job {
    fn default() -> Self {
        Self {
            copies: [None, None],
            attempts: 0,
            failures: 0,
            taken: 0,
            back_off: 0.0,
            option: 0,
            left: 1.0,
            kept: SimDuration::ZERO,
            timers: Vec::new(),
        }
    }
}

impl Job {
    /// As new, for the slot's next task.
    pub(super) fn reset(&mut self) {
        let mut timers = std::mem::take(&mut self.timers);
        timers.clear();
        *self = Self { timers, ..Self::default() };
    }

    pub(super) fn copy(&mut self, which: u8) -> Option<&mut Copy> {
        self.copies.get_mut(usize::from(which))?.as_mut()
    }

    pub(super) fn has_copies(&self) -> bool {
        self.copies.iter().any(Option::is_some)
    }

    pub(super) fn set_timer(&mut self, epoch: u32, timer: Timer) {
        self.timers.push((epoch, timer));
    }

    /// The timer whose event has this epoch, if it still counts.
    pub(super) fn rings(&mut self, epoch: u32) -> Option<Timer> {
        let at = self.timers.iter().position(|(e, _)| *e == epoch)?;
        Some(self.timers.swap_remove(at).1)
    }

    /// Takes a copy out, and its timers.
    pub(super) fn remove(&mut self, which: u8) -> Option<Copy> {
        self.timers.retain(|(_, timer)| timer.copy() != Some(which));
        self.copies.get_mut(usize::from(which))?.take()
    }

    /// Stops one kind of timer.
    pub(super) fn stop(&mut self, timer: Timer) {
        self.timers.retain(|(_, one)| *one != timer);
    }
}
