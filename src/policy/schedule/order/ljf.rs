//! Longest job first.

use crate::policy::registry::{BuildError, NoParams, Plugin};
use crate::policy::schedule::{Key, Order};
use crate::policy::{ClusterView, TaskView};

/// Longest estimate first.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ljf;

impl Order for Ljf {
    fn key(&mut self, task: TaskView<'_>, _view: &ClusterView<'_>) -> Key {
        Key::descending(task.estimate().as_nanos())
    }
}

impl Plugin for Ljf {
    const NAME: &'static str = "ljf";
    const ABOUT: &'static str = "longest estimate first";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self)
    }
}
