//! Conservative backfilling: a reservation for every task.

use std::collections::BTreeMap;

use crate::model::world::Site;
use crate::policy::registry::{BuildError, NoParams, Plugin};
use crate::policy::schedule::{Backfill, OrderedQueue, Placement, PoolFilter, find};
use crate::policy::{ClusterView, Pass, TaskView};
use crate::units::{PoolId, SimTime, TaskId};

use super::profile::Profile;

/// A stretch of a pool promised to a task.
#[derive(Clone, Copy, Debug)]
struct Reservation {
    pool: PoolId,
    start: SimTime,
    end: SimTime,
    demand: i64,
}

/// Every task gets a reservation at its arrival, in the earliest hole. At each instant with a
/// completion the reservations are compressed once, in the order of the queue: each is taken out
/// and put into the earliest hole that there is now. A reservation's start is an event of its own.
///
/// Reservations count shares of the units of one device pool; memory and host resources are
/// checked when a task starts. Source: Mu'alem & Feitelson, IEEE TPDS 2001.
#[derive(Default)]
pub struct Conservative {
    profiles: Vec<Profile>,
    /// Of waiting and of running tasks. Tasks without units need none.
    held: BTreeMap<TaskId, Reservation>,
    arrived: Vec<TaskId>,
    compress: bool,
    site: Site,
}

impl Conservative {
    fn promise(&mut self, id: TaskId, r: Reservation) {
        self.profiles[r.pool.index()].add(r.start, r.end, -r.demand);
        self.held.insert(id, r);
    }

    fn withdraw(&mut self, id: TaskId, from: SimTime) {
        if let Some(r) = self.held.remove(&id) {
            self.profiles[r.pool.index()].add(r.start.max(from), r.end, r.demand);
        }
    }

    /// The earliest hole over the pools that `task` may use.
    fn earliest(&self, task: TaskView<'_>, view: &ClusterView<'_>) -> Option<Reservation> {
        let demand = task.demand();
        view.possible(task)
            .filter(|o| demand > 0 && demand <= view.places(o.pool))
            .map(|o| {
                let length = view.estimated_remaining(task, o.pool);
                let start = self.profiles[o.pool.index()].earliest(view.now(), length, demand);
                Reservation { pool: o.pool, start, end: start + length, demand: demand as i64 }
            })
            .min_by_key(|r| r.start)
    }

    fn book(&mut self, id: TaskId, view: &ClusterView<'_>) {
        if let Some(found) = self.earliest(view.task(id), view) {
            self.promise(id, found);
        }
    }
}

impl Backfill for Conservative {
    fn on_ready(&mut self, task: TaskId, _view: &ClusterView<'_>) {
        self.arrived.push(task);
    }

    fn on_end(&mut self, task: TaskId, view: &ClusterView<'_>) {
        self.withdraw(task, view.now());
        self.compress = true;
    }

    fn on_leave(&mut self, task: TaskId, view: &ClusterView<'_>) {
        self.arrived.retain(|waiting| *waiting != task);
        self.withdraw(task, view.now());
    }

    fn pass(&mut self, queue: &mut OrderedQueue, placement: &mut dyn Placement, pass: &mut Pass<'_>) {
        let now = pass.now();
        let view = pass.view();
        if self.profiles.is_empty() {
            self.profiles = (0..view.pool_count()).map(|p| Profile::new(view.places(PoolId(p as u16)))).collect();
            // Tasks that were running before this scheduler took over.
            for task in view.running().filter(|r| r.demand() > 0) {
                let end = view.expected_end(task);
                self.promise(
                    task.id(),
                    Reservation { pool: task.pool(), start: now, end, demand: task.demand() as i64 },
                );
            }
        }
        for profile in &mut self.profiles {
            profile.advance(now);
        }
        if std::mem::take(&mut self.compress) {
            for id in queue.iter() {
                if self.held.contains_key(&id) {
                    self.withdraw(id, now);
                    self.book(id, &view);
                }
            }
        }
        for id in std::mem::take(&mut self.arrived) {
            self.book(id, &view);
        }
        let mut next = SimTime::NEVER;
        queue.retain(|id| {
            let held = self.held.get(&id).copied();
            if let Some(r) = held
                && r.start > now
            {
                next = next.min(r.start);
                return true;
            }
            let pools = held.map_or(PoolFilter::Any, |r| PoolFilter::Only(r.pool));
            if !find(id, pools, placement, pass, &mut self.site) || pass.start(id, &self.site).is_err() {
                pass.note_unplaced(id);
                return true;
            }
            self.settle_promise(id, held, &pass.view());
            false
        });
        if next != SimTime::NEVER {
            pass.wake_at(next);
        }
    }
}

impl Conservative {
    /// A started task keeps its promise; where it was placed late, the promise moves.
    fn settle_promise(&mut self, id: TaskId, held: Option<Reservation>, view: &ClusterView<'_>) {
        let Some(held) = held else { return };
        let task = view.task(id);
        if held.start == view.now() {
            return;
        }
        self.withdraw(id, view.now());
        let moved = Reservation { start: view.now(), end: view.expected_end(task), ..held };
        self.promise(id, moved);
    }
}

impl Plugin for Conservative {
    const NAME: &'static str = "conservative";
    const ABOUT: &'static str = "a reservation for every task at its arrival, compressed when a task ends";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self::default())
    }
}
