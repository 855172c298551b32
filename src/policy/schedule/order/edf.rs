//! Earliest deadline first.

use crate::policy::registry::{BuildError, NoParams, Plugin};
use crate::policy::schedule::{Key, Order};
use crate::policy::{ClusterView, TaskView};

/// Earliest absolute deadline first; tasks without one go last.
#[derive(Clone, Copy, Debug, Default)]
pub struct Edf;

impl Order for Edf {
    fn key(&mut self, task: TaskView<'_>, _view: &ClusterView<'_>) -> Key {
        Key::ascending(task.deadline().as_nanos())
    }
}

impl Plugin for Edf {
    const NAME: &'static str = "edf";
    const ABOUT: &'static str = "earliest deadline first (Liu & Layland 1973)";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self)
    }
}
