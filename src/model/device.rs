//! A device model, as the simulation needs it: clocks, powers, sleep, speed. Nothing here changes in a run.

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
    /// Sleep states from shallow to deep; none where it cannot sleep.
    pub sleep: Vec<SleepState>,
    /// Temperature, if it is modelled.
    pub thermal: Option<Thermal>,
    /// Effective peak rates in FLOP/s by precision, lowest name first.
    pub peaks: Vec<(Arc<str>, f64)>,
    /// Effective memory bandwidth in B/s.
    pub bandwidth: Option<f64>,
    /// Whether compute and memory time add up rather than overlap.
    pub additive_roofline: bool,
}

/// Seconds that operations and bytes take on a device (Williams, Waterman & Patterson, CACM 2009).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Roofline {
    /// Seconds per operation; 0 where the device has no peak for the precision.
    pub per_flop: f64,
    /// Seconds per byte; 0 where the device has no memory bandwidth.
    pub per_byte: f64,
    /// Whether the two times add up rather than overlap.
    pub additive: bool,
}

impl Roofline {
    /// Seconds of `flops` operations and `bytes` moved.
    pub fn seconds(&self, flops: f64, bytes: f64) -> f64 {
        let (compute, memory) = (flops * self.per_flop, bytes * self.per_byte);
        if self.additive { compute + memory } else { compute.max(memory) }
    }
}

impl Device {
    /// The roofline at `precision`.
    pub fn roofline(&self, precision: &str) -> Roofline {
        let peak = self.peaks.iter().find(|(name, _)| &**name == precision);
        Roofline {
            per_flop: peak.map_or(0.0, |(_, rate)| 1.0 / rate),
            per_byte: self.bandwidth.map_or(0.0, |rate| 1.0 / rate),
            additive: self.additive_roofline,
        }
    }

    /// Progress per second in P-state `p`, relative to the top one.
    ///
    /// The β model: `t(f) = t(fmax) (β fmax/f + 1 − β)` (Hsu & Kremer, PLDI 2003).
    pub fn rate(&self, p: usize, beta: f64) -> f64 {
        match (self.pstates.get(p), self.pstates.last()) {
            (Some(at), Some(top)) if at.frequency > 0.0 && at.frequency < top.frequency => {
                1.0 / (beta * top.frequency / at.frequency + 1.0 - beta)
            }
            _ => 1.0,
        }
    }

    /// The index of the fastest P-state.
    pub fn top(&self) -> u8 {
        self.pstates.len().saturating_sub(1).min(255) as u8
    }
}
