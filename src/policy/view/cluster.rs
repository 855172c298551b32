//! The cluster as a policy sees it.

use crate::model::task::{Phase, PoolOption, Shape};
use crate::model::world::{Changes, World};
use crate::units::{Bytes, NodeId, PoolId, Share, SimDuration, SimTime, TaskId, UnitId};

use super::{TaskView, UnitView};

/// The cluster at one instant.
#[derive(Clone, Copy)]
pub struct ClusterView<'a> {
    world: &'a World,
    now: SimTime,
}

impl<'a> ClusterView<'a> {
    /// The view of `world` at `now`.
    pub(crate) const fn new(world: &'a World, now: SimTime) -> Self {
        Self { world, now }
    }

    /// The present instant.
    pub const fn now(&self) -> SimTime {
        self.now
    }

    /// A task in the system.
    pub fn task(&self, id: TaskId) -> TaskView<'a> {
        TaskView { id, task: &self.world.tasks[id] }
    }

    /// How many tasks wait in the scheduler's queue.
    pub fn waiting(&self) -> usize {
        self.world.gauges.waiting as usize
    }

    /// Tasks that hold units, in no order that means anything.
    pub fn running(&self) -> impl Iterator<Item = TaskView<'a>> {
        let world = self.world;
        world.running.iter().map(|id| TaskView { id: *id, task: &world.tasks[*id] })
    }

    /// How many tasks hold units.
    pub fn running_count(&self) -> usize {
        self.world.running.len()
    }

    /// A unit.
    pub fn unit(&self, id: UnitId) -> UnitView<'a> {
        let place = self.world.cluster.units[id.index()];
        UnitView {
            id,
            unit: &self.world.units[id.index()],
            device: &self.world.cluster.pools[place.pool.index()].device,
            node: place.node,
            pool: place.pool,
        }
    }

    /// All units of the cluster, ascending.
    pub fn units(&self) -> impl Iterator<Item = UnitView<'a>> {
        let view = *self;
        (0..self.world.units.len()).map(move |i| view.unit(UnitId(i as u32)))
    }

    /// How many device pools there are.
    pub fn pool_count(&self) -> usize {
        self.world.cluster.pools.len()
    }

    /// The units of a pool, ascending.
    pub fn pool_units(&self, pool: PoolId) -> &'a [UnitId] {
        &self.world.cluster.pools[pool.index()].units
    }

    /// How many units of a pool have nothing on them.
    pub fn whole_free(&self, pool: PoolId) -> usize {
        self.world.pools[pool.index()].whole.len()
    }

    /// The first unit of a pool, at or after position `from`, with nothing on it.
    pub fn next_whole_free(&self, pool: PoolId, from: u32) -> Option<UnitId> {
        let local = self.world.pools[pool.index()].whole.next(from)?;
        self.world.cluster.pools[pool.index()].units.get(local as usize).copied()
    }

    /// The units of a pool that have `share` left, ascending.
    pub fn units_with(&self, pool: PoolId, share: Share) -> impl Iterator<Item = UnitId> + Clone + use<'a> {
        let (world, mut from) = (self.world, 0);
        std::iter::from_fn(move || {
            let local = world.next_with_share(pool, from, share)?;
            from = local + 1;
            world.cluster.pools[pool.index()].units.get(local as usize).copied()
        })
    }

    /// How often something has happened that may spoil what a policy remembers.
    pub const fn changes(&self) -> Changes {
        self.world.changes
    }

    /// All that decides where `task` fits.
    pub fn shape(&self, task: TaskView<'_>) -> Shape {
        self.world.shape_of(task.task)
    }

    /// Whether tasks of `shape` may find a place: some pool has share enough, and units enough where they must be whole.
    /// Memory, nodes and hosts are not asked.
    pub fn might_fit(&self, shape: &Shape) -> bool {
        let room = |pool: PoolId| {
            let whole = shape.share < Share::WHOLE || self.whole_free(pool) >= shape.units as usize;
            whole && self.free_share(pool) >= shape.demand()
        };
        shape.units == 0 || self.world.classes[shape.class as usize].options.iter().any(|o| room(o.pool))
    }

    /// Whether tasks of `shape` have but one pool to choose.
    pub fn has_one_pool(&self, shape: &Shape) -> bool {
        self.world.classes[shape.class as usize].options.len() == 1
    }

    /// Whether tasks of `shape` may use `pool`.
    pub fn may_use(&self, shape: &Shape, pool: PoolId) -> bool {
        self.world.classes[shape.class as usize].option(pool).is_some()
    }

    /// The pool of a unit.
    pub fn pool_of(&self, unit: UnitId) -> PoolId {
        self.world.cluster.units[unit.index()].pool
    }

    /// Position of a unit within its pool.
    pub fn local_index(&self, unit: UnitId) -> u32 {
        self.world.cluster.units[unit.index()].local
    }

    /// Sum of the free shares of a pool, in millionths of a unit.
    pub fn free_share(&self, pool: PoolId) -> u64 {
        self.world.pools[pool.index()].share
    }

    /// The pools that `task` may use, fastest first.
    pub fn options(&self, task: TaskView<'a>) -> &'a [PoolOption] {
        &self.world.class_of(task.task).options
    }

    /// The pools that `task` may use and that could hold it if they were empty, fastest first. A pool whose units have
    /// too little memory for this task is none to make plans with.
    pub fn possible(&self, task: TaskView<'a>) -> impl Iterator<Item = &'a PoolOption> + use<'a> {
        let world = self.world;
        self.options(task).iter().filter(move |o| world.could_hold(task.task, o.pool))
    }

    /// Whether all that `task` holds must be in one node.
    pub fn one_node(&self, task: TaskView<'a>) -> bool {
        self.world.keeps_to_node(task.task)
    }

    /// The nodes that have the host resources of `task` and may have its units, ascending.
    pub fn nodes_with_room(&self, task: TaskView<'a>) -> impl Iterator<Item = NodeId> + use<'a> {
        let (world, mut from) = (self.world, 0);
        std::iter::from_fn(move || {
            let node = world.next_with_room(task.task, from)?;
            from = node.0 + 1;
            Some(node)
        })
    }

    /// Nodes of the cluster, ascending.
    pub fn nodes(&self) -> impl Iterator<Item = NodeId> + use<'a> {
        (0..self.world.nodes.len()).map(|i| NodeId(i as u32))
    }

    /// The units of a node, ascending.
    pub fn node_units(&self, node: NodeId) -> impl Iterator<Item = UnitId> + use<'a> {
        self.world.cluster.nodes[node.index()].units.clone().map(UnitId)
    }

    /// Free host processors, in thousandths, free host memory, and units with nothing on them.
    pub fn node_free(&self, node: NodeId) -> (u64, Bytes, u32) {
        let free = &self.world.nodes[node.index()];
        (free.cpus, free.memory, free.whole_units)
    }

    /// Whether `task` fits on `unit` now, the node's host resources aside.
    pub fn fits(&self, task: TaskView<'_>, unit: UnitId) -> bool {
        self.world.unit_fits(task.task, unit)
    }

    /// Whether memory alone keeps `task` waiting: some pool has units enough with a free share, but none
    /// has enough of them with memory too.
    pub fn blocked_by_memory(&self, task: TaskView<'_>) -> bool {
        if task.memory().is_zero() {
            return false;
        }
        let width = task.units() as usize;
        let mut share_would_do = false;
        for option in &self.world.class_of(task.task).options {
            if self.free_share(option.pool) < task.demand() {
                continue;
            }
            let mut units = self.units_with(option.pool, task.share());
            if units.clone().take(width).count() < width {
                continue;
            }
            share_would_do = true;
            if units.by_ref().filter(|u| self.fits(task, *u)).take(width).count() == width {
                return false;
            }
        }
        share_would_do
    }

    /// Whether `node` has the host resources that `task` asks for.
    pub fn node_fits(&self, task: TaskView<'_>, node: NodeId) -> bool {
        self.world.node_fits(task.task, node)
    }

    /// Estimated time of `task` on `pool` at full speed.
    pub fn estimated_time(&self, task: TaskView<'_>, pool: PoolId) -> SimDuration {
        self.world.estimated_time(task.task, pool)
    }

    /// Estimated time of the rest of a waiting task on `pool` at full speed.
    pub fn estimated_remaining(&self, task: TaskView<'_>, pool: PoolId) -> SimDuration {
        let full = self.estimated_time(task, pool);
        SimDuration::from_nanos(full.as_nanos().saturating_sub(task.task.run.as_nanos()).max(1)).min(full)
    }

    /// The least estimated time of the rest of a waiting task on any pool that it may use.
    pub fn least_remaining(&self, task: TaskView<'_>) -> SimDuration {
        let options = &self.world.class_of(task.task).options;
        options.iter().map(|o| self.estimated_remaining(task, o.pool)).min().unwrap_or(SimDuration::ZERO)
    }

    /// When a task that holds units will end, as far as one can know: by its estimate; if that is
    /// over, by the user's; if that is over too, any moment now.
    pub fn expected_end(&self, task: TaskView<'_>) -> SimTime {
        let t = task.task;
        let running = t.phase == Phase::Running;
        let begun = if running { t.last_start } else { t.placed_at };
        // What it had run before it was given these units.
        let before = if running { t.run - (t.settled - t.last_start) } else { t.run };
        let later = self.now + SimDuration::from_nanos(1);
        let by = |estimate: SimDuration| {
            let whole = match self.world.class_of(t).option(t.pool) {
                Some(_) if estimate == t.estimate => self.world.estimated_time(t, t.pool),
                Some(option) => estimate.scaled(option.factor),
                None => estimate,
            };
            begun + (whole - before).scaled(1.0 / t.rate)
        };
        let first = by(t.estimate);
        if first >= later {
            return first;
        }
        by(t.user_estimate).max(later)
    }
}
