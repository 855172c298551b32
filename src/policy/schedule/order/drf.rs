//! Dominant resource fairness.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::policy::registry::{BuildError, Plugin};
use crate::policy::schedule::{Key, Order};
use crate::policy::{ClusterView, TaskView};

use super::weights::Weights;

/// Parameters of [`Drf`].
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// Weights by user id, such as `{"3": 2.0}`. Default 1 for all.
    pub weights: Weights,
}

/// The user goes first whose dominant share is the lowest: the largest part of the cluster's units, host
/// processors or host memory that the user holds now, over the user's weight. Each start counts at once. Tasks of
/// one user go in order of arrival. What never binds has no share.
///
/// Source: Ghodsi, Zaharia, Hindman, Konwinski, Shenker & Stoica, NSDI 2011.
pub struct Drf {
    weights: Weights,
}

impl Order for Drf {
    fn key(&mut self, task: TaskView<'_>, view: &ClusterView<'_>) -> Key {
        let user = task.user();
        Key::ascending_real(view.user(user).dominant_share() / self.weights.of(user))
    }

    fn changes_with_starts(&self) -> bool {
        true
    }
}

impl Plugin for Drf {
    const NAME: &'static str = "drf";
    const ABOUT: &'static str = "the user with the lowest dominant share, by weight (Ghodsi et al., NSDI 2011)";
    type Params = Params;

    fn build(params: Params) -> Result<Self, BuildError> {
        Ok(Self { weights: params.weights })
    }
}
