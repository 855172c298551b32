//! From node groups to the machine.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use crate::catalogue::{Catalogue, DeviceSpec, Severity, check};
use crate::model::cluster::{Cluster, Group, Link, Pool};
use crate::model::device::Device;
use crate::model::power_cap::fastest_within;
use crate::model::unit::UnitSize;
use crate::units::{Bytes, PoolId, Power, Share};
use crate::workload::trace::openb::{OpenbNodes, read_openb_nodes};
use crate::workload::trace::tiresias::{TiresiasCluster, read_tiresias_cluster};
use crate::workload::trace::{Limits, TraceError};

use super::checks::{Findings, number};
use super::facility;
use super::schema::{ClusterSpec, NodeSpec, PowerCapSpec, UnitSpec};

/// More units than this are refused: each costs about 400 bytes.
const MOST_UNITS: u64 = 10_000_000;

/// Formats of node lists.
pub(super) const NODE_FORMATS: &[&str] = &["openb", "tiresias"];

/// Tiresias' cluster files do not say which GPUs they speak of.
const TIRESIAS_GPU: &str = "gpu-generic";

/// Devices by name: those of the scenario before those of the catalogue.
pub(super) struct Devices<'a> {
    own: &'a BTreeMap<String, DeviceSpec>,
    catalogue: Option<&'static Catalogue>,
}

impl<'a> Devices<'a> {
    pub(super) fn new(own: &'a BTreeMap<String, DeviceSpec>, findings: &mut Findings) -> Self {
        for (id, spec) in own {
            let pointer = format!("/devices/{}", id.replace('~', "~0").replace('/', "~1"));
            for finding in check(spec) {
                let finding = finding.below(&pointer);
                match finding.severity {
                    Severity::Error => findings.problems.push(finding.problem),
                    Severity::Warning => findings.warn(finding.problem.to_string().replacen("error: ", "", 1)),
                }
            }
        }
        Self { own, catalogue: Catalogue::builtin().ok() }
    }

    /// The id and the device behind a name.
    pub(super) fn find(&self, name: &str) -> Option<(String, Device)> {
        if let Some(spec) = self.own.get(name) {
            return Some((name.to_owned(), spec.build(name)));
        }
        let catalogue = self.catalogue?;
        let id = catalogue.id_of(name)?;
        Some((id.to_owned(), catalogue.get(id)?.build(id)))
    }

    /// All names.
    pub(super) fn names(&self) -> Vec<String> {
        let listed = self.catalogue.iter().flat_map(|c| c.ids().map(str::to_owned));
        self.own.keys().cloned().chain(listed).collect()
    }
}

/// Builds the machine pool by pool.
pub(super) struct Builder<'a> {
    devices: Devices<'a>,
    cluster: Cluster,
    pools: BTreeMap<String, PoolId>,
    units: u64,
}

impl<'a> Builder<'a> {
    pub(super) fn new(devices: Devices<'a>) -> Self {
        Self { devices, cluster: Cluster::default(), pools: BTreeMap::new(), units: 0 }
    }

    /// The pool of a device, made where there is none yet.
    fn pool(&mut self, name: &str) -> Option<PoolId> {
        let (id, device) = self.devices.find(name)?;
        if let Some(pool) = self.pools.get(&id) {
            return Some(*pool);
        }
        let pool = PoolId(u16::try_from(self.cluster.pools.len()).ok()?);
        self.cluster.pools.push(Pool::new(device));
        self.pools.insert(id, pool);
        Some(pool)
    }

