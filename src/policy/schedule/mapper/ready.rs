//! When the units of each pool are ready for another task.

use std::collections::{BTreeMap, BTreeSet};
use std::iter::Peekable;

use crate::model::world::Site;
use crate::policy::schedule::load::{Load, free_at};
use crate::policy::{ClusterView, TaskView};
use crate::units::{NodeId, PoolId, SimTime, UnitId};

use super::Assignment;

/// When a pool has units for a task.
#[derive(Clone, Copy, Debug)]
pub struct Opening {
    /// When those that are ready first are all ready.
    pub start: SimTime,
    /// The lowest of them.
    pub lowest: UnitId,
    /// The same without the very first one; `None` where there are not so many.
    pub second: Option<SimTime>,
}

/// Units of one pool in the order in which they are ready. Those that nobody has asked for stay in the order in which
/// they are kept between passes, so that a plan for few tasks looks at few units.
struct PoolReady<'a> {
    untouched: Peekable<Box<dyn Iterator<Item = (SimTime, UnitId)> + 'a>>,
    touched: BTreeSet<(SimTime, UnitId)>,
    /// When each touched unit is ready.
    at: BTreeMap<UnitId, SimTime>,
}

impl PoolReady<'_> {
    /// From `at` on, `unit` is ready.
    fn set(&mut self, unit: UnitId, at: SimTime) {
        if let Some(before) = self.at.insert(unit, at) {
            self.touched.remove(&(before, unit));
        }
        self.touched.insert((at, unit));
    }

    /// Touches all units.
    fn touch_all(&mut self, view: &ClusterView<'_>) {
        while let Some((_, unit)) = self.untouched.next() {
            self.set(unit, free_at(unit, view));
        }
    }

    /// Touches units until the `count` that are ready first are touched.
    fn touch(&mut self, count: usize, view: &ClusterView<'_>) {
        while let Some(&(at_least, unit)) = self.untouched.peek() {
            let enough = self.touched.len() >= count;
            if enough && self.touched.iter().nth(count.saturating_sub(1)).is_some_and(|last| *last < (at_least, unit)) {
                return;
            }
            self.untouched.next();
            self.set(unit, free_at(unit, view));
        }
    }
}

/// The ready times of one plan in the making.
pub struct Ready<'a> {
    pools: Vec<PoolReady<'a>>,
}

impl<'a> Ready<'a> {
    /// As things are, before anything is mapped.
    pub(super) fn new(load: &'a Load, view: &ClusterView<'_>) -> Self {
        let pool = |p: usize| {
            let kept: Box<dyn Iterator<Item = (SimTime, UnitId)>> = Box::new(load.by_drain(PoolId(p as u16)));
            PoolReady { untouched: kept.peekable(), touched: BTreeSet::new(), at: BTreeMap::new() }
        };
        Self { pools: (0..view.pool_count()).map(pool).collect() }
    }

    /// When `pool` has units for `task`.
    pub fn opening(&mut self, task: TaskView<'_>, pool: PoolId, view: &ClusterView<'_>) -> Option<Opening> {
        let width = task.units() as usize;
        if view.one_node(task) {
            let (start, site) = self.site(task, pool, view)?;
            return Some(Opening { start, lowest: *site.units.first()?, second: None });
        }
        let ready = self.pools.get_mut(pool.index())?;
        ready.touch(width + 1, view);
        let mut last = ready.touched.iter().skip(width.checked_sub(1)?).map(|(at, _)| *at);
        let (start, second) = (last.next()?, last.next());
        let lowest = ready.touched.iter().take(width).map(|(_, unit)| *unit).min()?;
        Some(Opening { start, lowest, second })
    }

    /// The units of `pool` that are ready first for `task`, and when they are; of those that are ready together the
    /// lowest.
    pub fn site(&mut self, task: TaskView<'_>, pool: PoolId, view: &ClusterView<'_>) -> Option<(SimTime, Site)> {
        let width = task.units() as usize;
        let ready = self.pools.get_mut(pool.index())?;
        if view.one_node(task) {
            return in_one_node(task, ready, view);
        }
        ready.touch(width, view);
        let start = ready.touched.iter().nth(width.checked_sub(1)?)?.0;
        let mut units: Vec<UnitId> = ready.touched.iter().take(width).map(|(_, unit)| *unit).collect();
        units.sort_unstable();
        Some((start, Site::new(units, None)))
    }

    /// The units of a mapped task are taken until it ends.
    pub(super) fn take(&mut self, mapped: &Assignment) {
        let Some(ready) = self.pools.get_mut(mapped.pool.index()) else { return };
        for &unit in &mapped.site.units {
            ready.set(unit, mapped.until);
        }
    }
}

/// The node that is ready first with all units of `task`; all units of the pool may be looked at.
fn in_one_node(task: TaskView<'_>, ready: &mut PoolReady<'_>, view: &ClusterView<'_>) -> Option<(SimTime, Site)> {
    ready.touch_all(view);
    let mut rooms: BTreeMap<NodeId, Vec<UnitId>> = BTreeMap::new();
    for &(at, unit) in &ready.touched {
        let node = view.unit(unit).node();
        if !view.node_could_hold(task, node) {
            continue;
        }
        let room = rooms.entry(node).or_default();
        room.push(unit);
        if room.len() == task.units() as usize {
            let mut units = std::mem::take(room);
            units.sort_unstable();
            return Some((at, Site::new(units, Some(node))));
        }
    }
    None
}
