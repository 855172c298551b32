//! Which P-state a unit runs in, one governor per file.

mod ondemand;
mod performance;
mod powersave;

pub use ondemand::Ondemand;
pub use performance::Performance;
pub use powersave::Powersave;
