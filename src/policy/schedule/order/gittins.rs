//! Highest Gittins index first.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::json::Seconds;
use crate::policy::registry::{BuildError, Plugin};
use crate::policy::schedule::gittins::GittinsIndex;
use crate::policy::schedule::{Key, Order};
use crate::policy::{ClusterView, TaskView};

/// Parameters of [`Gittins`].
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// Service times, each equally likely: seconds, or text with a unit. Absent: least attained service first.
    pub samples: Option<Vec<Seconds>>,
}

/// Highest Gittins index at the attained service first. The index knows the distribution of service times, not
/// the task's own estimate; a task that has outlived every sample goes last.
///
/// Without samples the least attained service goes first, which is Gittins' order wherever the hazard rate falls
/// (Aalto, Ayesta & Righter 2009). Tasks that have not run yet have all the same index: where nothing is
/// preempted the order is that of arrival.
pub struct Gittins {
    index: Option<GittinsIndex>,
}

impl Order for Gittins {
    fn key(&mut self, task: TaskView<'_>, view: &ClusterView<'_>) -> Key {
        match &self.index {
            Some(index) => Key::descending_real(index.at(task.attained(view.now()).as_secs_f64())),
            None => Key::ascending(task.attained(view.now()).as_nanos()),
        }
    }
}

impl Plugin for Gittins {
    const NAME: &'static str = "gittins";
    const ABOUT: &'static str = "highest Gittins index at the attained service first (Gittins 1979)";
    type Params = Params;

    fn build(params: Params) -> Result<Self, BuildError> {
        let index = params.samples.map(|samples| {
            let seconds: Vec<f64> = samples.into_iter().map(Seconds::get).collect();
            GittinsIndex::of_samples(&seconds).map_err(|e| BuildError::new(e).inside("samples"))
        });
        Ok(Self { index: index.transpose()? })
    }
}
