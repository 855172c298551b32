//! Tasks: what was asked for, what is true, and what has become of it.

use std::sync::Arc;

use crate::units::{Bytes, PoolId, Share, SimDuration, SimTime, TaskId, UnitId};

use super::cluster::Roofline;
use super::memory::Block;

/// A task's name in its trace or scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// Part of each unit.
    pub share: Share,
    /// Device memory per unit.
    pub memory: Bytes,
    /// Host processors in thousandths.
    pub host_cpus: u64,
    /// Host memory.
    pub host_memory: Bytes,
    /// Higher is more urgent.
    pub priority: f64,
    /// Time allowed from arrival to end; `None` has no deadline.
    pub deadline: Option<SimDuration>,
    /// Who submitted it.
    pub user: u32,
    /// Bytes to upload before a run in the cloud.
    pub input: Bytes,
    /// Bytes to download after it.
    pub output: Bytes,
    /// Positions, in the same source, of the tasks that must have completed.
    pub after: Vec<u32>,
    /// Returned to the source when the task ends.
    pub tag: u32,
}

impl Submission {
    /// One unit, no memory, no deadline: the plain task of queueing theory.
    pub fn plain(label: Label, class: u32, duration: SimDuration) -> Self {
        Self {
            label,
            class,
            work: Work::Time(duration),
            estimate: None,
            kill_at_estimate: false,
            units: 1,
            share: Share::WHOLE,
            memory: Bytes::ZERO,
            host_cpus: 0,
            host_memory: Bytes::ZERO,
            priority: 0.0,
            deadline: None,
            user: 0,
            input: Bytes::ZERO,
            output: Bytes::ZERO,
            after: Vec::new(),
            tag: 0,
        }
    }
}

/// Where a task is in its life. No way leads out of the last one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Waits for other tasks.
    Blocked,
    /// In the scheduler's queue.
    Waiting,
    /// Has its units; some still wake.
    Placed,
    /// Runs on its units.
    Running,
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

/// Units held; one unit needs no allocation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum UnitList {
    /// None.
    #[default]
    None,
    /// One.
    One(UnitId),
    /// Several, ascending.
    Many(Vec<UnitId>),
}

impl UnitList {
    /// The units as a slice.
    pub fn as_slice(&self) -> &[UnitId] {
        match self {
            Self::None => &[],
            Self::One(unit) => std::slice::from_ref(unit),
            Self::Many(units) => units,
        }
    }
}

impl From<&[UnitId]> for UnitList {
    fn from(units: &[UnitId]) -> Self {
        match units {
            [] => Self::None,
            [one] => Self::One(*one),
            many => Self::Many(many.to_vec()),
        }
    }
}

/// A task in the system.
#[derive(Clone, Debug)]
pub struct Task {
    /// Its number in order of arrival over all sources; the last key of every order.
    pub seq: u64,
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
    /// Node whose host resources it holds.
    pub node: Option<crate::units::NodeId>,
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
    /// Units that still wake.
    pub waking: u32,
    /// Tasks that it still waits for.
    pub blockers: u32,
    /// Guards its timers.
    pub epoch: u32,
    /// How often it lost its units.
    pub preemptions: u32,
    /// Time it has run.
    pub run: SimDuration,
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
    /// Of `whole`, its full time where times are `factor` of the reference, what it may run, and whether
    /// that is cut off at its estimate.
    pub fn allowed(&self, whole: SimDuration, factor: f64) -> (SimDuration, bool) {
        let estimate = self.user_estimate.scaled(factor);
        let cut = self.spec.kill_at_estimate && whole > estimate;
        (if cut { estimate } else { whole }, cut)
    }
}

/// All that decides where a task fits. Where one task of a shape finds no place, no other one does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shape {
    /// The first class with the same pools, and the same answer to whether all must be in one node.
    pub class: u32,
    /// Gang width.
    pub units: u32,
    /// Part of each unit.
    pub share: Share,
    /// Device memory per unit.
    pub memory: Bytes,
    /// Host processors in thousandths.
    pub host_cpus: u64,
    /// Host memory.
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
}

impl Tasks {
    /// Takes a task in.
    pub fn admit(&mut self, spec: Submission, now: SimTime, truth: SimDuration) -> TaskId {
        let user_estimate = spec.estimate.unwrap_or(truth);
        let deadline = spec.deadline.map_or(SimTime::NEVER, |d| now + d);
        let slot = self.vacant.pop();
        // Timers of the slot's earlier tasks must stay stale.
        let epoch = slot.map_or(0, |id| self.slots[id.index()].epoch.wrapping_add(1));
        let task = Task {
            seq: self.submitted,
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
            node: None,
            remaining: SimDuration::ZERO,
            service: SimDuration::ZERO,
            cut: false,
            rate: 1.0,
            settled: now,
            waking: 0,
            blockers: 0,
            epoch,
            preemptions: 0,
            run: SimDuration::ZERO,
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
