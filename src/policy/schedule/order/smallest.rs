//! Smallest task first.

use crate::policy::registry::{BuildError, NoParams, Plugin};
use crate::policy::schedule::{Key, Order};
use crate::policy::{ClusterView, TaskView};

/// Least width first: units × share.
#[derive(Clone, Copy, Debug, Default)]
pub struct Smallest;

impl Order for Smallest {
    fn key(&mut self, task: TaskView<'_>, _view: &ClusterView<'_>) -> Key {
        Key::ascending(task.demand())
    }
}

impl Plugin for Smallest {
    const NAME: &'static str = "smallest-first";
    const ABOUT: &'static str = "fewest units first";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self)
    }
}