    /// Adds a group of equal nodes.
    pub(super) fn group(&mut self, at: usize, spec: &NodeSpec, findings: &mut Findings) {
        let pointer = format!("/cluster/nodes/{at}");
        let mut groups = Vec::new();
        for (i, units) in spec.units.iter().enumerate() {
            match self.pool(&units.device) {
                Some(pool) => {
                    let pointer = format!("{pointer}/units/{i}");
                    let ceiling = self.limited(pool, units, &pointer, findings);
                    let made = group(pool, units, &pointer, findings);
                    groups.extend(made.map(|group| Group { ceiling, ..group }));
                }
                None if self.devices.find(&units.device).is_some() => {
                    findings.wrong(format!("{pointer}/units/{i}/device"), "one device more", "at most 65536 devices");
                }
                None => {
                    let names = self.devices.names();
                    findings.unknown(format!("{pointer}/units/{i}/device"), "a device", &units.device, &names);
                }
            }
        }
        let host_cpus = match spec.host_cpus {
            None => u64::MAX,
            Some(cpus) if (0.0..=1e9).contains(&cpus) => (cpus * 1000.0).round() as u64,
            Some(cpus) => {
                findings.wrong(format!("{pointer}/host_cpus"), number(cpus), "a number from 0 to 1e9");
                0
            }
        };
        let each: u64 = spec.units.iter().map(|u| u64::from(u.count)).sum();
        if !self.has_room(u64::from(spec.count), each, &pointer, findings) {
            return;
        }
        let memory = spec.host_memory.map_or(Bytes::UNBOUNDED, Bytes::from);
        for i in 0..spec.count {
            let name = if spec.count == 1 { spec.name.clone() } else { format!("{}-{i}", spec.name) };
            self.cluster.add_node(Arc::from(name), host_cpus, memory, &groups);
        }
    }

    /// The fastest P-state that the units' own power limit leaves; the lowest where none keeps to it, which is told.
    fn limited(&self, pool: PoolId, spec: &UnitSpec, pointer: &str, findings: &mut Findings) -> u8 {
        let (Some(limit), Some(pool)) = (spec.power_limit, self.cluster.pools.get(pool.index())) else {
            return u8::MAX;
        };
        let device = &pool.device;
        let limit = Power::try_from_watts(limit.get()).unwrap_or(Power::ZERO);
        fastest_within(device, Share::WHOLE, limit).unwrap_or_else(|| {
            let lowest = device.pstates.first().map_or(device.idle, |p| p.active);
            findings.warn(format!(
                "{pointer}/power_limit: {} W is less than the {} W of the lowest P-state of {}, in which it will run",
                limit.as_watts(),
                lowest.as_watts(),
                device.name
            ));
            0
        })
    }

    /// Whether the machine may have so many nodes of so many units more.
    fn has_room(&mut self, nodes: u64, each: u64, pointer: &str, findings: &mut Findings) -> bool {
        self.units = self.units.saturating_add(each.saturating_mul(nodes));
        let room = self.units <= MOST_UNITS && nodes <= MOST_UNITS;
        let found = || format!("{nodes} nodes of {each} units, {} units so far", self.units);
        if !room {
            findings.wrong(pointer, found(), format!("at most {MOST_UNITS} units and nodes"));
        }
        room
    }

    /// Adds the nodes of a file in one of [`NODE_FORMATS`].
    pub(super) fn nodes_from(&mut self, format: &str, path: &Path, findings: &mut Findings) -> Result<(), TraceError> {
        match format {
            "tiresias" => self.tiresias(&read_tiresias_cluster(path, Limits::default())?, findings),
            _ => self.openb(&read_openb_nodes(path, Limits::default())?, findings),
        }
        Ok(())
    }

    /// Adds the equal nodes of a Tiresias cluster, switch by switch.
    fn tiresias(&mut self, cluster: &TiresiasCluster, findings: &mut Findings) {
        let nodes = u64::from(cluster.switches) * u64::from(cluster.nodes_per_switch);
        let pointer = "/cluster/nodes_from/path";
        let Some(gpu) = self.pool(TIRESIAS_GPU) else {
            return findings.unknown(pointer, "a device", TIRESIAS_GPU, &self.devices.names());
        };
        if !self.has_room(nodes, u64::from(cluster.gpus_per_node), pointer, findings) {
            return;
        }
        let cpus = u64::from(cluster.cpus_per_node) * 1000;
        for switch in 0..cluster.switches {
            for node in 0..cluster.nodes_per_switch {
                let name = Arc::from(format!("switch-{switch}-node-{node}"));
                let gpus = Group { pool: gpu, count: cluster.gpus_per_node, size: UnitSize::ONE, ceiling: u8::MAX };
                self.cluster.add_node(name, cpus, cluster.memory_per_node, &[gpus]);
            }
        }
    }

