//! When an idle unit goes to sleep, and into which state, one rule per file.

mod break_even;
mod instant_off;
mod n_policy;
mod never;
mod predictive;
mod random_timeout;
mod timeout;
mod vacation;

pub use break_even::BreakEven;
pub use instant_off::InstantOff;
pub use n_policy::NPolicy;
pub use never::Never;
pub use predictive::Predictive;
pub use random_timeout::RandomTimeout;
pub use timeout::Timeout;
pub use vacation::Vacation;

pub use crate::model::sleep::Descent;

use crate::rng::{StreamRng, Streams};
use crate::units::SimDuration;

use super::UnitView;

/// One idle period of one unit, with a random stream of its own: what a policy draws for it does not depend on what else
/// happens in the cluster.
#[derive(Clone, Copy, Debug)]
pub struct IdlePeriod {
    streams: Streams,
    family: u64,
    number: u64,
}

impl IdlePeriod {
    /// The period `number` of a family of streams.
    pub const fn new(streams: Streams, family: u64, number: u64) -> Self {
        Self { streams, family, number }
    }

    /// Its stream, from the beginning.
    pub fn stream(&self) -> StreamRng {
        self.streams.keyed(self.family, self.number)
    }
}

/// Decides when an idle unit goes to sleep, and how deep.
pub trait SleepPolicy: Send {
    /// Where a unit that has just become idle goes if it stays so, and after how long; `None`: it stays awake. A state
    /// that the device does not have counts as its deepest.
    fn descend(&mut self, unit: UnitView<'_>, period: IdlePeriod) -> Option<Descent>;

    /// Where a unit that sleeps goes from there if nobody wants it, and how long after it became idle; `None`: it stays.
    /// What is not deeper is not followed.
    fn deepen(&mut self, _unit: UnitView<'_>) -> Option<Descent> {
        None
    }

    /// How long a unit that goes to sleep is out of reach; `None` is as long as its device takes to fall asleep, and
    /// it sleeps then. With a time, a unit that nobody waits for at the end of it goes away again.
    fn absence(&mut self, _rng: &mut StreamRng) -> Option<SimDuration> {
        None
    }

    /// Whether it wants to be told of the ends of idle periods.
    fn learns(&self) -> bool {
        false
    }

    /// A unit is wanted again; nothing had been on it for `idle`.
    fn on_busy(&mut self, _unit: UnitView<'_>, _idle: SimDuration) {}

    /// How many tasks must wait in the scheduler's queue before a unit that sleeps may be given one; `None`: any one
    /// will do.
    fn tasks_to_wake(&self) -> Option<u64> {
        None
    }
}

/// The sleep state that a parameter names: by default the deepest. `None` where the unit cannot sleep.
fn chosen(state: Option<u8>, unit: UnitView<'_>) -> Option<u8> {
    let deepest = unit.sleep_states().len().checked_sub(1)?.min(255) as u8;
    Some(state.map_or(deepest, |s| s.min(deepest)))
}
