//! Minimum execution time.

use crate::policy::registry::{BuildError, NoParams, Plugin};
use crate::policy::{ClusterView, TaskView};

use super::waiting::Waiting;
use super::{Assignment, Mapper, Ready, Rule};

/// In order of arrival, each task on the kind of unit where it takes least time, whatever waits there; of its units the
/// one that is ready first, then the lowest.
///
/// Source: Maheswaran et al., JPDC 59, 1999. It can leave all slower units idle.
pub type Met = Mapper<MetRule>;

/// The rule of [`Met`].
#[derive(Default)]
pub struct MetRule(Waiting);

impl Rule for MetRule {
    fn add(&mut self, task: TaskView<'_>, view: &ClusterView<'_>) {
        self.0.add(task, view);
    }

    fn remove(&mut self, task: TaskView<'_>, _view: &ClusterView<'_>) {
        self.0.remove(task);
    }

    fn next(&self, ready: &mut Ready<'_>, view: &ClusterView<'_>) -> Vec<Assignment> {
        self.0.first(ready, view, |_, time| time)
    }
}

impl Plugin for Met {
    const NAME: &'static str = "met";
    const ABOUT: &'static str = "maps in order of arrival, each task where it runs fastest (Maheswaran et al. 1999)";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self::default())
    }
}
