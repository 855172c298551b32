//! Last in, first out.

use crate::policy::registry::{BuildError, NoParams, Plugin};
use crate::policy::schedule::{Key, Order};
use crate::policy::{ClusterView, TaskView};

/// Last in, first out, also within one instant: there are no ties.
#[derive(Clone, Copy, Debug, Default)]
pub struct Lifo;

impl Order for Lifo {
    fn key(&mut self, task: TaskView<'_>, _view: &ClusterView<'_>) -> Key {
        Key::descending(task.number())
    }
}

impl Plugin for Lifo {
    const NAME: &'static str = "lifo";
    const ABOUT: &'static str = "the last to arrive goes first";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self)
    }
}
