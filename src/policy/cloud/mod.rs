//! Which tasks go to the cloud, one rule per file.

mod always;
mod deadline_aware;
mod never;
mod threshold;

pub use always::Always;
pub use deadline_aware::DeadlineAware;
pub use never::Never;
pub use threshold::Threshold;
