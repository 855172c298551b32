//! A unit as a policy sees it.

use crate::model::device::{Device, PState, SleepState};
use crate::model::kind::UnitKind;
use crate::model::unit::{Unit, UnitPhase, UnitSize};
use crate::units::{Bytes, NodeId, PoolId, Power, Share, SimDuration, TaskId, UnitId};

/// A unit as its operator sees it.
#[derive(Clone, Copy)]
pub struct UnitView<'a> {
    pub(super) id: UnitId,
    pub(super) unit: &'a Unit,
    pub(super) device: &'a Device,
    pub(super) node: NodeId,
    pub(super) pool: PoolId,
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

    /// How much of it there is.
    pub const fn size(&self) -> UnitSize {
        self.unit.size
    }

    /// What is not given away.
    pub const fn free(&self) -> Share {
        self.unit.free
    }

    /// Its memory; [`Bytes::UNBOUNDED`] never binds.
    pub const fn memory(&self) -> Bytes {
        self.device.memory
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

    /// Whether it has failed.
    pub const fn is_down(&self) -> bool {
        matches!(self.unit.phase, UnitPhase::Down { .. })
    }

    /// How long a task placed now would wait for the unit to wake, at most.
    pub fn wake_delay(&self) -> SimDuration {
        // When it will be repaired nobody knows.
        if self.is_down() {
            return SimDuration::MAX;
        }
        let Some(sleep) = &self.device.sleep else { return SimDuration::ZERO };
        match self.unit.phase {
            UnitPhase::Awake | UnitPhase::Down { .. } => SimDuration::ZERO,
            UnitPhase::Sleeping | UnitPhase::Waking => sleep.wake,
            UnitPhase::FallingAsleep { .. } => sleep.entry + sleep.wake,
        }
    }

    /// Work done so far: load times nanoseconds, up to the unit's last change.
    pub const fn work_done(&self) -> u128 {
        self.unit.totals.load
    }

    /// Power when awake without load.
    pub const fn idle_power(&self) -> Power {
        self.device.idle
    }

    /// Its sleep state, if it has one.
    pub const fn sleep(&self) -> Option<&'a SleepState> {
        self.device.sleep.as_ref()
    }

    /// Clocks and powers, ascending.
    pub fn pstates(&self) -> &'a [PState] {
        &self.device.pstates
    }
}
