//! Opportunistic load balancing.

use crate::policy::registry::{BuildError, NoParams, Plugin};
use crate::policy::{ClusterView, TaskView};

use super::waiting::Waiting;
use super::{Assignment, Mapper, Ready, Rule};

/// In order of arrival, each task on the unit that is ready first, whatever its time there; ties: the lowest unit.
///
/// Source: Braun et al., JPDC 61, 2001.
pub type Olb = Mapper<OlbRule>;

/// The rule of [`Olb`].
#[derive(Default)]
pub struct OlbRule(Waiting);

impl Rule for OlbRule {
    fn add(&mut self, task: TaskView<'_>, view: &ClusterView<'_>) {
        self.0.add(task, view);
    }

    fn remove(&mut self, task: TaskView<'_>, _view: &ClusterView<'_>) {
        self.0.remove(task);
    }

    fn next(&self, ready: &mut Ready<'_>, view: &ClusterView<'_>) -> Vec<Assignment> {
        self.0.first(ready, view, |opening, _| (opening.start, opening.lowest))
    }
}

impl Plugin for Olb {
    const NAME: &'static str = "olb";
    const ABOUT: &'static str = "maps in order of arrival, each task where it can begin first (Braun et al. 2001)";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self::default())
    }
}
