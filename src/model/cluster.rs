//! The machine as built: pools of one device model, units, nodes. Nothing here changes in a run.

use std::ops::Range;
use std::sync::Arc;

use crate::units::{Bytes, NodeId, PoolId, Share, SimDuration, UnitId};

use super::device::Device;
use super::facility::FacilityTerms;
use super::kind::UnitKind;
use super::steps::Steps;
use super::unit::UnitSize;

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
    /// The fastest P-state that their own power limit leaves; `u8::MAX` without one.
    pub ceiling: u8,
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
    /// The fastest P-state that its own power limit leaves; `u8::MAX` without one.
    pub ceiling: u8,
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
    /// Temperature of the air around it in °C; `None`: 25 always.
    pub ambient: Option<Steps<f64>>,
    /// The building around it, if its energy is billed.
    pub facility: Option<Box<FacilityTerms>>,
}

impl Cluster {
    /// Adds a node with `groups` of units.
    pub fn add_node(&mut self, name: Arc<str>, host_cpus: u64, host_memory: Bytes, groups: &[Group]) {
        let node = NodeId(self.nodes.len() as u32);
        let first = self.units.len() as u32;
        for &Group { pool, count, size, ceiling } in groups {
            let Some(members) = self.pools.get_mut(pool.index()) else { continue };
            for _ in 0..count {
                let unit = UnitId(self.units.len() as u32);
                self.units.push(UnitPlace { pool, local: members.units.len() as u32, node, size, ceiling });
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
