//! Minimum completion time.

use crate::policy::registry::{BuildError, NoParams, Plugin};
use crate::policy::{ClusterView, TaskView};

use super::waiting::Waiting;
use super::{Assignment, Mapper, Ready, Rule};

/// In order of arrival, each task where it ends first; ties: the faster pool, then the lowest unit.
///
/// Source: Maheswaran et al., JPDC 59, 1999. Tasks behind the first one are mapped too, to where they would have to wait,
/// so a free unit may stay idle for its better owner.
pub type Mct = Mapper<MctRule>;

/// The rule of [`Mct`].
#[derive(Default)]
pub struct MctRule(Waiting);

impl Rule for MctRule {
    fn add(&mut self, task: TaskView<'_>, view: &ClusterView<'_>) {
        self.0.add(task, view);
    }

    fn remove(&mut self, task: TaskView<'_>, _view: &ClusterView<'_>) {
        self.0.remove(task);
    }

    fn next(&self, ready: &mut Ready<'_>, view: &ClusterView<'_>) -> Vec<Assignment> {
        self.0.first(ready, view, |opening, time| opening.start + time)
    }
}

impl Plugin for Mct {
    const NAME: &'static str = "mct";
    const ABOUT: &'static str = "maps in order of arrival, each task where it ends first (Maheswaran et al. 1999)";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self::default())
    }
}
