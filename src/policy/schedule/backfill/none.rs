//! No backfilling: the head blocks.

use crate::model::world::Site;
use crate::policy::Pass;
use crate::policy::registry::{BuildError, NoParams, Plugin};
use crate::policy::schedule::{Backfill, OrderedQueue, Placement, PoolFilter, try_start};

/// Starts tasks from the head while they fit.
#[derive(Default)]
pub struct Strict {
    site: Site,
    /// The head that found no place, by number, and how often something had been given back by then.
    blocked: Option<(u64, u64)>,
}

impl Backfill for Strict {
    fn pass(&mut self, queue: &mut OrderedQueue, placement: &mut dyn Placement, pass: &mut Pass<'_>) {
        while let Some(head) = queue.head() {
            let now = (pass.view().task(head).seq(), pass.view().changes().released);
            if self.blocked == Some(now) {
                return;
            }
            if !try_start(head, PoolFilter::Any, placement, pass, &mut self.site) {
                self.blocked = placement.is_steady().then_some(now);
                return;
            }
            queue.pop();
            queue.after_start(&pass.view());
        }
    }
}

impl Plugin for Strict {
    const NAME: &'static str = "none";
    const ABOUT: &'static str = "strict: the head of the queue blocks";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self::default())
    }
}
