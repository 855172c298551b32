//! Tasks: what was asked for, what is true, and what has become of it.

use std::sync::Arc;

use crate::rng::Shuffle;
use crate::units::{Bytes, NodeId, PoolId, Share, SimDuration, SimTime, TaskId, UnitId};

use super::cluster::Roofline;
use super::elastic::Elastic;
use super::memory::Block;

/// A task's name in its trace or scenario; numbers come before texts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Label {
    /// A number.
    Number(u64),
    /// A text.
    Text(Arc<str>),
}

impl std::fmt::Display for Label {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Number(n) => write!(f, "{n}"),
            Self::Text(t) => f.write_str(t),
        }
    }
}

/// One pool that a class of tasks may use.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PoolOption {
    /// The pool.
    pub pool: PoolId,
    /// Time there over the reference duration; at least 1e-9.
    pub factor: f64,
    /// Reference time done there per time, as it was stated: of this `factor` is the rounded inverse.
    pub speed: f64,
    /// Share of the time that scales with the clock, in [0, 1].
    pub beta: f64,
    /// Time of operations and bytes there, at the class's precision.
    pub roofline: Roofline,
}

impl PoolOption {
    /// Full time of `work` at full speed.
    #[inline]
    pub fn time_of(&self, work: &Work) -> SimDuration {
        match work {
            Work::Time(duration) => duration.scaled(self.factor),
            Work::Roofline { flops, bytes } => {
                SimDuration::from_secs_f64_clamped(self.roofline.seconds(*flops, *bytes) * self.factor)
            }
        }
    }
}

/// What all tasks of one class have in common.
#[derive(Clone, Debug)]
pub struct Class {
    /// Name of the class.
    pub name: Arc<str>,
    /// Index of its source.
    pub source: u16,
    /// Pools it may use, fastest first, then in the order of the cluster. A gang never mixes pools.
    pub options: Vec<PoolOption>,
    /// Whether all units must be in one node.
    pub one_node: bool,
    /// Time in the cloud over the reference duration; `None` stays local.
    pub cloud_factor: Option<f64>,
}

impl Class {
    /// The option for `pool`.
    pub fn option(&self, pool: PoolId) -> Option<&PoolOption> {
        self.options.iter().find(|o| o.pool == pool)
    }
}

/// The true amount of work.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Work {
    /// Time on the reference.
    Time(SimDuration),
    /// Operations and bytes moved: the time is the device's roofline.
    Roofline {
        /// Floating-point operations.
        flops: f64,
        /// Bytes moved to and from device memory.
        bytes: f64,
    },
}

/// Predicted times on the reference: means over earlier tasks that are alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forecasts {
    /// Of the same user.
    pub user: SimDuration,
    /// Of the same user and group.
    pub group: SimDuration,
    /// Of the same user, group and number of devices.
    pub group_devices: SimDuration,
}

/// Data that a task needs from another of its source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Need {
    /// Position of the other task.
    pub from: u32,
    /// How much.
    pub bytes: Bytes,
}

/// Data that lies ready for a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// How much.
    pub bytes: Bytes,
    /// Since when.
    pub since: SimTime,
    /// On which units; on none where it was made in the cloud or by a host alone.
    pub on: UnitList,
}

/// A task as its source hands it in.
#[derive(Clone, Debug)]
pub struct Submission {
    /// Name in its source.
    pub label: Label,
    /// Class, an index into the run's classes.
    pub class: u32,
    /// True work; never shown to a policy.
    pub work: Work,
    /// The user's estimate of the time on the reference; `None` is the truth.
    pub estimate: Option<SimDuration>,
    /// Whether it is killed when the estimate is over.
    pub kill_at_estimate: bool,
    /// Gang width; 0 for a task that needs only its host.
    pub units: u32,
    /// Other widths that a scheduler may choose; its work is then that at `units`.
    pub elastic: Option<Arc<Elastic>>,
    /// Equal parts that may be in different nodes; each has its part of the units and host resources of its own.
    pub instances: u32,
    /// Part of each unit; more than the whole of one device only on pooled units.
    pub share: Share,
    /// Device memory per unit.
    pub memory: Bytes,
    /// State per unit that preemption saves and restores; `None` is all its device memory.
    pub checkpoint: Option<Bytes>,
    /// Host processors of each instance, in thousandths.
    pub host_cpus: u64,
    /// Host memory of each instance.
    pub host_memory: Bytes,
    /// Higher is more urgent.
    pub priority: f64,
    /// Time allowed from arrival to end; `None` has no deadline.
    pub deadline: Option<SimDuration>,
    /// How long it waits in the queue for its first start before it leaves; `None` waits for ever.
    pub patience: Option<SimDuration>,
    /// Who submitted it.
    pub user: u32,
    /// What the log's own predictors said of the time on the reference.
    pub forecasts: Option<Arc<Forecasts>>,
    /// Bytes to upload before a run in the cloud.
    pub input: Bytes,
    /// Bytes to download after it.
    pub output: Bytes,
    /// Positions, in the same source, of the tasks that must have completed.
    pub after: Vec<u32>,
    /// Of those, the ones whose data it needs, in ascending order of position.
    pub needs: Vec<Need>,
    /// Returned to the source when the task ends.
    pub tag: u32,
}

