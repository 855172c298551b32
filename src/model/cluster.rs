//! The machine as built: pools of one device model, units, nodes. Nothing here changes in a run.

use std::ops::Range;
use std::sync::Arc;

use crate::units::{Bytes, NodeId, PoolId, Power, Share, SimDuration, UnitId};

use super::kind::UnitKind;
use super::unit::UnitSize;

/// One frequency at which a unit can run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PState {
    /// Clock in hertz; 0 where the device publishes none.
    pub frequency: f64,
    /// Power of a fully loaded unit.
    pub active: Power,
}

/// The one sleep state of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SleepState {
    /// Power while asleep.
    pub power: Power,
    /// How long falling asleep takes; it cannot be cut short.
    pub entry: SimDuration,
    /// How long waking takes.
    pub wake: SimDuration,
    /// Power while falling asleep and while waking.
    pub transition: Power,
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
    /// Sleep state, if it has one.
    pub sleep: Option<SleepState>,
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

/// How data gets from one unit to another. Every transfer has the whole link.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Link {
    /// Bytes per second.
    pub bandwidth: f64,
    /// Time before the first byte arrives.
    pub latency: SimDuration,
}

impl Link {
    /// `latency + bytes / bandwidth`; nothing takes no time.
    pub fn time(&self, bytes: Bytes) -> SimDuration {
        if bytes.is_zero() {
            return SimDuration::ZERO;
        }
        self.latency + SimDuration::from_secs_f64_clamped(bytes.get() as f64 / self.bandwidth)
    }
}

/// All units of one device model.
#[derive(Clone, Debug)]
pub struct Pool {
    /// The device model.
    pub device: Device,
    /// Its units, ascending.
    pub units: Vec<UnitId>,
    /// The fastest P-state that the power cap leaves.
    pub ceiling: u8,
    /// Sum of the units' places, in millionths.
    pub places: u64,
    /// Sum of the units' devices, in millionths.
    pub devices: u64,
}

impl Pool {
    /// A pool without units.
    pub fn new(device: Device) -> Self {
        let ceiling = device.top();
        Self { device, units: Vec::new(), ceiling, places: 0, devices: 0 }
    }

    /// Whether every unit is one device that is given away once.
    pub fn is_plain(&self) -> bool {
        let plain = self.units.len() as u64 * u64::from(Share::WHOLE.0);
        self.places == plain && self.devices == plain
    }
}

/// Equal units of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Group {
    /// Their pool.
    pub pool: PoolId,
    /// How many.
    pub count: u32,
    /// How much of each there is.
    pub size: UnitSize,
}

/// Where a unit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnitPlace {
    /// Its device pool.
    pub pool: PoolId,
    /// Its position within the pool.
    pub local: u32,
    /// Its node.
    pub node: NodeId,
    /// How much of it there is.
    pub size: UnitSize,
}

/// One machine.
#[derive(Clone, Debug)]
pub struct Node {
    /// Name, unique in the cluster.
    pub name: Arc<str>,
    /// Its units: one contiguous run of ids.
    pub units: Range<u32>,
    /// Host processors in thousandths of a core; `u64::MAX` never binds.
    pub host_cpus: u64,
    /// Host memory; [`Bytes::UNBOUNDED`] never binds.
    pub host_memory: Bytes,
}

/// The whole machine.
#[derive(Clone, Debug, Default)]
pub struct Cluster {
    /// Device pools, in order of first appearance.
    pub pools: Vec<Pool>,
    /// Nodes, in order.
    pub nodes: Vec<Node>,
    /// Place of each unit.
    pub units: Vec<UnitPlace>,
    /// Between units; `None`: transfers take no time.
    pub link: Option<Link>,
}

impl Cluster {
    /// Adds a node with `groups` of units.
    pub fn add_node(&mut self, name: Arc<str>, host_cpus: u64, host_memory: Bytes, groups: &[Group]) {
        let node = NodeId(self.nodes.len() as u32);
        let first = self.units.len() as u32;
        for &Group { pool, count, size } in groups {
            let Some(members) = self.pools.get_mut(pool.index()) else { continue };
            for _ in 0..count {
                let unit = UnitId(self.units.len() as u32);
                self.units.push(UnitPlace { pool, local: members.units.len() as u32, node, size });
                members.units.push(unit);
                members.places += u64::from(size.places.0);
                members.devices += u64::from(size.devices.0);
            }
        }
        self.nodes.push(Node { name, units: first..self.units.len() as u32, host_cpus, host_memory });
    }

    /// The device of a unit.
    pub fn device(&self, unit: UnitId) -> &Device {
        &self.pools[self.units[unit.index()].pool.index()].device
    }

    /// The kinds present, each once, in the order of [`UnitKind::ALL`].
    pub fn kinds(&self) -> Vec<UnitKind> {
        UnitKind::ALL.into_iter().filter(|k| self.pools.iter().any(|p| p.device.kind == *k)).collect()
    }

    /// How many devices of `kind` there are; a pooled unit has several.
    pub fn devices(&self, kind: UnitKind) -> f64 {
        self.pools.iter().filter(|p| p.device.kind == kind).map(|p| p.devices).sum::<u64>() as f64 / 1e6
    }

    /// How many units of `kind` there are.
    pub fn count(&self, kind: UnitKind) -> usize {
        self.pools.iter().filter(|p| p.device.kind == kind).map(|p| p.units.len()).sum()
    }
}
