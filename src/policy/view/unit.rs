//! A unit as a policy sees it.

use crate::model::device::{Device, PState};
use crate::model::kind::UnitKind;
use crate::model::sleep::{Descent, SleepState};
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

    /// How long a task placed now would wait for the unit to wake: at most, or on average where its wake-up time is
    /// drawn.
    pub fn wake_delay(&self) -> SimDuration {
        // When it will be repaired nobody knows.
        if self.is_down() {
            return SimDuration::MAX;
        }
        let Some(sleep) = self.sleep() else { return SimDuration::ZERO };
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

    /// The sleep state in which it is, or was last; `None` where it cannot sleep.
    pub fn sleep(&self) -> Option<&'a SleepState> {
        self.device.sleep.get(usize::from(self.unit.depth))
    }

    /// The number of that state, 0 the shallowest.
    pub const fn depth(&self) -> u8 {
        self.unit.depth
    }

    /// Its sleep states, from shallow to deep.
    pub fn sleep_states(&self) -> &'a [SleepState] {
        &self.device.sleep
    }

    /// The least time for which it pays to be in sleep state `state` rather than awake; see [`Device::break_even`].
    pub fn break_even(&self, state: u8) -> Option<SimDuration> {
        self.device.break_even(state)
    }

    /// The next step down the lower envelope of the energies of its sleep states; see [`Device::next_descent`].
    pub fn next_descent(&self, from: Option<u8>) -> Option<Descent> {
        self.device.next_descent(from)
    }

    /// Clocks and powers, ascending.
    pub fn pstates(&self) -> &'a [PState] {
        &self.device.pstates
    }
}
