//! When an idle unit goes to sleep, one rule per file.

mod never;
mod timeout;
mod vacation;

pub use never::Never;
pub use timeout::Timeout;
pub use vacation::Vacation;
