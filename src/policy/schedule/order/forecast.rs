//! Shortest predicted time first.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::policy::registry::{BuildError, Plugin};
use crate::policy::schedule::{Key, Order};
use crate::policy::{ClusterView, TaskView};

/// Which of the log's predictors is believed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum By {
    /// Mean over the user's earlier tasks.
    #[default]
    User,
    /// Mean over those of the same group.
    Group,
    /// Mean over those of the same group and number of devices.
    GroupDevices,
}

/// Parameters of [`Forecast`].
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// Which predictor.
    pub by: By,
}

/// Shortest time first, as a predictor in the log has it; tasks without a prediction by their estimate.
///
/// Source: Weng et al., USENIX NSDI 2022 (there SJU, SJG and SJGG).
#[derive(Clone, Copy, Debug, Default)]
pub struct Forecast {
    by: By,
}

impl Order for Forecast {
    fn key(&mut self, task: TaskView<'_>, _view: &ClusterView<'_>) -> Key {
        let time = task.forecasts().map_or(task.estimate(), |f| match self.by {
            By::User => f.user,
            By::Group => f.group,
            By::GroupDevices => f.group_devices,
        });
        Key::ascending(time.as_nanos())
    }
}

impl Plugin for Forecast {
    const NAME: &'static str = "forecast";
    const ABOUT: &'static str =
        "shortest time first, as predicted from earlier tasks of the user (Weng et al., NSDI 2022)";
    type Params = Params;

    fn build(params: Params) -> Result<Self, BuildError> {
        Ok(Self { by: params.by })
    }
}
