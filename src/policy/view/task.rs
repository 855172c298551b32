//! A task as a policy sees it.

use crate::model::task::{Phase, Task};
use crate::units::{Bytes, PoolId, Share, SimDuration, SimTime, TaskId, UnitId};

/// A task as its user described it. Times are on the task's reference, seconds of which differ from
/// pool to pool: see [`ClusterView::estimated_time`].
#[derive(Clone, Copy)]
pub struct TaskView<'a> {
    pub(super) id: TaskId,
    pub(super) task: &'a Task,
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

    /// Whether it has been noted that memory keeps it waiting.
    pub const fn waits_for_memory(&self) -> bool {
        self.task.memory_wait
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
