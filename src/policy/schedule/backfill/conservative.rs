//! Conservative backfilling: a reservation for every task.

use std::collections::BTreeSet;

use crate::model::world::Site;
use crate::policy::registry::{BuildError, NoParams, Plugin};
use crate::policy::schedule::{Backfill, OrderedQueue, Place, Placement, PoolFilter, find};
use crate::policy::{ClusterView, Pass, TaskView};
use crate::units::{PoolId, SimDuration, SimTime, TaskId};

use super::profile::Profile;

/// A stretch of a pool promised to a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    /// Of waiting and of running tasks, by slot.
    held: Vec<Option<Reservation>>,
    /// Starts of the waiting ones.
    agenda: BTreeSet<(SimTime, TaskId)>,
    /// Waiting tasks without units, which need no reservation.
    free: BTreeSet<TaskId>,
    arrived: Vec<TaskId>,
    compress: bool,
    /// The last compression moved nobody, and no hole has come up since: another one would not either.
    settled: bool,
    site: Site,
}

impl Conservative {
    fn reservation(&self, id: TaskId) -> Option<Reservation> {
        self.held.get(id.index()).copied().flatten()
    }

    fn promise(&mut self, id: TaskId, r: Reservation) {
        self.profiles[r.pool.index()].add(r.start, r.end, -r.demand);
        if self.held.len() <= id.index() {
            self.held.resize(id.index() + 1, None);
        }
        self.held[id.index()] = Some(r);
    }

    fn withdraw(&mut self, id: TaskId, from: SimTime) {
        if let Some(r) = self.held.get_mut(id.index()).and_then(Option::take) {
            self.profiles[r.pool.index()].add(r.start.max(from), r.end, r.demand);
            self.settled &= r.end <= from;
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

    /// Whether `held` is surely the earliest hole still: at no time before is there room even for a moment.
    fn stays(&self, held: Reservation, task: TaskView<'_>, view: &ClusterView<'_>) -> bool {
        let mut until = held.start + SimDuration::from_nanos(1);
        held.start >= view.now()
            && view.options(task).iter().all(|o| {
                // A pool that is asked before this one wins a tie.
                if o.pool == held.pool {
                    until = held.start;
                }
                !self.profiles[o.pool.index()].has_room(view.now(), until, task.demand())
            })
    }

    fn book(&mut self, id: TaskId, view: &ClusterView<'_>) {
        match self.earliest(view.task(id), view) {
            Some(found) => {
                self.promise(id, found);
                self.agenda.insert((found.start, id));
            }
            None => {
                self.free.insert(id);
            }
        }
    }

    /// Takes each reservation out and puts it into the earliest hole.
    fn compress(&mut self, queue: &OrderedQueue, view: &ClusterView<'_>) {
        let mut settled = true;
        for id in queue.iter() {
            let Some(held) = self.reservation(id) else { continue };
            if self.stays(held, view.task(id), view) {
                continue;
            }
            self.withdraw(id, view.now());
            let found = self.earliest(view.task(id), view).unwrap_or(held);
            self.promise(id, found);
            if found.start != held.start {
                self.agenda.remove(&(held.start, id));
                self.agenda.insert((found.start, id));
            }
            settled &= found == held;
        }
        self.settled = settled;
    }

    /// The first look at the cluster: tasks that were running before this scheduler took over hold their units.
    fn begin(&mut self, view: &ClusterView<'_>) {
        self.profiles = (0..view.pool_count()).map(|p| Profile::new(view.places(PoolId(p as u16)))).collect();
        for task in view.running().filter(|r| r.demand() > 0) {
            let (start, end) = (view.now(), view.expected_end(task));
            self.promise(task.id(), Reservation { pool: task.pool(), start, end, demand: task.demand() as i64 });
        }
    }

    /// Starts what is due, in the order of the queue.
    fn start_due(&mut self, queue: &mut OrderedQueue, placement: &mut dyn Placement, pass: &mut Pass<'_>) {
        let now = pass.now();
        let reserved = self.agenda.range(..=(now, TaskId(u32::MAX))).map(|(_, id)| *id);
        let mut due: Vec<(Place, TaskId)> =
            reserved.chain(self.free.iter().copied()).filter_map(|id| Some((queue.place(id)?, id))).collect();
        due.sort_unstable();
        for (_, id) in due {
            let held = self.reservation(id);
            let pools = held.map_or(PoolFilter::Any, |r| PoolFilter::Only(r.pool));
            if !find(id, pools, placement, pass, &mut self.site) || pass.start(id, &self.site).is_err() {
                pass.note_unplaced(id);
                // It is late, and will be put off by the next compression.
                self.settled &= held.is_none();
                continue;
            }
            queue.remove(id);
            self.free.remove(&id);
            if let Some(held) = held {
                self.agenda.remove(&(held.start, id));
                self.settle_promise(id, held, &pass.view());
            }
        }
    }

    /// A started task keeps its promise; where it was placed late, the promise moves.
    fn settle_promise(&mut self, id: TaskId, held: Reservation, view: &ClusterView<'_>) {
        if held.start == view.now() {
            return;
        }
        self.withdraw(id, view.now());
        let moved = Reservation { start: view.now(), end: view.expected_end(view.task(id)), ..held };
        self.promise(id, moved);
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
        self.free.remove(&task);
        if let Some(held) = self.reservation(task) {
            self.agenda.remove(&(held.start, task));
        }
        self.withdraw(task, view.now());
    }

    fn pass(&mut self, queue: &mut OrderedQueue, placement: &mut dyn Placement, pass: &mut Pass<'_>) {
        let now = pass.now();
        let view = pass.view();
        if self.profiles.is_empty() {
            self.begin(&view);
        }
        for profile in &mut self.profiles {
            profile.advance(now);
        }
        if std::mem::take(&mut self.compress) && !self.settled {
            self.compress(queue, &view);
        }
        for id in std::mem::take(&mut self.arrived) {
            self.book(id, &view);
        }
        self.start_due(queue, placement, pass);
        if let Some((next, _)) = self.agenda.range((now + SimDuration::from_nanos(1), TaskId(0))..).next() {
            pass.wake_at(*next);
        }
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
