//! Greedy backfilling: skip what does not fit.

use crate::model::world::Site;
use crate::policy::Pass;
use crate::policy::registry::{BuildError, NoParams, Plugin};
use crate::policy::schedule::{Backfill, OrderedQueue, Placement, PoolFilter, try_start};

/// Starts every task that fits, in order; a wide head may starve.
#[derive(Default)]
pub struct Greedy {
    site: Site,
}

impl Backfill for Greedy {
    fn pass(&mut self, queue: &mut OrderedQueue, placement: &mut dyn Placement, pass: &mut Pass<'_>) {
        // What is free only shrinks during a pass: a task that was skipped need not be tried again.
        let mut skipped = 0;
        while let Some(task) = queue.get(skipped) {
            if try_start(task, PoolFilter::Any, placement, pass, &mut self.site) {
                queue.remove(skipped);
                queue.after_start(skipped, &pass.view());
            } else {
                skipped += 1;
            }
        }
    }
}

impl Plugin for Greedy {
    const NAME: &'static str = "greedy";
    const ABOUT: &'static str = "skip what does not fit; nothing is reserved";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self::default())
    }
}
