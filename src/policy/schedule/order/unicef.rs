//! UNICEF: small and short tasks before others.

use crate::policy::registry::{BuildError, NoParams, Plugin};
use crate::policy::schedule::{Key, Order};
use crate::policy::{ClusterView, TaskView};

use super::learned::{reference_seconds, width};

/// Most `wait / (log2(max(units, 2)) × estimate)` first. Units count with their shares; an estimate counts as
/// 1 ns at least. With one unit the original divides by zero, hence the maximum.
///
/// Source: Tang, Lan, Desai & Buettner, CLUSTER 2009.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unicef;

impl Order for Unicef {
    fn key(&mut self, task: TaskView<'_>, view: &ClusterView<'_>) -> Key {
        let wait = (view.now() - task.arrival()).as_secs_f64();
        Key::descending_real(wait / (libm::log2(width(task).max(2.0)) * reference_seconds(task)))
    }

    fn changes_with_time(&self) -> bool {
        true
    }
}

impl Plugin for Unicef {
    const NAME: &'static str = "unicef";
    const ABOUT: &'static str = "most wait / (log2(max(units, 2)) x estimate) first (Tang et al., CLUSTER 2009)";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self)
    }
}
