//! Power: sleep, clocks.
//!
//! | file | rule |
//! |---|---|
//! | `sleep.rs` | waking, falling asleep |
//! | `gate.rs` | units that wake for several tasks at once |
//! | `governor.rs` | when the governor looks at a unit |
//! | `cap.rs` | a power budget, shared out |
//! | `clock.rs` | which P-state a unit gets, and when |
//! | `pace.rs` | when a governor looks at the tasks of a unit |
//! | `heat.rs` | thresholds of temperature |

mod cap;
mod clock;
mod gate;
mod governor;
mod heat;
mod pace;
mod sleep;

pub(super) use cap::CapState;
pub use cap::{Bands, CapConfig};
pub(super) use clock::ClockState;
pub(super) use gate::Gate;
pub(super) use governor::GovernorState;
pub(super) use heat::HeatTimer;
pub(super) use pace::PaceState;
pub(super) use sleep::SleepTimer;
