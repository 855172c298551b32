//! Greedy backfilling: skip what does not fit.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::world::Site;
use crate::policy::Pass;
use crate::policy::registry::{BuildError, Plugin};
use crate::policy::schedule::{Backfill, OrderedQueue, Placement, PoolFilter, try_start};

/// Starts every task that fits, in order; a wide head may starve.
#[derive(Default)]
pub struct Greedy {
    site: Site,
}

/// No parameters.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Params {}

impl Backfill for Greedy {
    fn pass(&mut self, queue: &mut OrderedQueue, placement: &mut dyn Placement, pass: &mut Pass<'_>) {
        queue.retain(|task| !try_start(task, PoolFilter::Any, placement, pass, &mut self.site));
    }
}

impl Plugin for Greedy {
    const NAME: &'static str = "greedy";
    const ABOUT: &'static str = "skip what does not fit; nothing is reserved";
    type Params = Params;

    fn build(_: Params) -> Result<Self, BuildError> {
        Ok(Self::default())
    }
}
