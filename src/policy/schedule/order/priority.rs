//! Highest priority first.

use crate::policy::TaskView;
use crate::policy::registry::{BuildError, NoParams, Plugin};
use crate::policy::schedule::{Key, Order};
use crate::units::SimTime;

/// Highest priority first, never by age.
#[derive(Clone, Copy, Debug, Default)]
pub struct Priority;

impl Order for Priority {
    fn key(&mut self, task: TaskView<'_>, _now: SimTime) -> Key {
        Key::descending_real(task.priority())
    }
}

impl Plugin for Priority {
    const NAME: &'static str = "priority";
    const ABOUT: &'static str = "highest priority first, ties by arrival (Cobham 1954)";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self)
    }
}
