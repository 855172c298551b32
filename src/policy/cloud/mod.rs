//! Which tasks go to the cloud, one rule per file.

mod always;
mod deadline_aware;
mod never;
mod threshold;

pub use always::Always;
pub use deadline_aware::DeadlineAware;
pub use never::Never;
pub use threshold::Threshold;

use crate::rng::StreamRng;

use super::{ClusterView, TaskView};

/// Where a ready task goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// Into the scheduler's queue.
    Local,
    /// To the cloud.
    Cloud,
}

/// What the cloud would be like for one task, in expectation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CloudQuote {
    /// Expected seconds from now to the end of the task.
    pub response: f64,
    /// Expected price.
    pub usd: f64,
}

/// Decides which tasks go to the cloud.
pub trait CloudPolicy: Send {
    /// Where `task` goes. Asked only for tasks that may leave.
    fn route(&mut self, task: TaskView<'_>, quote: CloudQuote, view: &ClusterView<'_>, rng: &mut StreamRng) -> Route;
}
