//! An order drawn by lot.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::policy::registry::{BuildError, Plugin};
use crate::policy::schedule::{Key, Order};
use crate::policy::{ClusterView, TaskView};
use crate::rng::{Purpose, Streams};

/// Parameters of [`Random`].
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// Another number draws other lots. Default 0.
    pub seed: u64,
}

/// Every task draws one lot and keeps it; the lowest goes first.
///
/// A lot is a hash of the seed and the task's number in order of arrival: it is the same in every run,
/// whatever else is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Random {
    lots: Streams,
}

impl Order for Random {
    fn key(&mut self, task: TaskView<'_>, _view: &ClusterView<'_>) -> Key {
        Key::ascending(self.lots.root_of(Purpose::Scheduler, task.number()))
    }
}

impl Plugin for Random {
    const NAME: &'static str = "random";
    const ABOUT: &'static str = "uniform at random; each task keeps its lot";
    type Params = Params;

    fn build(params: Params) -> Result<Self, BuildError> {
        Ok(Self { lots: Streams::new(params.seed, 0) })
    }
}
