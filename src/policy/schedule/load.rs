//! How long the lines are, and how much work stands in them.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use crate::policy::ClusterView;
use crate::units::{PoolId, SimDuration, SimTime, UnitId};

/// The load of one unit.
#[derive(Clone, Copy, Debug, Default)]
struct UnitLoad {
    /// Tasks in line and in service.
    length: u32,
    /// Tasks in line.
    waiting: u32,
    /// Their estimated times.
    queued: SimDuration,
    /// When all this should be done, as last worked out; zero for an idle unit.
    drain: SimTime,
}

/// The load of every unit, sorted. A change costs O(log n).
///
/// The drain time of a unit is the latest expected end of what runs there plus the estimates of what waits there; a
/// unit is taken for busy as a whole, whatever the shares of its tasks.
#[derive(Default)]
pub struct Load {
    units: Vec<UnitLoad>,
    by_length: Vec<BTreeSet<(u32, UnitId)>>,
    by_drain: Vec<BTreeSet<(SimTime, UnitId)>>,
    by_waiting: BTreeSet<(u32, Reverse<UnitId>)>,
}

impl Load {
    /// Whether it has seen the cluster.
    pub(super) fn knows_cluster(&self) -> bool {
        !self.units.is_empty()
    }

    /// Takes the cluster in as it is, with what runs on it.
    pub(super) fn see_cluster(&mut self, view: &ClusterView<'_>) {
        self.by_length = vec![BTreeSet::new(); view.pool_count()];
        self.by_drain = vec![BTreeSet::new(); view.pool_count()];
        for unit in view.units() {
            self.units.push(UnitLoad { length: unit.residents().len() as u32, ..UnitLoad::default() });
            self.list(unit.id(), view);
        }
    }

    /// A task of estimated time `time` joins the line of `unit`.
    pub(super) fn join(&mut self, unit: UnitId, time: SimDuration, view: &ClusterView<'_>) {
        self.change(unit, view, |at| {
            at.length += 1;
            at.waiting += 1;
            at.queued += time;
        });
    }

    /// It leaves the line without having been started.
    pub(super) fn leave(&mut self, unit: UnitId, time: SimDuration, view: &ClusterView<'_>) {
        self.change(unit, view, |at| {
            at.length = at.length.saturating_sub(1);
            at.waiting = at.waiting.saturating_sub(1);
            at.queued = at.queued - time;
        });
    }

    /// It goes from the line into service.
    pub(super) fn start(&mut self, unit: UnitId, time: SimDuration, view: &ClusterView<'_>) {
        self.change(unit, view, |at| {
            at.waiting = at.waiting.saturating_sub(1);
            at.queued = at.queued - time;
        });
    }

    /// A task goes into service that has not stood in line.
    pub(super) fn begin(&mut self, unit: UnitId, view: &ClusterView<'_>) {
        self.change(unit, view, |at| at.length += 1);
    }

    /// A task has given `unit` back.
    pub(super) fn end(&mut self, unit: UnitId, view: &ClusterView<'_>) {
        self.change(unit, view, |at| at.length = at.length.saturating_sub(1));
    }

    /// Tasks in line and in service at `unit`.
    pub fn length(&self, unit: UnitId) -> u32 {
        self.units.get(unit.index()).map_or(0, |at| at.length)
    }

    /// Units of `pool` with the tasks in line and in service, fewest first, then lowest number.
    pub fn shortest(&self, pool: PoolId) -> impl Iterator<Item = (u32, UnitId)> + '_ {
        self.by_length.get(pool.index()).into_iter().flatten().copied()
    }

    /// Lines with the number that waits in them, longest first, then lowest number of unit.
    pub fn longest_lines(&self) -> impl Iterator<Item = (u32, UnitId)> + '_ {
        self.by_waiting.iter().rev().map(|(waiting, Reverse(unit))| (*waiting, *unit))
    }

    /// Units of `pool` by the time at which their work should be done, idle ones first, then lowest number.
    pub fn least_work(&self, pool: PoolId) -> impl Iterator<Item = UnitId> + '_ {
        self.by_drain(pool).map(|(_, unit)| unit)
    }

    /// The same with those times: zero for idle units, and too early for tasks that outlive their estimates.
    pub(super) fn by_drain(&self, pool: PoolId) -> impl Iterator<Item = (SimTime, UnitId)> + '_ {
        self.by_drain.get(pool.index()).into_iter().flatten().copied()
    }

    /// When the work of `unit` should be done: now for an idle one.
    pub fn drain(&self, unit: UnitId, view: &ClusterView<'_>) -> SimTime {
        let drain = self.units.get(unit.index()).map_or(SimTime::ZERO, |at| at.drain);
        drain.max(view.now())
    }

    /// Brings the drain times of the `first` least loaded units of `pool` up to date: those of tasks that outlive their
    /// estimates move on with the clock.
    pub(super) fn refresh(&mut self, pool: PoolId, first: usize, view: &ClusterView<'_>) {
        loop {
            let late = |unit: &UnitId| self.units[unit.index()].drain != self.expect(*unit, view);
            let Some(unit) = self.least_work(pool).take(first).find(late) else { return };
            self.change(unit, view, |_| {});
        }
    }

    /// When all work of `unit` should be done, from what one knows now; zero for an idle unit.
    fn expect(&self, unit: UnitId, view: &ClusterView<'_>) -> SimTime {
        let residents = view.unit(unit).residents();
        let served = residents.iter().map(|task| view.expected_end(view.task(*task))).max();
        match (served, self.units[unit.index()].queued) {
            (None, SimDuration::ZERO) => SimTime::ZERO,
            (served, queued) => served.unwrap_or(view.now()) + queued,
        }
    }

    fn change(&mut self, unit: UnitId, view: &ClusterView<'_>, change: impl FnOnce(&mut UnitLoad)) {
        let Some(at) = self.units.get_mut(unit.index()) else { return };
        let pool = view.pool_of(unit).index();
        self.by_length[pool].remove(&(at.length, unit));
        self.by_drain[pool].remove(&(at.drain, unit));
        self.by_waiting.remove(&(at.waiting, Reverse(unit)));
        change(at);
        self.list(unit, view);
    }

    fn list(&mut self, unit: UnitId, view: &ClusterView<'_>) {
        let drain = self.expect(unit, view);
        let at = &mut self.units[unit.index()];
        at.drain = drain;
        let pool = view.pool_of(unit).index();
        self.by_length[pool].insert((at.length, unit));
        self.by_drain[pool].insert((drain, unit));
        if at.waiting > 0 {
            self.by_waiting.insert((at.waiting, Reverse(unit)));
        }
    }
}

/// When what is on `unit` should have ended, and it is awake.
pub(super) fn free_at(unit: UnitId, view: &ClusterView<'_>) -> SimTime {
    let at = view.unit(unit);
    let ends = at.residents().iter().map(|t| view.expected_end(view.task(*t))).max();
    ends.unwrap_or(view.now() + at.wake_delay())
}
