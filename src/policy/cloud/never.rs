//! Offload none.

use crate::policy::registry::{BuildError, NoParams, Plugin};
use crate::policy::{CloudPolicy, CloudQuote, ClusterView, Route, TaskView};
use crate::rng::StreamRng;

/// Offloads none of the tasks that may leave.
#[derive(Clone, Copy, Debug, Default)]
pub struct Never;

impl CloudPolicy for Never {
    fn route(&mut self, _: TaskView<'_>, _: CloudQuote, _: &ClusterView<'_>, _: &mut StreamRng) -> Route {
        Route::Local
    }
}

impl Plugin for Never {
    const NAME: &'static str = "never";
    const ABOUT: &'static str = "offload none of the tasks that may leave";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self)
    }
}
