//! When the units of each pool are ready for another task.

use std::collections::{BTreeMap, BTreeSet};
use std::iter::Peekable;

use crate::model::world::Site;
use crate::policy::schedule::load::{Load, free_at};
use crate::policy::{ClusterView, TaskView};
use crate::units::{NodeId, PoolId, SimDuration, SimTime, UnitId};

/// A place for a task.
#[derive(Clone, Debug)]
pub struct Offer {
    /// The pool.
    pub pool: PoolId,
    /// Its units that are ready first.
    pub site: Site,
    /// When they are ready.
    pub start: SimTime,
    /// When other units of the pool would be, the first one left out; `None` where there are none.
    pub second: Option<SimTime>,
    /// Estimated time of the task there.
    pub time: SimDuration,
}

impl Offer {
    /// When the task would end.
    pub fn finish(&self) -> SimTime {
        self.start + self.time
    }

    /// When it would end on other units of the pool.
    pub fn second_finish(&self) -> Option<SimTime> {
        self.second.map(|start| start + self.time)
    }
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

    /// What each pool that could hold `task` offers, the fastest pool first. Of units that are ready together the lowest
    /// are offered.
    pub fn offers(&mut self, task: TaskView<'_>, view: &ClusterView<'_>) -> Vec<Offer> {
        view.possible(task).filter_map(|option| self.offer(task, option.pool, view)).collect()
    }

    /// What one pool offers.
    pub fn offer(&mut self, task: TaskView<'_>, pool: PoolId, view: &ClusterView<'_>) -> Option<Offer> {
        let time = view.estimated_remaining(task, pool);
        let width = task.units() as usize;
        let ready = self.pools.get_mut(pool.index())?;
        if view.one_node(task) {
            return in_one_node(task, ready, view).map(|(start, site)| Offer { pool, site, start, second: None, time });
        }
        ready.touch(width + 1, view);
        let mut units: Vec<UnitId> = ready.touched.iter().take(width).map(|(_, unit)| *unit).collect();
        let start = ready.touched.iter().nth(width.checked_sub(1)?)?.0;
        let second = ready.touched.iter().nth(width).map(|(at, _)| *at);
        units.sort_unstable();
        Some(Offer { pool, site: Site::new(units, None), start, second, time })
    }

    /// The units of an offer are taken until the task ends.
    pub(super) fn take(&mut self, offer: &Offer) {
        let Some(ready) = self.pools.get_mut(offer.pool.index()) else { return };
        for &unit in &offer.site.units {
            ready.set(unit, offer.finish());
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