impl Submission {
    /// Units times share, in millionths of a unit.
    pub fn demand(&self) -> u64 {
        u64::from(self.units) * u64::from(self.share.0)
    }

    /// One unit, no memory, no deadline: the plain task of queueing theory.
    pub fn plain(label: Label, class: u32, duration: SimDuration) -> Self {
        Self {
            label,
            class,
            work: Work::Time(duration),
            estimate: None,
            kill_at_estimate: false,
            units: 1,
            instances: 1,
            elastic: None,
            share: Share::WHOLE,
            memory: Bytes::ZERO,
            checkpoint: None,
            host_cpus: 0,
            host_memory: Bytes::ZERO,
            priority: 0.0,
            deadline: None,
            patience: None,
            user: 0,
            forecasts: None,
            input: Bytes::ZERO,
            output: Bytes::ZERO,
            after: Vec::new(),
            needs: Vec::new(),
            tag: 0,
        }
    }
}

/// Where a task is in its life. No way leads out of the last one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Waits for other tasks.
    Blocked,
    /// Turned away by a full waiting room; comes again.
    Away,
    /// In the scheduler's queue.
    Waiting,
    /// Has its units; some still wake, or its data is on the way.
    Placed,
    /// Runs on its units.
    Running,
    /// Has been preempted and saves its state on its units before it gives them back.
    Saving,
    /// Sends its input to the cloud.
    Uploading,
    /// Runs in the cloud.
    CloudRunning,
    /// Brings its output back.
    Downloading,
    /// Over.
    Ended,
}

/// How a task ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Did all its work.
    Completed,
    /// Never could run here.
    Rejected,
    /// A task that it depends on did not complete.
    Failed,
    /// Cut off at its estimate.
    Killed,
}

impl Status {
    /// The word in `tasks.csv`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Rejected => "rejected",
            Self::Failed => "failed",
            Self::Killed => "killed",
        }
    }
}

/// A list that is mostly of one; one needs no allocation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Few<T> {
    /// None.
    #[default]
    None,
    /// One.
    One(T),
    /// Several, ascending.
    Many(Vec<T>),
}

/// Units held.
pub type UnitList = Few<UnitId>;
/// Nodes whose host resources are held, one for each instance.
pub type NodeList = Few<NodeId>;

