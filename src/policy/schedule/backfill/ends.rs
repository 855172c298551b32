//! When running tasks are expected to end, kept from pass to pass.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::task::Phase;
use crate::model::world::Changes;
use crate::policy::{ClusterView, TaskView};
use crate::units::{PoolId, SimTime, TaskId};

/// What was found of a running task.
#[derive(Clone, Copy, Debug)]
struct Found {
    pool: PoolId,
    end: SimTime,
}

/// Expected ends of running tasks by pool, ascending, with their demands.
///
/// An expectation holds until it has passed, or a speed changes. Whoever keeps the ends tells of each start and end; where
/// the cluster has counted more than it was told of, all are worked out anew.
#[derive(Debug, Default)]
pub(super) struct Ends {
    pools: Vec<BTreeMap<(SimTime, TaskId), u64>>,
    /// By slot.
    found: Vec<Option<Found>>,
    /// Those that did not run yet at the last look: their speed is known when they do.
    fresh: BTreeSet<TaskId>,
    told: Changes,
}

impl Ends {
    /// A task was given units.
    pub fn started(&mut self, task: TaskId) {
        self.told.placed += 1;
        self.fresh.insert(task);
    }

    /// A task has given its units back.
    pub fn ended(&mut self, task: TaskId) {
        self.told.released += 1;
        self.fresh.remove(&task);
        self.forget(task);
    }

    /// Brings everything up to date.
    pub fn look(&mut self, view: &ClusterView<'_>) {
        if self.told != view.changes() || self.pools.len() != view.pool_count() {
            self.told = view.changes();
            self.pools = vec![BTreeMap::new(); view.pool_count()];
            self.found.clear();
            self.fresh = view.running().map(|r| r.id()).collect();
        }
        for id in std::mem::take(&mut self.fresh) {
            let task = view.task(id);
            if task.phase() == Phase::Placed {
                self.fresh.insert(id);
            }
            self.forget(id);
            self.expect(task, view);
        }
        let mut passed = Vec::new();
        for pool in &self.pools {
            passed.extend(pool.range(..=(view.now(), TaskId(u32::MAX))).map(|((_, task), _)| *task));
        }
        for task in passed {
            self.forget(task);
            self.expect(view.task(task), view);
        }
    }

    /// Expected ends in `pool`, ascending, with the share in millionths that each gives back.
    pub fn of(&self, pool: PoolId) -> impl Iterator<Item = (SimTime, u64)> + '_ {
        self.pools.get(pool.index()).into_iter().flatten().map(|((end, _), demand)| (*end, *demand))
    }

    fn expect(&mut self, task: TaskView<'_>, view: &ClusterView<'_>) {
        let (id, pool) = (task.id(), task.pool());
        let Some(ends) = self.pools.get_mut(pool.index()) else { return };
        let end = view.expected_end(task);
        ends.insert((end, id), task.demand());
        if self.found.len() <= id.index() {
            self.found.resize(id.index() + 1, None);
        }
        self.found[id.index()] = Some(Found { pool, end });
    }

    fn forget(&mut self, task: TaskId) {
        if let Some(found) = self.found.get_mut(task.index()).and_then(Option::take)
            && let Some(ends) = self.pools.get_mut(found.pool.index())
        {
            ends.remove(&(found.end, task));
        }
    }
}
