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

    /// Host memory.
    pub const fn host_memory(&self) -> Bytes {
        self.task.spec.host_memory
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

    /// Its position in its source: how tasks of that source name it.
    pub const fn position(&self) -> u32 {
        self.task.spec.tag
    }

    /// Positions, in the same source, of the tasks that must have completed before it.
    pub fn after(&self) -> &'a [u32] {
        &self.task.spec.after
    }

    /// How many of those are still open.
    pub const fn open_parents(&self) -> u32 {
        self.task.blockers
    }

    /// Data that it needs of the task at `position`, if any.
    pub fn bytes_from(&self, position: u32) -> Bytes {
        let needs = &self.task.spec.needs;
        needs.binary_search_by_key(&position, |n| n.from).map_or(Bytes::ZERO, |at| needs[at].bytes)
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
