//! Tasks that wait, with what a mapper needs to know of them.

use std::collections::BTreeMap;

use crate::policy::{ClusterView, TaskView};
use crate::units::{Bytes, PoolId, SimDuration, SimTime, TaskId};

use super::{Assignment, Opening, Ready};

/// What a task needs of a pool besides time: width, host processors and memory, whether it must stay in one node. Pools
/// open to tasks of one shape at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Shape(u32, u64, Bytes, bool);

impl Shape {
    pub(super) fn of(task: TaskView<'_>, view: &ClusterView<'_>) -> Self {
        Self(task.units(), task.host_cpus(), task.host_memory(), view.one_node(task))
    }
}

/// A task that is not mapped.
struct Entry {
    id: TaskId,
    /// Number of its shape.
    shape: usize,
    /// Pools that could hold it with its time there, fastest first.
    times: Vec<(PoolId, SimDuration)>,
}

/// Tasks that are not mapped, by number in order of arrival.
#[derive(Default)]
pub(super) struct Waiting {
    tasks: BTreeMap<u64, Entry>,
    shapes: BTreeMap<Shape, usize>,
}

/// A task as its places would end it.
pub(super) struct Prospect<'a> {
    /// The task.
    pub(super) id: TaskId,
    /// Pools with when they open and the time of the task there, fastest first.
    pub(super) places: &'a [(PoolId, Opening, SimDuration)],
}

impl Prospect<'_> {
    /// Where the task ends first, and when; ties: the faster pool.
    pub(super) fn best(&self) -> Option<(SimTime, PoolId)> {
        self.places.iter().map(|(pool, opening, time)| (opening.start + *time, *pool)).min_by_key(|(end, _)| *end)
    }
}

impl Waiting {
    pub(super) fn add(&mut self, task: TaskView<'_>, view: &ClusterView<'_>) {
        let next = self.shapes.len();
        let shape = *self.shapes.entry(Shape::of(task, view)).or_insert(next);
        let times = view.possible(task).map(|o| (o.pool, view.estimated_remaining(task, o.pool))).collect();
        self.tasks.insert(task.seq(), Entry { id: task.id(), shape, times });
    }

    pub(super) fn remove(&mut self, task: TaskView<'_>) {
        self.tasks.remove(&task.seq());
    }

    /// Looks at every task in order of arrival.
    ///
    /// Openings are worked out once for each shape and pool, so that a look at a task costs a few additions.
    pub(super) fn each(&self, ready: &mut Ready<'_>, view: &ClusterView<'_>, mut look: impl FnMut(Prospect<'_>)) {
        let pools = view.pool_count();
        let mut openings: Vec<Option<Opening>> = vec![None; self.shapes.len() * pools];
        let mut places = Vec::with_capacity(pools);
        for entry in self.tasks.values() {
            places.clear();
            for &(pool, time) in &entry.times {
                let known = &mut openings[entry.shape * pools + pool.index()];
                if known.is_none() {
                    *known = ready.opening(view.task(entry.id), pool, view);
                }
                if let Some(opening) = *known {
                    places.push((pool, opening, time));
                }
            }
            look(Prospect { id: entry.id, places: &places });
        }
    }

    /// The first task, in the pool that is least by `key` of its opening and the time there; ties: the faster pool.
    pub(super) fn first<K: Ord>(
        &self,
        ready: &mut Ready<'_>,
        view: &ClusterView<'_>,
        key: impl Fn(&Opening, SimDuration) -> K,
    ) -> Vec<Assignment> {
        let Some(Entry { id, times, .. }) = self.tasks.values().next() else { return Vec::new() };
        let task = view.task(*id);
        let keys =
            times.iter().filter_map(|(pool, time)| Some((key(&ready.opening(task, *pool, view)?, *time), *pool)));
        let best = keys.min_by(|(a, _), (b, _)| a.cmp(b)).map(|(_, pool)| pool);
        best.and_then(|pool| assign(*id, pool, ready, view)).into_iter().collect()
    }
}

/// Gives a task the units of `pool` that are ready first.
pub(super) fn assign(id: TaskId, pool: PoolId, ready: &mut Ready<'_>, view: &ClusterView<'_>) -> Option<Assignment> {
    let task = view.task(id);
    let (start, site) = ready.site(task, pool, view)?;
    Some(Assignment { id, pool, site, until: start + view.estimated_remaining(task, pool) })
}
