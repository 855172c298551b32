//! Largest task first.

use crate::policy::registry::{BuildError, NoParams, Plugin};
use crate::policy::schedule::{Key, Order};
use crate::policy::{ClusterView, TaskView};

/// Greatest width first: units × share. Wide tasks are the hardest to place, so they choose first.
#[derive(Clone, Copy, Debug, Default)]
pub struct Largest;

impl Order for Largest {
    fn key(&mut self, task: TaskView<'_>, _view: &ClusterView<'_>) -> Key {
        Key::descending(task.demand())
    }
}

impl Plugin for Largest {
    const NAME: &'static str = "largest-first";
    const ABOUT: &'static str = "most units first (first-fit decreasing, Johnson 1974)";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self)
    }
}
