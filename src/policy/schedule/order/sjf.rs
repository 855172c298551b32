//! Shortest job first.

use crate::policy::registry::{BuildError, NoParams, Plugin};
use crate::policy::schedule::{Key, Order};
use crate::policy::{ClusterView, TaskView};

/// Shortest estimate first, as the estimate was when the task arrived.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sjf;

impl Order for Sjf {
    fn key(&mut self, task: TaskView<'_>, _view: &ClusterView<'_>) -> Key {
        Key::ascending(task.estimate().as_nanos())
    }
}

impl Plugin for Sjf {
    const NAME: &'static str = "sjf";
    const ABOUT: &'static str = "shortest estimate first (Phipps 1956)";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self)
    }
}