impl<T> Few<T> {
    /// The list as a slice.
    pub fn as_slice(&self) -> &[T] {
        match self {
            Self::None => &[],
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
    }
}

impl<T: Copy> From<&[T]> for Few<T> {
    fn from(list: &[T]) -> Self {
        match list {
            [] => Self::None,
            [one] => Self::One(*one),
            many => Self::Many(many.to_vec()),
        }
    }
}

/// A task in the system.
#[derive(Clone, Debug)]
pub struct Task {
    /// Its number in order of arrival over all sources.
    pub seq: u64,
    /// The last key of every order: its number, or by lot where ties are shuffled.
    pub tie: u64,
    /// What was asked for.
    pub spec: Submission,
    /// When it arrived.
    pub arrival: SimTime,
    /// Estimated time on the reference, as the scheduler believes it now.
    pub estimate: SimDuration,
    /// The user's estimate.
    pub user_estimate: SimDuration,
    /// Absolute deadline, [`SimTime::NEVER`] for none.
    pub deadline: SimTime,
    /// Where it is in its life.
    pub phase: Phase,
    /// First start of work, [`SimTime::NEVER`] before.
    pub first_start: SimTime,
    /// Last start of work.
    pub last_start: SimTime,
    /// Last time it was given its units.
    pub placed_at: SimTime,
    /// Pool it runs in.
    pub pool: PoolId,
    /// Units that it holds.
    pub units: UnitList,
    /// Memory blocks, one per unit, where the memory policy places blocks.
    pub blocks: Vec<Block>,
    /// Nodes whose host resources it holds.
    pub nodes: NodeList,
    /// Work left, as time at full speed on its pool. Meaningful once placed.
    pub remaining: SimDuration,
    /// Full time at full speed on its pool, as the truth is and kills cut it.
    pub service: SimDuration,
    /// Whether `service` was cut at the estimate.
    pub cut: bool,
    /// Progress per second of time.
    pub rate: f64,
    /// When `remaining` was last brought up to date.
    pub settled: SimTime,
    /// Units that still wake, and one more while its data is on the way.
    pub waking: u32,
    /// Data of tasks that have completed, where there is a link.
    pub inputs: Vec<Input>,
    /// When the last of it is on its units. Meaningful once placed.
    pub input_at: SimTime,
    /// Tasks that it still waits for.
    pub blockers: u32,
    /// Guards its timers.
    pub epoch: u32,
    /// How often it was turned away and came again.
    pub attempts: u32,
    /// How often it lost its units.
    pub preemptions: u32,
    /// Time it has worked, as far as that still counts.
    pub run: SimDuration,
    /// Of its present start, the time that goes into reading its state back, before any work.
    pub restore: SimDuration,
    /// Time on units for saving and restoring.
    pub overhead: SimDuration,
    /// Time it worked for nothing: preemption took the work away.
    pub lost: SimDuration,
    /// When it gives its units back. Meaningful while it saves.
    pub saved_at: SimTime,
    /// Energy of its share of its units while it ran.
    pub energy: crate::units::Energy,
    /// What the cloud charged.
    pub cost_usd: f64,
    /// Whether it went to the cloud.
    pub in_cloud: bool,
    /// Whether memory kept it waiting.
    pub memory_wait: bool,
    /// Position among the running tasks.
    pub running_index: u32,
}

impl Task {
    /// Whether it asks for host processors or host memory.
    pub fn needs_host(&self) -> bool {
        self.spec.host_cpus > 0 || !self.spec.host_memory.is_zero()
    }

    /// How many of its instances go into `parts` of units (of its share each) with so much of a host.
    pub fn instances_within(&self, parts: u64, cpus: u64, memory: Bytes) -> u64 {
        let spec = &self.spec;
        let most = u64::from(spec.instances);
        let per_instance = u64::from(spec.units / spec.instances.max(1));
        let by_units = parts.checked_div(per_instance).unwrap_or(most);
        let by_cpus = cpus.checked_div(spec.host_cpus).unwrap_or(most);
        let by_memory = memory.get().checked_div(spec.host_memory.get()).unwrap_or(most);
        by_units.min(by_cpus).min(by_memory).min(most)
    }

    /// The least and the greatest width that it can be given.
    pub fn widths(&self) -> (u32, u32) {
        self.spec.elastic.as_ref().map_or((self.spec.units, self.spec.units), |e| (e.min, e.max))
    }

    /// Of `whole`, its full time where times are `factor` of the reference, what it may run, and whether
    /// that is cut off at its estimate.
    pub fn allowed(&self, whole: SimDuration, factor: f64) -> (SimDuration, bool) {
        let estimate = self.user_estimate.scaled(factor);
        let cut = self.spec.kill_at_estimate && whole > estimate;
        (if cut { estimate } else { whole }, cut)
    }

    /// Whether it computes on its units, be it for its own work or to save or restore its state.
    pub const fn is_busy(&self) -> bool {
        matches!(self.phase, Phase::Running | Phase::Saving)
    }

    /// Of the time from when it was last settled to `now`, what went into saving or restoring.
    pub fn overhead_until(&self, now: SimTime) -> SimDuration {
        let passed = now - self.settled;
        if self.phase == Phase::Saving {
            return passed;
        }
        (self.last_start + self.restore - self.settled).min(passed)
    }

    /// State per unit that preemption saves and restores.
    pub fn checkpoint(&self) -> Bytes {
        self.spec.checkpoint.unwrap_or(self.spec.memory)
    }

    /// Whether a start has to read back what it did before.
    pub const fn has_state(&self) -> bool {
        self.preemptions > 0 && !(self.run.is_zero() && self.lost.is_zero())
    }

