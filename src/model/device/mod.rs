//! A device model, as the simulation needs it: clocks, powers, sleep, speed. Nothing here changes in a run.

mod power;
mod speed;

pub use power::*;
pub use speed::*;

use std::sync::Arc;

use crate::units::{Bytes, Power};

use super::kind::UnitKind;
use super::sleep::SleepState;
use super::thermal::Thermal;

/// One frequency at which a unit can run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PState {
    /// Clock in hertz; 0 where the device publishes none.
    pub frequency: f64,
    /// Power of a fully loaded unit.
    pub active: Power,
}

/// A device model, as the simulation needs it.
#[derive(Clone, Debug)]
pub struct Device {
    /// Catalogue id.
    pub name: Arc<str>,
    /// Its kind.
    pub kind: UnitKind,
    /// Speed relative to the tasks' reference.
    pub speed: f64,
    /// Device memory per unit; [`Bytes::UNBOUNDED`] never binds.
    pub memory: Bytes,
    /// Power when awake without load.
    pub idle: Power,
    /// At least one, in ascending frequency.
    pub pstates: Vec<PState>,
    /// Share of a task's time at top frequency that scales with the clock, in [0, 1].
    pub beta: f64,
    /// The p of the p-norm by which that share and the rest combine, at least 1; 1 is the β model.
    pub norm: f64,
    /// Powers that are more than `idle` and the `active` of the P-states.
    pub law: Option<Box<PowerLaw>>,
    /// What a change of P-state takes; `None`: nothing.
    pub change: Option<ClockChange>,
    /// Sleep states from shallow to deep; none where it cannot sleep.
    pub sleep: Vec<SleepState>,
    /// Temperature, if it is modelled.
    pub thermal: Option<Thermal>,
    /// Effective peak rates in FLOP/s by precision, lowest name first.
    pub peaks: Vec<(Arc<str>, f64)>,
    /// Effective memory bandwidth in B/s.
    pub bandwidth: Option<f64>,
    /// The p of the p-norm by which compute and memory time of operations and bytes combine: 1 adds them up,
    /// infinity overlaps them.
    pub roofline_norm: f64,
}

impl Device {
    /// Clocks in hertz, ascending.
    pub fn frequencies(&self) -> Vec<f64> {
        self.pstates.iter().map(|state| state.frequency).collect()
    }

    /// The index of the fastest P-state.
    pub fn top(&self) -> u8 {
        self.pstates.len().saturating_sub(1).min(255) as u8
    }
}