    /// Adds the nodes of an openb list.
    fn openb(&mut self, list: &OpenbNodes, findings: &mut Findings) {
        for node in &list.nodes {
            let mut groups = Vec::new();
            if let Some(model) = &node.model {
                match self.pool(model) {
                    Some(pool) => groups.push(Group { pool, count: node.gpus, size: UnitSize::ONE, ceiling: u8::MAX }),
                    None => findings.unknown(
                        "/cluster/nodes_from/path",
                        "a known GPU model in the node list",
                        model,
                        &self.devices.names(),
                    ),
                }
            }
            self.cluster.add_node(Arc::from(node.name.as_str()), node.cpu_milli, node.memory, &groups);
        }
    }

    /// The machine, under its power cap.
    pub(super) fn finish(mut self, spec: &ClusterSpec, findings: &mut Findings) -> Cluster {
        if self.cluster.nodes.is_empty() && findings.problems.is_empty() {
            findings.broken("/cluster", "the cluster has no nodes");
        }
        if let Some(link) = &spec.link {
            let bandwidth = link.bandwidth.get();
            let expected = "at least 1 B/s: a transfer must end";
            findings.require(bandwidth >= 1.0, "/cluster/link/bandwidth", number(bandwidth), expected);
            self.cluster.link = Some(Link { bandwidth, latency: link.latency.duration() });
        }
        facility::surround(&mut self.cluster, spec, findings);
        match &spec.power_cap {
            Some(PowerCapSpec::Fixed(cap)) => apply_cap(&mut self.cluster, cap.get(), findings),
            Some(PowerCapSpec::Shared(cap)) => cap.check(&self.cluster, findings),
            None => {}
        }
        self.cluster
    }
}

/// The most devices of a pooled unit, and the most tasks that take turns: shares of a unit are 32-bit millionths.
const MOST_PLACES: u32 = 4000;

/// Units of a node: apart, pooled, or time-shared.
fn group(pool: PoolId, spec: &UnitSpec, pointer: &str, findings: &mut Findings) -> Option<Group> {
    let bounded = |n: u32, field: &str, findings: &mut Findings| {
        let valid = (1..=MOST_PLACES).contains(&n);
        findings.require(valid, format!("{pointer}/{field}"), n, "1 to 4000");
        Share(n.min(MOST_PLACES) * Share::WHOLE.0)
    };
    match (spec.pooled, spec.time_share) {
        (true, Some(_)) => {
            findings.broken(pointer, "units are either `pooled` or have a `time_share`, not both");
            None
        }
        // No devices make no unit.
        (true, None) if spec.count == 0 => None,
        (true, None) => {
            let devices = bounded(spec.count, "count", findings);
            Some(Group { pool, count: 1, size: UnitSize { places: devices, devices }, ceiling: u8::MAX })
        }
        (false, Some(tasks)) => {
            let places = bounded(tasks, "time_share", findings);
            let size = UnitSize { places, devices: Share::WHOLE };
            Some(Group { pool, count: spec.count, size, ceiling: u8::MAX })
        }
        (false, None) => Some(Group { pool, count: spec.count, size: UnitSize::ONE, ceiling: u8::MAX }),
    }
}

/// Shares the cap in proportion to the units' greatest power, and holds each to the fastest P-state
/// within its share; so the sum can never pass the cap.
fn apply_cap(cluster: &mut Cluster, cap: f64, findings: &mut Findings) {
    let most = |pool: &Pool| pool.device.pstates.iter().map(|p| p.active).max().unwrap_or(pool.device.idle);
    let demand: f64 = cluster.pools.iter().map(|p| most(p).as_watts() * p.devices as f64 / 1e6).sum();
    if demand <= cap {
        return;
    }
    for pool in &mut cluster.pools {
        let share = Power::try_from_watts(most(pool).as_watts() * cap / demand).unwrap_or(Power::ZERO);
        match pool.device.pstates.iter().rposition(|p| p.active <= share) {
            Some(state) => pool.ceiling = state.min(255) as u8,
            None => findings.wrong(
                "/cluster/power_cap",
                format!("{cap} W, which leaves {:.1} W for each {}", share.as_watts(), pool.device.name),
                format!(
                    "at least the {:.1} W of its slowest P-state",
                    pool.device.pstates.first().map_or(0.0, |p| p.active.as_watts())
                ),
            ),
        }
    }
}
