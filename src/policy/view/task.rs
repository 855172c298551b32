//! A task as a policy sees it.

use crate::model::task::{Forecasts, Phase, Task};
use crate::units::{Bytes, NodeId, PoolId, Share, SimDuration, SimTime, TaskId, UnitId};

/// A task as its user described it. Times are on the task's reference, seconds of which differ from
/// pool to pool: see [`ClusterView::estimated_time`](super::ClusterView::estimated_time).
#[derive(Clone, Copy)]
pub struct TaskView<'a> {
    pub(super) id: TaskId,
    pub(super) task: &'a Task,
    /// Another width than the task's own, for an elastic one.
    pub(super) width: Option<u32>,
}

impl<'a> TaskView<'a> {
    /// Its slot.
    pub const fn id(&self) -> TaskId {
        self.id
    }

    /// The last key of every order: its number in order of arrival, or a number by lot where ties are shuffled.
    #[expect(clippy::misnamed_getters, reason = "order of arrival, unless ties are shuffled")]
    pub const fn seq(&self) -> u64 {
        self.task.tie
    }

    /// Its number in order of arrival.
    pub const fn number(&self) -> u64 {
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

    /// Attained service at `now`: time that it has worked, as far as that still counts. Saving and restoring
    /// are no work.
    pub fn attained(&self, now: SimTime) -> SimDuration {
        self.task.attained(now)
    }

    /// Number of its class: tasks of one class can use the same pools.
    pub const fn class(&self) -> u32 {
        self.task.spec.class
    }

    /// Gang width: that which it asks for, or that of [`TaskView::at_width`].
    pub const fn units(&self) -> u32 {
        match self.width {
            Some(width) => width,
            None => self.task.spec.units,
        }
    }

    /// The task as if it asked for `width` units, so that a placement looks for so many.
    pub const fn at_width(self, width: u32) -> Self {
        Self { width: Some(width), ..self }
    }

    /// The least and the greatest width that it can be given; both are [`TaskView::units`] where it is not elastic.
    pub fn widths(&self) -> (u32, u32) {
        self.task.widths()
    }

    /// Whether it can run on other numbers of units than it asks for.
    pub const fn is_elastic(&self) -> bool {
        self.task.spec.elastic.is_some()
    }

    /// Progress on `width` units over that on its least width.
    pub fn speedup(&self, width: u32) -> f64 {
        self.task.spec.elastic.as_ref().map_or(1.0, |e| e.speed(width, e.min))
    }

    /// Part of each unit.
    pub const fn share(&self) -> Share {
        self.task.spec.share
    }

    /// Units times share, in millionths of a unit.
    pub fn demand(&self) -> u64 {
        u64::from(self.units()) * u64::from(self.task.spec.share.0)
    }

    /// Equal parts that may be in different nodes, each with its part of the units.
    pub const fn instances(&self) -> u32 {
        self.task.spec.instances
    }

    /// What the log's own predictors said of its time.
    pub fn forecasts(&self) -> Option<&'a Forecasts> {
        self.task.spec.forecasts.as_deref()
    }

    /// Device memory per unit.
    pub const fn memory(&self) -> Bytes {
        self.task.spec.memory
    }

    /// Host processors of each instance, in thousandths.
    pub const fn host_cpus(&self) -> u64 {
        self.task.spec.host_cpus
    }

    /// Host memory.
    pub const fn host_memory(&self) -> Bytes {
        self.task.spec.host_memory
    }

    /// The nodes whose host resources it holds, one for each instance.
    pub fn nodes(&self) -> &'a [NodeId] {
        self.task.nodes.as_slice()
    }

    /// How often it lost its units.
    pub const fn preemptions(&self) -> u32 {
        self.task.preemptions
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

    /// Whether it is in the cloud.
    pub const fn is_away(&self) -> bool {
        self.task.in_cloud
    }

    /// Where it is in its life.
    pub const fn phase(&self) -> Phase {
        self.task.phase
    }
}
