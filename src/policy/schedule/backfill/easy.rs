//! EASY backfilling: one reservation, for the head.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::task::Shape;
use crate::model::world::Site;
use crate::policy::registry::{BuildError, Plugin};
use crate::policy::schedule::{Backfill, OrderedQueue, Placement, PoolFilter, Sequence, Starter, Try, find, try_start};
use crate::policy::{ClusterView, Pass, TaskView};
use crate::units::{PoolId, SimDuration, SimTime, TaskId};

use super::ends::Ends;

/// Which task is tried first behind the head.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Candidates {
    /// In the order of the queue.
    #[default]
    Queue,
    /// Shortest estimate first, ties by arrival (EASY-SJBF).
    Shortest,
}

/// Parameters of [`Easy`].
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// Order of the backfill candidates.
    pub candidates: Candidates,
}

/// The head gets a reservation at its shadow time: the earliest time at which, by the estimates, its
/// units are free. Another task may start now if it ends by then, or if it only takes units that
/// the head will not need.
///
/// Reservations count shares of the units of one device pool; memory and host resources are
/// checked when a task starts. Source: Lifka 1995; Mu'alem & Feitelson, IEEE TPDS 2001.
#[derive(Default)]
pub struct Easy {
    candidates: Candidates,
    site: Site,
    ends: Ends,
}

/// The head's reservation.
struct Reservation {
    pool: PoolId,
    shadow: SimTime,
    /// Share that is free at the shadow time beyond the head's, in millionths of a unit.
    extra: u64,
}

impl Easy {
    /// The earliest reservation over the pools that `head` may use.
    fn reserve(&self, head: TaskView<'_>, view: &ClusterView<'_>) -> Option<Reservation> {
        let mut best: Option<Reservation> = None;
        for option in view.possible(head) {
            if let Some(found) = self.reserve_in(option.pool, head, view)
                && best.as_ref().is_none_or(|b| found.shadow < b.shadow)
            {
                best = Some(found);
            }
        }
        best
    }

    fn reserve_in(&self, pool: PoolId, head: TaskView<'_>, view: &ClusterView<'_>) -> Option<Reservation> {
        let need = head.demand();
        if need == 0 || need > view.places(pool) {
            return None;
        }
        let mut free = view.free_share(pool);
        let mut shadow = None;
        for (end, demand) in self.ends.of(pool) {
            // Everything that ends at the shadow time counts towards the extra share.
            if shadow.is_some_and(|s| end > s) {
                break;
            }
            free += demand;
            if free >= need {
                shadow = Some(end);
            }
        }
        shadow.map(|shadow| Reservation { pool, shadow, extra: free.saturating_sub(need) })
    }

    /// Starts tasks from the head while they fit; the one that does not.
    fn start_heads(
        &mut self,
        queue: &mut OrderedQueue,
        placement: &mut dyn Placement,
        pass: &mut Pass<'_>,
    ) -> Option<TaskId> {
        loop {
            let head = queue.head()?;
            if placement.is_steady() && queue.is_stuck(head, pass) {
                return Some(head);
            }
            if !try_start(head, PoolFilter::Any, placement, pass, &mut self.site) {
                if placement.is_steady() {
                    queue.found_no_place(head, pass);
                }
                return Some(head);
            }
            self.ends.started(head);
            queue.pop();
            queue.after_start(&pass.view());
        }
    }
}

/// Starts what does not delay the head.
struct Behind<'a> {
    held: Reservation,
    placement: &'a mut dyn Placement,
    site: &'a mut Site,
    ends: &'a mut Ends,
}

impl Starter for Behind<'_> {
    fn attempt(&mut self, id: TaskId, pass: &mut Pass<'_>) -> Try {
        if !find(id, PoolFilter::Any, self.placement, pass, self.site) {
            pass.note_unplaced(id);
            return Try::NoRoom;
        }
        let (pool, demand, late) = {
            let view = pass.view();
            let task = view.task(id);
            let pool = self.site.units.first().map(|u| view.unit(*u).pool());
            let late = pool.is_some_and(|p| view.now() + view.estimated_remaining(task, p) > self.held.shadow);
            (pool, task.demand(), late)
        };
        let started = if pool != Some(self.held.pool) || !late {
            pass.start(id, self.site).is_ok()
        } else if demand <= self.held.extra {
            self.held.extra -= demand;
            pass.start(id, self.site).is_ok()
        } else {
            try_start(id, PoolFilter::Not(self.held.pool), self.placement, pass, self.site)
        };
        if !started {
            return Try::Late;
        }
        self.ends.started(id);
        Try::Started
    }

    fn longest(&self, shape: &Shape, pass: &Pass<'_>) -> SimDuration {
        if shape.demand() <= self.held.extra || !pass.view().may_use(shape, self.held.pool) {
            return SimDuration::MAX;
        }
        self.held.shadow - pass.now()
    }

    fn is_steady(&self) -> bool {
        self.placement.is_steady()
    }
}

impl Backfill for Easy {
    fn on_end(&mut self, task: TaskId, _view: &ClusterView<'_>) {
        self.ends.ended(task);
    }

    fn pass(&mut self, queue: &mut OrderedQueue, placement: &mut dyn Placement, pass: &mut Pass<'_>) {
        let Some(head) = self.start_heads(queue, placement, pass) else { return };
        if queue.len() == 1 {
            return;
        }
        let view = pass.view();
        if (0..view.pool_count()).all(|p| view.free_share(PoolId(p as u16)) == 0) {
            return;
        }
        self.ends.look(&view);
        // Without a reservation (a head that needs only its host, or waits for memory on an empty
        // pool) nothing behind can delay it by units.
        let held = self.reserve(view.task(head), &view).unwrap_or(Reservation {
            pool: PoolId(u16::MAX),
            shadow: SimTime::NEVER,
            extra: 0,
        });
        let sequence = match self.candidates {
            Candidates::Queue => Sequence::Queue,
            Candidates::Shortest => Sequence::Shortest,
        };
        let mut behind = Behind { held, placement, site: &mut self.site, ends: &mut self.ends };
        queue.walk(sequence, Some(head), &mut behind, pass);
    }
}

impl Plugin for Easy {
    const NAME: &'static str = "easy";
    const ABOUT: &'static str = "one reservation, for the head; others may not delay it (Lifka 1995)";
    type Params = Params;

    fn build(params: Params) -> Result<Self, BuildError> {
        Ok(Self { candidates: params.candidates, ..Self::default() })
    }
}
