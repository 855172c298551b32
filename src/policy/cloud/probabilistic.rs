//! Offload by lot.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::dist::unit_uniform;
use crate::policy::registry::{BuildError, Plugin};
use crate::policy::{CloudPolicy, CloudQuote, ClusterView, Route, TaskView};
use crate::rng::StreamRng;

/// Offloads each task with probability `p`.
#[derive(Clone, Copy, Debug)]
pub struct Probabilistic {
    p: f64,
}

/// Parameters of [`Probabilistic`].
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// Probability in [0, 1]. Default 0.5.
    pub p: f64,
}

impl Default for Params {
    fn default() -> Self {
        Self { p: 0.5 }
    }
}

impl CloudPolicy for Probabilistic {
    fn route(&mut self, _: TaskView<'_>, _: CloudQuote, _: &ClusterView<'_>, rng: &mut StreamRng) -> Route {
        if unit_uniform(rng) < self.p { Route::Cloud } else { Route::Local }
    }
}

impl Plugin for Probabilistic {
    const NAME: &'static str = "probabilistic";
    const ABOUT: &'static str = "offload each task with probability `p`: a baseline";
    type Params = Params;

    fn build(Params { p }: Params) -> Result<Self, BuildError> {
        if (0.0..=1.0).contains(&p) {
            return Ok(Self { p });
        }
        Err(BuildError::new(format_args!("found {p}, expected a probability in [0, 1]")).inside("p"))
    }
}
