//! Speeds by what the tasks need, one governor per file. They are asked when tasks come to a unit or leave it, not by
//! the load of a period.
//!
//! | file | P-state |
//! |---|---|
//! | `race_to_idle.rs` | the top one under load |
//! | `oa.rs` | the lowest in which what is there is done in time |
//! | `pace_to_deadline.rs` | the same, but not below the one with the least energy |
//! | `avr.rs` | the lowest that is as fast as the sum of the tasks' mean rates |
//! | `energy_optimal.rs`, `edp_optimal.rs`, `zeus.rs` | the one with the least cost |

mod avr;
mod cost;
mod due;
mod edp_optimal;
mod energy_optimal;
mod oa;
mod pace_to_deadline;
mod race_to_idle;
mod zeus;

pub use avr::AverageRate;
pub use edp_optimal::EdpOptimal;
pub use energy_optimal::{Counted, EnergyOptimal};
pub use oa::OptimalAvailable;
pub use pace_to_deadline::PaceToDeadline;
pub use race_to_idle::RaceToIdle;
pub use zeus::Zeus;

use crate::units::SimTime;

/// Which changes a governor is asked at, besides its period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hears {
    /// None.
    Nothing,
    /// A task begins to compute on a unit, or leaves it.
    Unit,
    /// That, and tasks join or leave the queue: all units under load are asked.
    Queue,
}

/// What a governor that paces wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// P-state, counted from the slowest.
    pub pstate: usize,
    /// When it wants to be asked again though nothing has changed; [`SimTime::NEVER`] otherwise.
    pub until: SimTime,
}

impl Pace {
    /// `pstate` until something changes.
    pub const fn steady(pstate: usize) -> Self {
        Self { pstate, until: SimTime::NEVER }
    }
}
