//! Least laxity first.

use crate::policy::registry::{BuildError, NoParams, Plugin};
use crate::policy::schedule::{Key, Order};
use crate::policy::{ClusterView, TaskView};
use crate::units::SimTime;

/// Least laxity first: deadline − now − estimated rest on the fastest pool. Tasks without a deadline go last.
///
/// While tasks wait, the laxities of all shrink alike: the order is that of deadline − rest, the latest start that
/// still meets the deadline, and never changes. It may lie in the past. Source: Mok 1983.
#[derive(Clone, Copy, Debug, Default)]
pub struct Llf;

impl Order for Llf {
    fn key(&mut self, task: TaskView<'_>, view: &ClusterView<'_>) -> Key {
        if task.deadline() == SimTime::NEVER {
            return Key::ascending(u64::MAX);
        }
        let latest = i128::from(task.deadline().as_nanos()) - i128::from(view.shortest_remaining(task).as_nanos());
        Key::ascending_signed(i64::try_from(latest).unwrap_or(i64::MIN))
    }
}

impl Plugin for Llf {
    const NAME: &'static str = "llf";
    const ABOUT: &'static str = "least laxity first: deadline - now - remaining (Mok 1983)";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self)
    }
}
