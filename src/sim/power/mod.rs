//! Power: sleep, clocks.
//!
//! | file | rule |
//! |---|---|
//! | `sleep.rs` | waking, falling asleep |
//! | `governor.rs` | when the governor looks at a unit |
//! | `cap.rs` | a power budget, shared out |
//! | `clock.rs` | which P-state a unit gets |

mod cap;
mod clock;
mod governor;
mod sleep;

pub(super) use cap::CapState;
pub use cap::{Bands, CapConfig};
pub(super) use governor::GovernorState;
pub(super) use sleep::SleepTimer;
