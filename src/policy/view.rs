//! What a policy may see.

use crate::model::cluster::{Device, PState};
use crate::model::kind::UnitKind;
use crate::model::task::{Phase, PoolOption, Task};
use crate::model::unit::{Unit, UnitPhase};
use crate::model::world::World;
use crate::units::{Bytes, NodeId, PoolId, Share, SimDuration, SimTime, TaskId, UnitId};

/// The cluster at one instant.
#[derive(Clone, Copy)]
pub struct ClusterView<'a> {
    world: &'a World,
    now: SimTime,
}

/// A task as its user described it. Times are on the task's reference, seconds of which differ from
/// pool to pool: see [`ClusterView::estimated_time`].
#[derive(Clone, Copy)]
pub struct TaskView<'a> {
    id: TaskId,
    task: &'a Task,
}

/// A unit as its operator sees it.
#[derive(Clone, Copy)]
pub struct UnitView<'a> {
    id: UnitId,
    unit: &'a Unit,
    device: &'a Device,
    node: NodeId,
    pool: PoolId,
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

    /// Whether all units of `task` must be in one node.
    pub fn one_node(&self, task: TaskView<'a>) -> bool {
        let spec = &task.task.spec;
        self.world.class_of(task.task).one_node || spec.host_cpus > 0 || !spec.host_memory.is_zero()
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

    /// Whether the share, but not the memory, that `task` asks for is free on some unit.
    pub fn blocked_by_memory(&self, task: TaskView<'_>) -> bool {
        !task.memory().is_zero()
            && self.world.class_of(task.task).options.iter().any(|option| {
                let units = self.pool_units(option.pool);
                let free = |u: &&UnitId| self.world.units[u.index()].free >= task.share();
                units.iter().filter(free).count() >= task.units() as usize
            })
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

impl<'a> TaskView<'a> {
    /// Its slot.
    pub const fn id(&self) -> TaskId {
        self.id
    }

    /// Its number in order of arrival: the last key of every order.
    pub const fn seq(&self) -> u64 {
        self.task.seq
    }

    /// When it arrived.
    pub const fn arrival(&self) -> SimTime {
        self.task.arrival
    }

    /// Estimated reference time, as predicted or else as the user said.
    pub const fn estimate(&self) -> SimDuration {
        self.task.estimate
    }

    /// The user's estimate of the reference time.
    pub const fn user_estimate(&self) -> SimDuration {
        self.task.user_estimate
    }

    /// Time that it has run so far.
    pub const fn attained(&self) -> SimDuration {
        self.task.run
    }

    /// Gang width.
    pub const fn units(&self) -> u32 {
        self.task.spec.units
    }

    /// Part of each unit.
    pub const fn share(&self) -> Share {
        self.task.spec.share
    }

    /// Units times share, in millionths of a unit.
    pub fn demand(&self) -> u64 {
        u64::from(self.task.spec.units) * u64::from(self.task.spec.share.0)
    }

    /// Device memory per unit.
    pub const fn memory(&self) -> Bytes {
        self.task.spec.memory
    }

    /// Host processors in thousandths.
    pub const fn host_cpus(&self) -> u64 {
        self.task.spec.host_cpus
    }

    /// Higher is more urgent.
    pub const fn priority(&self) -> f64 {
        self.task.spec.priority
    }

    /// Absolute deadline, [`SimTime::NEVER`] for none.
    pub const fn deadline(&self) -> SimTime {
        self.task.deadline
    }

    /// Who submitted it.
    pub const fn user(&self) -> u32 {
        self.task.spec.user
    }

    /// Bytes in and out of the cloud.
    pub const fn transfer(&self) -> (Bytes, Bytes) {
        (self.task.spec.input, self.task.spec.output)
    }

    /// The units it holds.
    pub fn held(&self) -> &'a [UnitId] {
        self.task.units.as_slice()
    }

    /// The pool it runs in. Meaningful while it holds units.
    pub const fn pool(&self) -> PoolId {
        self.task.pool
    }

    /// Where it is in its life.
    pub const fn phase(&self) -> Phase {
        self.task.phase
    }
}

impl<'a> UnitView<'a> {
    /// Its number.
    pub const fn id(&self) -> UnitId {
        self.id
    }

    /// Its kind.
    pub const fn kind(&self) -> UnitKind {
        self.device.kind
    }

    /// Its device model's id.
    pub fn device(&self) -> &'a str {
        &self.device.name
    }

    /// Its node.
    pub const fn node(&self) -> NodeId {
        self.node
    }

    /// Its device pool.
    pub const fn pool(&self) -> PoolId {
        self.pool
    }

    /// What is not given away.
    pub const fn free(&self) -> Share {
        self.unit.free
    }

    /// Memory that is not given away.
    pub fn memory_free(&self) -> Bytes {
        Bytes(self.device.memory.get().saturating_sub(self.unit.memory_used.get()))
    }

    /// Tasks on it.
    pub fn residents(&self) -> &'a [TaskId] {
        &self.unit.residents
    }

    /// State.
    pub const fn phase(&self) -> UnitPhase {
        self.unit.phase
    }

    /// How long a task placed now would wait for the unit to wake, at most.
    pub fn wake_delay(&self) -> SimDuration {
        let Some(sleep) = &self.device.sleep else { return SimDuration::ZERO };
        match self.unit.phase {
            UnitPhase::Awake => SimDuration::ZERO,
            UnitPhase::Sleeping | UnitPhase::Waking => sleep.wake,
            UnitPhase::FallingAsleep { .. } => sleep.entry + sleep.wake,
        }
    }

    /// Work done so far: load times nanoseconds, up to the unit's last change.
    pub const fn work_done(&self) -> u128 {
        self.unit.totals.load
    }

    /// Clocks and powers, ascending.
    pub fn pstates(&self) -> &'a [PState] {
        &self.device.pstates
    }
}
