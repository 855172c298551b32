//! EASY backfilling: one reservation, for the head.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::world::Site;
use crate::policy::registry::{BuildError, Plugin};
use crate::policy::schedule::{Backfill, OrderedQueue, Placement, PoolFilter, find, try_start};
use crate::policy::{ClusterView, Pass, TaskView};
use crate::units::{PoolId, SimTime, TaskId};

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
    ends: Vec<(SimTime, u64, u64)>,
    tried: Vec<TaskId>,
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
    fn reserve(&mut self, head: TaskView<'_>, view: &ClusterView<'_>) -> Option<Reservation> {
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

    fn reserve_in(&mut self, pool: PoolId, head: TaskView<'_>, view: &ClusterView<'_>) -> Option<Reservation> {
        let need = head.demand();
        if need == 0 || need > view.places(pool) {
            return None;
        }
        self.ends.clear();
        self.ends
            .extend(view.running().filter(|r| r.pool() == pool).map(|r| (view.expected_end(r), r.seq(), r.demand())));
        self.ends.sort_unstable();
        let mut free = view.free_share(pool);
        let mut shadow = None;
        for &(end, _, demand) in &self.ends {
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

    /// Tries one candidate behind the head.
    fn backfill(
        &mut self,
        id: TaskId,
        held: &mut Reservation,
        placement: &mut dyn Placement,
        pass: &mut Pass<'_>,
    ) -> bool {
        if !find(id, PoolFilter::Any, placement, pass, &mut self.site) {
            pass.note_unplaced(id);
            return false;
        }
        let (pool, demand, late) = {
            let view = pass.view();
            let task = view.task(id);
            let pool = self.site.units.first().map(|u| view.unit(*u).pool());
            let late = pool.is_some_and(|p| view.now() + view.estimated_remaining(task, p) > held.shadow);
            (pool, task.demand(), late)
        };
        if pool != Some(held.pool) || !late {
            return pass.start(id, &self.site).is_ok();
        }
        if demand <= held.extra {
            held.extra -= demand;
            return pass.start(id, &self.site).is_ok();
        }
        try_start(id, PoolFilter::Not(held.pool), placement, pass, &mut self.site)
    }
}

impl Backfill for Easy {
    fn pass(&mut self, queue: &mut OrderedQueue, placement: &mut dyn Placement, pass: &mut Pass<'_>) {
        let head = loop {
            let Some(head) = queue.head() else { return };
            if !try_start(head, PoolFilter::Any, placement, pass, &mut self.site) {
                break head;
            }
            queue.pop();
            queue.after_start(0, &pass.view());
        };
        if queue.len() == 1 {
            return;
        }
        let view = pass.view();
        if (0..view.pool_count()).all(|p| view.free_share(PoolId(p as u16)) == 0) {
            return;
        }
        // Without a reservation (a head that needs only its host, or waits for memory on an empty
        // pool) nothing behind can delay it by units.
        let mut held = self.reserve(view.task(head), &view).unwrap_or(Reservation {
            pool: PoolId(u16::MAX),
            shadow: SimTime::NEVER,
            extra: 0,
        });
        match self.candidates {
            Candidates::Queue => {
                queue.retain(|id| id == head || !self.backfill(id, &mut held, placement, pass));
            }
            Candidates::Shortest => {
                self.tried.clear();
                self.tried.extend(queue.iter().filter(|id| *id != head));
                self.tried.sort_by_key(|id| {
                    let task = view.task(*id);
                    (task.estimate(), task.seq())
                });
                let mut started = Vec::new();
                for id in std::mem::take(&mut self.tried) {
                    if self.backfill(id, &mut held, placement, pass) {
                        started.push(id);
                    }
                }
                queue.retain(|id| !started.contains(&id));
            }
        }
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
