//! Which P-state a unit runs in, one governor per file.

pub mod cap;
mod ondemand;
mod performance;
mod powersave;
mod thresholds;

pub use ondemand::Ondemand;
pub use performance::Performance;
pub use powersave::Powersave;
pub use thresholds::Thresholds;

use crate::units::{SimDuration, UnitId};

/// Chooses P-states.
pub trait Governor: Send {
    /// P-state at the start, of `count` states in ascending frequency.
    fn initial(&self, count: usize) -> usize;

    /// Time between two looks at the load; `None` never looks.
    fn period(&self) -> Option<SimDuration> {
        None
    }

    /// P-state for the next period, for a unit whose `load` in the last one was in [0, 1].
    ///
    /// `frequencies` are the clocks in hertz, ascending, that may be chosen.
    fn choose(&mut self, _unit: UnitId, current: usize, _load: f64, _frequencies: &[f64]) -> usize {
        current
    }
}
