//! Which P-state a unit runs in, one governor per file.

pub mod cap;
mod ondemand;
mod pace;
mod performance;
mod powersave;
mod thresholds;

pub use ondemand::Ondemand;
pub use pace::{
    AverageRate, Counted, EdpOptimal, EnergyOptimal, Hears, OptimalAvailable, Pace, PaceToDeadline, RaceToIdle, Zeus,
};
pub use performance::Performance;
pub use powersave::Powersave;
pub use thresholds::Thresholds;

use crate::policy::{ClusterView, UnitView};
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

    /// Which changes of tasks it is asked at. A governor with a period is asked at that only.
    fn hears(&self) -> Hears {
        Hears::Nothing
    }

    /// P-state of `unit`, of the first `states`, after such a change; `None` keeps the present one.
    fn pace(&mut self, _unit: UnitView<'_>, _view: &ClusterView<'_>, _states: usize) -> Option<Pace> {
        None
    }
}
