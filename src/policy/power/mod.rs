//! Which P-state a unit runs in, one governor per file.

mod ondemand;
mod performance;
mod powersave;
mod thresholds;

pub use ondemand::Ondemand;
pub use performance::Performance;
pub use powersave::Powersave;
pub use thresholds::Thresholds;
