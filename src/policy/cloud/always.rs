//! Offload every.

use crate::policy::registry::{BuildError, NoParams, Plugin};
use crate::policy::{CloudPolicy, CloudQuote, ClusterView, Route, TaskView};
use crate::rng::StreamRng;

/// Offloads every of the tasks that may leave.
#[derive(Clone, Copy, Debug, Default)]
pub struct Always;

impl CloudPolicy for Always {
    fn route(&mut self, _: TaskView<'_>, _: CloudQuote, _: &ClusterView<'_>, _: &mut StreamRng) -> Route {
        Route::Cloud
    }
}

impl Plugin for Always {
    const NAME: &'static str = "always";
    const ABOUT: &'static str = "offload every of the tasks that may leave";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self)
    }
}