    /// Attained service at `now`: time it has worked, as far as that still counts.
    pub fn attained(&self, now: SimTime) -> SimDuration {
        if self.phase != Phase::Running {
            return self.run;
        }
        self.run + (now - self.settled - self.overhead_until(now))
    }
}

/// All that decides where a task fits. Where one task of a shape finds no place, no other one does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shape {
    /// The first class with the same pools, and the same answer to whether all must be in one node.
    pub class: u32,
    /// Gang width.
    pub units: u32,
    /// Equal parts that may be in different nodes.
    pub instances: u32,
    /// Part of each unit.
    pub share: Share,
    /// Device memory per unit.
    pub memory: Bytes,
    /// Host processors of each instance, in thousandths.
    pub host_cpus: u64,
    /// Host memory of each instance.
    pub host_memory: Bytes,
}

impl Shape {
    /// Units times share, in millionths of a unit.
    pub fn demand(&self) -> u64 {
        u64::from(self.units) * u64::from(self.share.0)
    }
}

/// Tasks in the system, by slot; slots of ended tasks are used again.
#[derive(Clone, Debug, Default)]
pub struct Tasks {
    slots: Vec<Task>,
    vacant: Vec<TaskId>,
    submitted: u64,
    shuffle: Option<Shuffle>,
}

impl Tasks {
    /// No tasks yet; what a tie decides is shuffled, or goes by order of arrival.
    pub fn new(shuffle: Option<Shuffle>) -> Self {
        Self { shuffle, ..Self::default() }
    }

    /// Takes a task in.
    pub fn admit(&mut self, spec: Submission, now: SimTime, truth: SimDuration) -> TaskId {
        let user_estimate = spec.estimate.unwrap_or(truth);
        let deadline = spec.deadline.map_or(SimTime::NEVER, |d| now + d);
        let slot = self.vacant.pop();
        // Timers of the slot's earlier tasks must stay stale.
        let epoch = slot.map_or(0, |id| self.slots[id.index()].epoch.wrapping_add(1));
        let task = Task {
            seq: self.submitted,
            tie: self.shuffle.map_or(self.submitted, |s| s.place(self.submitted)),
            arrival: now,
            estimate: user_estimate,
            user_estimate,
            deadline,
            phase: Phase::Blocked,
            first_start: SimTime::NEVER,
            last_start: SimTime::NEVER,
            placed_at: SimTime::NEVER,
            pool: PoolId(u16::MAX),
            units: UnitList::None,
            blocks: Vec::new(),
            nodes: NodeList::None,
            remaining: SimDuration::ZERO,
            service: SimDuration::ZERO,
            cut: false,
            rate: 1.0,
            settled: now,
            waking: 0,
            inputs: Vec::new(),
            input_at: SimTime::ZERO,
            blockers: 0,
            epoch,
            attempts: 0,
            preemptions: 0,
            run: SimDuration::ZERO,
            restore: SimDuration::ZERO,
            overhead: SimDuration::ZERO,
            lost: SimDuration::ZERO,
            saved_at: SimTime::NEVER,
            energy: crate::units::Energy::ZERO,
            cost_usd: 0.0,
            in_cloud: false,
            memory_wait: false,
            running_index: u32::MAX,
            spec,
        };
        self.submitted += 1;
        match slot {
            Some(id) => {
                self.slots[id.index()] = task;
                id
            }
            None => {
                self.slots.push(task);
                TaskId((self.slots.len() - 1) as u32)
            }
        }
    }

    /// Frees the slot of an ended task.
    pub fn retire(&mut self, id: TaskId) {
        self.slots[id.index()].phase = Phase::Ended;
        self.vacant.push(id);
    }

    /// Tasks in the system with their slots, in slot order.
    pub fn iter(&self) -> impl Iterator<Item = (TaskId, &Task)> {
        self.slots.iter().enumerate().filter(|(_, t)| t.phase != Phase::Ended).map(|(i, t)| (TaskId(i as u32), t))
    }

    /// The task in a slot, if the slot is in use.
    pub fn get(&self, id: TaskId) -> Option<&Task> {
        self.slots.get(id.index()).filter(|t| t.phase != Phase::Ended)
    }

    /// How many tasks have come so far.
    pub const fn submitted(&self) -> u64 {
        self.submitted
    }

    /// How many are in the system.
    pub fn in_system(&self) -> usize {
        self.slots.len() - self.vacant.len()
    }
}

impl std::ops::Index<TaskId> for Tasks {
    type Output = Task;
    fn index(&self, id: TaskId) -> &Task {
        &self.slots[id.index()]
    }
}

impl std::ops::IndexMut<TaskId> for Tasks {
    fn index_mut(&mut self, id: TaskId) -> &mut Task {
        &mut self.slots[id.index()]
    }
}
