//! When an idle unit goes to sleep, one rule per file.

mod never;
mod timeout;
mod vacation;

pub use never::Never;
pub use timeout::Timeout;
pub use vacation::Vacation;

use crate::rng::StreamRng;
use crate::units::SimDuration;

use super::UnitView;

/// Decides when an idle unit goes to sleep.
pub trait SleepPolicy: Send {
    /// How long a unit that has just become idle stays awake; `None` is for ever.
    fn timeout(&mut self, unit: UnitView<'_>) -> Option<SimDuration>;

    /// How long a unit that goes to sleep is out of reach; `None` is as long as its device takes to fall asleep, and
    /// it sleeps then. With a time, a unit that nobody waits for at the end of it goes away again.
    fn absence(&mut self, _rng: &mut StreamRng) -> Option<SimDuration> {
        None
    }
}
