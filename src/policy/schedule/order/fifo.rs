//! First in, first out.

use crate::policy::TaskView;
use crate::policy::registry::{BuildError, NoParams, Plugin};
use crate::policy::schedule::{Key, Order};
use crate::units::SimTime;

/// First in, first out (FCFS).
#[derive(Clone, Copy, Debug, Default)]
pub struct Fifo;

impl Order for Fifo {
    fn key(&mut self, task: TaskView<'_>, _now: SimTime) -> Key {
        Key::ascending(task.arrival().as_nanos())
    }
}

impl Plugin for Fifo {
    const NAME: &'static str = "fifo";
    const ABOUT: &'static str = "order of arrival";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self)
    }
}
