//! Which P-state a unit runs in, one governor per file.

pub mod cap;
mod conservative;
mod look;
mod ondemand;
mod pace;
mod performance;
mod powersave;
mod sampling;
mod schedutil;
mod thresholds;
mod userspace;

pub use conservative::Conservative;
pub use look::{Choice, Look};
pub use ondemand::Ondemand;
pub use pace::{
    AverageRate, Counted, EdpOptimal, EnergyOptimal, Hears, OptimalAvailable, Pace, PaceToDeadline, RaceToIdle, Zeus,
};
pub use performance::Performance;
pub use powersave::Powersave;
pub use schedutil::Schedutil;
pub use thresholds::{Aggressive, Balanced, Cautious, Thresholds, Variant};
pub use userspace::Userspace;

use crate::policy::{ClusterView, UnitView};
use crate::units::{SimDuration, SimTime, UnitId};

/// Chooses P-states.
pub trait Governor: Send {
    /// P-state at the start, of `count` states in ascending frequency.
    fn initial(&self, count: usize) -> usize;

    /// P-state at the start, of states with these clocks in hertz, ascending.
    fn starts_in(&self, frequencies: &[f64]) -> usize {
        self.initial(frequencies.len())
    }

    /// Time between two looks at the load; `None` never looks.
    fn period(&self) -> Option<SimDuration> {
        None
    }

    /// Half-life of the running average that it reads; `None` reads none.
    fn half_life(&self) -> Option<SimDuration> {
        None
    }

    /// Of a governor without a period: when, after `after`, it looks at all units of its own accord.
    fn next_change(&self, _after: SimTime) -> Option<SimTime> {
        None
    }

    /// P-state for the next period, for a unit whose `load` in the last one was in [0, 1].
    ///
    /// `frequencies` are the clocks in hertz, ascending, that may be chosen.
    fn choose(&mut self, _unit: UnitId, current: usize, _load: f64, _frequencies: &[f64]) -> usize {
        current
    }

    /// The same, for a governor that must see more, or remembers something from look to look.
    fn look(&mut self, look: &Look<'_>) -> Choice {
        Choice { state: self.choose(look.unit, look.current, look.load, look.frequencies), settled: true }
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
