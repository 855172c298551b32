//! The cluster as a policy sees it.

use crate::model::fragmentation::Shapes;
use crate::model::memory::pressure::Pressure;
use crate::model::steps::Steps;
use crate::model::task::{Phase, PoolOption, Shape, Work};
use crate::model::world::{Changes, World};
use crate::units::{Bytes, NodeId, PoolId, Share, SimDuration, SimTime, TaskId, UnitId};

use super::{TaskView, UnitView, UserView};

/// The cluster at one instant.
#[derive(Clone, Copy)]
pub struct ClusterView<'a> {
    pub(super) world: &'a World,
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
        TaskView { id, task: &self.world.tasks[id], width: None }
    }

    /// How many tasks wait in the scheduler's queue.
    pub fn waiting(&self) -> usize {
        self.world.gauges.waiting as usize
    }

    /// Tasks that hold units, in no order that means anything.
    pub fn running(&self) -> impl Iterator<Item = TaskView<'a>> {
        let world = self.world;
        world.running.iter().map(|id| TaskView { id: *id, task: &world.tasks[*id], width: None })
    }

    /// How many tasks hold units.
    pub fn running_count(&self) -> usize {
        self.world.running.len()
    }

    /// What `user` holds and has used.
    pub fn user(&self, user: u32) -> UserView<'a> {
        let accounts = &self.world.accounts;
        UserView { account: accounts.get(user), capacity: accounts.capacity, now: self.now }
    }

    /// The users who ever held units or host resources, ascending.
    pub fn users(&self) -> impl Iterator<Item = (u32, UserView<'a>)> + use<'a> {
        let (accounts, now) = (&self.world.accounts, self.now);
        accounts
            .iter()
            .map(move |(user, account)| (user, UserView { account: Some(account), capacity: accounts.capacity, now }))
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
            let whole = shape.share == Share::WHOLE && self.is_plain(pool);
            (!whole || self.whole_free(pool) >= shape.units as usize) && self.free_share(pool) >= shape.demand()
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

    /// The last key of every ranking of units: the unit's number, or by lot where ties are shuffled.
    pub fn unit_tie(&self, unit: UnitId) -> u64 {
        self.world.tie(u64::from(unit.0))
    }

    /// The last key of every ranking of nodes: the node's number, or by lot where ties are shuffled.
    pub fn node_tie(&self, node: NodeId) -> u64 {
        self.world.tie(u64::from(node.0))
    }

    /// Position of a unit within its pool.
    pub fn local_index(&self, unit: UnitId) -> u32 {
        self.world.cluster.units[unit.index()].local
    }

    /// Sum of the free shares of a pool, in millionths of a unit.
    pub fn free_share(&self, pool: PoolId) -> u64 {
        self.world.pools[pool.index()].share
    }

    /// Sum of all shares of a pool, in millionths of a unit.
    pub fn places(&self, pool: PoolId) -> u64 {
        self.world.cluster.pools[pool.index()].places
    }

    /// Sum of the shares of the units of a pool that work, in millionths of a unit.
    pub fn available(&self, pool: PoolId) -> u64 {
        self.places(pool).saturating_sub(self.world.pools[pool.index()].closed)
    }

    /// Whether every unit of a pool is one device that is given away once.
    pub fn is_plain(&self, pool: PoolId) -> bool {
        self.world.cluster.pools[pool.index()].is_plain()
    }

    /// How many parts of `task`'s share fit on `unit` now: at most one, but for pooled units.
    pub fn parts(&self, task: TaskView<'_>, unit: UnitId) -> u32 {
        let at = &self.world.units[unit.index()];
        if self.world.unit_fits(task.task, unit) { at.size.parts(at.free, task.share()) } else { 0 }
    }

    /// How many instances of `task` fit into `node` now, on units of `pool` (of any, where it needs none).
    pub fn instances_fit(&self, task: TaskView<'_>, node: NodeId, pool: PoolId) -> u32 {
        let free = &self.world.nodes[node.index()];
        if free.closed {
            return 0;
        }
        let parts = if task.units() == 0 {
            0
        } else {
            let units = self.node_units(node).filter(|u| self.pool_of(*u) == pool);
            units.map(|u| u64::from(self.parts(task, u))).sum()
        };
        task.task.instances_within(parts, free.cpus, free.memory) as u32
    }

    /// The pools that `task` may use, fastest first.
    pub fn options(&self, task: TaskView<'_>) -> &'a [PoolOption] {
        &self.world.class_of(task.task).options
    }

    /// The pools that `task` may use and that could hold it if they were empty, fastest first. A pool whose units have
    /// too little memory for this task is none to make plans with.
    pub fn possible(&self, task: TaskView<'a>) -> impl Iterator<Item = &'a PoolOption> + use<'a> {
        let world = self.world;
        self.options(task).iter().filter(move |o| world.could_hold(task.task, o.pool))
    }

    /// Throughput of `task` on `pool` at full speed: estimated reference time done per time, which for training jobs
    /// is steps per second. 0 where it cannot run.
    pub fn throughput(&self, task: TaskView<'_>, pool: PoolId) -> f64 {
        let Some(option) = self.world.class_of(task.task).option(pool) else { return 0.0 };
        match task.task.spec.work {
            Work::Time(_) => option.speed,
            Work::Roofline { .. } => {
                let here = self.estimated_time(task, pool).as_secs_f64();
                if here > 0.0 { task.estimate().as_secs_f64() / here } else { 1.0 }
            }
        }
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
    pub fn nodes(&self) -> impl Iterator<Item = NodeId> + Clone + use<'a> {
        (0..self.world.nodes.len()).map(|i| NodeId(i as u32))
    }

    /// The units of a node, ascending.
    pub fn node_units(&self, node: NodeId) -> impl Iterator<Item = UnitId> + use<'a> {
        self.world.cluster.nodes[node.index()].units.clone().map(UnitId)
    }

    /// Free host processors, in thousandths, free host memory, and units with nothing on them.
    pub fn node_free(&self, node: NodeId) -> (u64, Bytes, u32) {
        let free = &self.world.nodes[node.index()];
        if free.closed { (0, Bytes::ZERO, 0) } else { (free.cpus, free.memory, free.whole_units) }
    }

    /// Host processors of a node, in thousandths, and its host memory; the largest values where they never bind.
    pub fn node_capacity(&self, node: NodeId) -> (u64, Bytes) {
        let node = &self.world.cluster.nodes[node.index()];
        (node.host_cpus, node.host_memory)
    }

    /// Name of a node.
    pub fn node_name(&self, node: NodeId) -> &'a str {
        &self.world.cluster.nodes[node.index()].name
    }

    /// What is known of the workload before it comes, as an operator knows it from history: its shapes and how
    /// common each is. Of a source with a list (a log), the list; of a generated one, tasks drawn from the same
    /// distributions by random streams of their own.
    pub fn shapes(&self) -> &'a Shapes {
        &self.world.shapes
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

    /// For how much of the time tasks of `unit` stood still for want of memory; all zero where memory acts on no speed.
    pub fn pressure(&self, unit: UnitId) -> Pressure {
        let units = self.world.dynamics.as_ref().map(|d| &d.units);
        units.and_then(|u| u.get(unit.index())).map(|u| u.pressure.at(self.now)).unwrap_or_default()
    }

    /// Whether `node` has the host resources that `task` asks for.
    pub fn node_fits(&self, task: TaskView<'_>, node: NodeId) -> bool {
        self.world.node_fits(task.task, node)
    }

    /// The grid's carbon intensity in g/kWh, past and to come, if the scenario has one.
    pub fn carbon(&self) -> Option<&'a Steps<f64>> {
        self.world.cluster.facility.as_ref()?.carbon.as_ref()
    }

    /// How long after its arrival `task` may be held back.
    pub fn deferrable(&self, task: TaskView<'_>) -> SimDuration {
        self.world.class_of(task.task).deferrable
    }

    /// The source of `task`.
    pub fn source(&self, task: TaskView<'_>) -> u16 {
        self.world.class_of(task.task).source
    }

    /// Time of `bytes` from one unit to another.
    pub fn transfer_time(&self, bytes: Bytes) -> SimDuration {
        self.world.cluster.link.map_or(SimDuration::ZERO, |link| link.time(bytes))
    }

    /// When the data of the tasks before `task` that have completed would be on `units`.
    pub fn input_at(&self, task: TaskView<'_>, units: &[UnitId]) -> SimTime {
        self.world.input_at(task.task, units)
    }

    /// Whether `node` would have the host resources that `task` asks for if nothing else were there.
    pub fn node_could_hold(&self, task: TaskView<'_>, node: NodeId) -> bool {
        self.world.cluster.nodes[node.index()].could_host(task.task)
    }

    /// Estimated time of `task` on `pool` at full speed.
    pub fn estimated_time(&self, task: TaskView<'_>, pool: PoolId) -> SimDuration {
        self.world.estimated_time(task.task, pool)
    }

    /// Estimated time of the rest of a task on `pool` at full speed.
    pub fn estimated_remaining(&self, task: TaskView<'_>, pool: PoolId) -> SimDuration {
        let full = self.estimated_time(task, pool);
        SimDuration::from_nanos(full.as_nanos().saturating_sub(task.attained(self.now).as_nanos()).max(1)).min(full)
    }

    /// When a task will have attained `service` if it works on without a break: its units may have to wake first,
    /// and its state to be restored. [`SimTime::NEVER`] where it holds no units to work on.
    pub fn attains(&self, task: TaskView<'_>, service: SimDuration) -> SimTime {
        let t = task.task;
        let begun = match t.phase {
            Phase::Running => (t.last_start + t.restore).max(self.now),
            Phase::Placed => {
                let wake = task.held().iter().map(|u| self.unit(*u).wake_delay()).max();
                self.now + wake.unwrap_or(SimDuration::ZERO) + self.world.restore_time(t)
            }
            _ => return SimTime::NEVER,
        };
        begun + (service - task.attained(self.now))
    }

    /// Estimated time of the rest of a waiting task on the fastest pool that it may use, at full speed.
    pub fn shortest_remaining(&self, task: TaskView<'_>) -> SimDuration {
        self.options(task).first().map_or(task.estimate(), |best| self.estimated_remaining(task, best.pool))
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
        if t.phase == Phase::Saving {
            // Over a shared link it may take longer than was thought.
            return if t.saved_at >= self.now { t.saved_at } else { self.now + SimDuration::from_nanos(1) };
        }
        let running = t.phase == Phase::Running;
        // Restoring comes first, and is no work.
        let begun = if running { t.last_start + t.restore } else { t.placed_at.max(t.input_at) };
        // What it had run before it was given these units.
        let before = if running { t.run - (t.settled - begun) } else { t.run };
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
