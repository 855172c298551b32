//! Power: sleep, clocks.
//!
//! | file | rule |
//! |---|---|
//! | `sleep.rs` | waking, falling asleep |
//! | `governor.rs` | when the governor looks at a unit |
//! | `cap.rs` | a power budget, shared out |
//! | `pace.rs` | when a governor looks at the tasks of a unit |
//! | `clock.rs` | which P-state a unit gets |

mod cap;
mod clock;
mod governor;
mod pace;
mod sleep;

pub(super) use cap::CapState;
pub use cap::{Bands, CapConfig};
pub(super) use governor::GovernorState;
pub(super) use pace::PaceState;
pub(super) use sleep::SleepTimer;
