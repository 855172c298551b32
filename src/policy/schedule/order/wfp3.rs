//! WFP3: waits that grow against estimates.

use crate::policy::registry::{BuildError, NoParams, Plugin};
use crate::policy::schedule::{Key, Order};
use crate::policy::{ClusterView, TaskView};

use super::learned::{reference_seconds, width};

/// Most `(wait / estimate)³ × units` first. Units count with their shares; an estimate counts as 1 ns at least.
///
/// Source: Tang, Lan, Desai & Buettner, CLUSTER 2009.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wfp3;

impl Order for Wfp3 {
    fn key(&mut self, task: TaskView<'_>, view: &ClusterView<'_>) -> Key {
        let patience = (view.now() - task.arrival()).as_secs_f64() / reference_seconds(task);
        Key::descending_real(patience * patience * patience * width(task))
    }

    fn changes_with_time(&self) -> bool {
        true
    }
}

impl Plugin for Wfp3 {
    const NAME: &'static str = "wfp3";
    const ABOUT: &'static str = "most (wait / estimate)^3 x units first (Tang et al., CLUSTER 2009)";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self)
    }
}
