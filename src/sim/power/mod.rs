//! Power: sleep, clocks.
//!
//! | file | rule |
//! |---|---|
//! | `sleep.rs` | waking, falling asleep |
//! | `governor.rs` | when the governor looks at a unit |
//! | `clock.rs` | which P-state a unit gets |
//! | `heat.rs` | thresholds of temperature |

mod clock;
mod governor;
mod heat;
mod sleep;

pub(super) use governor::GovernorState;
pub(super) use heat::HeatTimer;
pub(super) use sleep::SleepTimer;
