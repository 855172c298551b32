//! When an idle unit goes to sleep, one rule per file.

mod never;
mod timeout;

pub use never::Never;
pub use timeout::Timeout;
