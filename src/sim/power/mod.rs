//! Power: sleep, clocks.
//!
//! | file | rule |
//! |---|---|
//! | `sleep.rs` | waking, falling asleep |
//! | `governor.rs` | when the governor looks at a unit |
//! | `clock.rs` | which P-state a unit gets, and when |

mod clock;
mod governor;
mod sleep;

pub(super) use clock::ClockState;
pub(super) use governor::GovernorState;
pub(super) use sleep::SleepTimer;
