//! Tasks: what was asked for, what is true, and what has become of it.

mod class;
mod few;
mod shape;
mod submission;
mod tasks;

pub use class::{Class, PoolOption};
pub use few::{Few, NodeList, UnitList};
pub use shape::Shape;
pub use submission::{Forecasts, Label, Need, Submission, Work};
pub use tasks::Tasks;

use crate::units::{Bytes, PoolId, SimDuration, SimTime};

use super::memory::Block;
use super::recovery::Recovery;

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
    /// What failures have done to it, and what they cannot take from it; absent where nothing fails.
    pub recovery: Option<Box<Recovery>>,
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
