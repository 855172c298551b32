//! Greedy backfilling: skip what does not fit.

use crate::model::world::Site;
use crate::policy::Pass;
use crate::policy::registry::{BuildError, NoParams, Plugin};
use crate::policy::schedule::{Backfill, OrderedQueue, Placement, PoolFilter, Sequence, Starter, Try, try_start};
use crate::units::TaskId;

/// Starts every task that fits, in order; a wide head may starve.
#[derive(Default)]
pub struct Greedy {
    site: Site,
}

/// Starts what fits.
struct WhatFits<'a> {
    placement: &'a mut dyn Placement,
    site: &'a mut Site,
}

impl Starter for WhatFits<'_> {
    fn attempt(&mut self, task: TaskId, pass: &mut Pass<'_>) -> Try {
        let started = try_start(task, PoolFilter::Any, self.placement, pass, self.site);
        if started { Try::Started } else { Try::NoRoom }
    }

    fn is_steady(&self) -> bool {
        self.placement.is_steady()
    }
}

impl Backfill for Greedy {
    fn pass(&mut self, queue: &mut OrderedQueue, placement: &mut dyn Placement, pass: &mut Pass<'_>) {
        if queue.changes_with_starts() {
            return self.one_by_one(queue, placement, pass);
        }
        queue.walk(Sequence::Queue, None, &mut WhatFits { placement, site: &mut self.site }, pass);
    }
}

impl Greedy {
    /// Where each start may change the order: one after the other, those behind sorted anew. What is free only shrinks
    /// during a pass, so that a task that was skipped need not be tried again.
    fn one_by_one(&mut self, queue: &mut OrderedQueue, placement: &mut dyn Placement, pass: &mut Pass<'_>) {
        let mut tasks: Vec<TaskId> = queue.iter().collect();
        let mut skipped = 0;
        while let Some(&task) = tasks.get(skipped) {
            if !try_start(task, PoolFilter::Any, placement, pass, &mut self.site) {
                skipped += 1;
                continue;
            }
            tasks.remove(skipped);
            queue.remove(task);
            queue.after_start(&pass.view());
            tasks[skipped..].sort_by_key(|t| queue.place(*t));
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
