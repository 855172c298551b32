//! Memory that acts on speed, from words to the model.

use std::sync::Arc;

use serde_json::Value;

use crate::model::cluster::Cluster;
use crate::model::memory::cache::Cache;
use crate::model::memory::dynamics::{Dynamics, MemoryRules, UnitMemory};
use crate::model::memory::phases::{ClassMemory, MemoryPhase, ModelUse, Oom, OomAction, Reserve, Victim};
use crate::model::memory::spill::{Access, LinkScope, Overlap, Spill};
use crate::model::task::{Class, PoolOption};
use crate::policy::registry::{BuildError, Registry};
use crate::units::Bytes;

use super::checks::{Findings, number};
use super::schema::{
    AccessSpec, AdmissionSpec, LinkWord, MemorySpec, OomSpec, OomWord, OversubscriptionSpec, PolicySpec, ReserveWord,
    StallWord, TaskSpec, VictimWord,
};

/// What the classes of tasks do with memory, as far as it has been read.
#[derive(Debug, Default)]
pub(super) struct MemoryClasses {
    by_class: Vec<(u32, ClassMemory)>,
    models: Vec<(String, u64)>,
    /// The most that footprints may add up to, over a unit's memory.
    pub(super) limit: f64,
    spills: bool,
}

impl MemoryClasses {
    pub(super) fn new(spec: Option<&MemorySpec>) -> Self {
        let spill = spec.and_then(|m| m.oversubscription.as_ref());
        Self { limit: spill.map_or(1.0, |s| s.limit.max(1.0)), spills: spill.is_some(), ..Self::default() }
    }

    /// Takes in what the task at `pointer` says; it becomes class `class`.
    pub(super) fn read(
        &mut self,
        class: u32,
        spec: &TaskSpec,
        cluster: &Cluster,
        options: &[PoolOption],
        pointer: &str,
        findings: &mut Findings,
    ) {
        let traffic = spec.memory_traffic.map(|t| t.get());
        let has_memory = spec.memory.is_some() || !spec.memory_phases.is_empty();
        if self.spills && has_memory && traffic.is_none() && spec.bytes.is_none() {
            let devices = options.iter().map(|o| &cluster.pools[o.pool.index()].device);
            if let Some(device) = devices.into_iter().find(|d| d.bandwidth.is_none() && d.memory != Bytes::UNBOUNDED) {
                let name = &device.name;
                findings.broken(
                    pointer,
                    format!("missing `memory_traffic`: device {name} has no memory bandwidth to take a share of, so what spilling costs is unknown"),
                );
            }
        }
        let mut last = -1.0;
        for (i, (from, _)) in spec.memory_phases.iter().enumerate() {
            let valid = (0.0..1.0).contains(from) && *from > last;
            let expected = "a fraction of the work in [0, 1), above the one before it";
            findings.require(valid, format!("{pointer}/memory_phases/{i}/0"), number(*from), expected);
            last = *from;
        }
        let phase = |(from, bytes): &(f64, crate::json::ByteCount)| MemoryPhase {
            from: *from,
            bytes: Bytes::from(*bytes).get(),
        };
        let phases: Arc<[MemoryPhase]> = spec.memory_phases.iter().map(phase).collect();
        let model = spec.model.as_ref().map(|m| {
            let size = Bytes::from(m.size).get();
            let known = self.models.iter().position(|(name, _)| *name == m.name);
            if known.is_some_and(|k| self.models[k].1 != size) {
                findings
                    .broken(format!("{pointer}/model/size"), format!("model {} has another size elsewhere", m.name));
            }
            let model = known.unwrap_or_else(|| {
                self.models.push((m.name.clone(), size));
                self.models.len() - 1
            }) as u32;
            let priority = m.priority.unwrap_or(0.0);
            findings.require(
                priority.abs() <= 1e15,
                format!("{pointer}/model/priority"),
                number(priority),
                "a number from -1e15 to 1e15",
            );
            ModelUse { model, size, priority }
        });
        let memory = ClassMemory { traffic, phases, model };
        if memory != ClassMemory::default() {
            self.by_class.push((class, memory));
        }
    }

    fn is_plain(&self) -> bool {
        self.by_class.iter().all(|(_, c)| c.phases.is_empty() && c.model.is_none())
    }
}

/// Memory that acts on speed, ready to run.
#[derive(Clone, Debug)]
pub(super) struct MemoryPlan {
    rules: MemoryRules,
    classes: Vec<ClassMemory>,
    evict: Value,
    /// B/s of the units' host links, by pool; infinite where none is stated.
    links: Vec<f64>,
}

impl MemoryPlan {
    /// The plan of a scenario; `None` where memory acts on no speed.
    pub(super) fn new(
        spec: Option<&MemorySpec>,
        read: MemoryClasses,
        classes: &[Class],
        cluster: &Cluster,
        policies: &PolicySpec,
        findings: &mut Findings,
    ) -> Option<Self> {
        if spec.is_none() && read.is_plain() {
            return None;
        }
        let spec = spec.cloned().unwrap_or_default();
        check(&spec, findings);
        let counter = policies.memory == "counter" || policies.memory == serde_json::json!({"name": "counter"});
        if !counter || matches!(policies.admission, Some(AdmissionSpec::Quantile(_))) {
            let text = "footprints that grow, spill or share weights are counted, not placed: they need `counter`, admission by peak";
            findings.broken("/policies/memory", text);
        }
        if cluster.units.iter().any(|u| u.size.is_pooled()) {
            findings.broken("/memory", "pooled units have no memory of their own that could grow, spill or be shared");
        }
        let mut by_class = vec![ClassMemory::default(); classes.len()];
        for (class, memory) in read.by_class {
            if let Some(slot) = by_class.get_mut(class as usize) {
                *slot = memory;
            }
        }
        let stated = spec.host_link.map(|l| l.get());
        let links = cluster.pools.iter().map(|p| stated.or(p.device.host_link).unwrap_or(f64::INFINITY)).collect();
        for (i, pool) in cluster.pools.iter().enumerate() {
            let runs = |c: &Class| c.options.iter().any(|o| o.pool.index() == i);
            let models = classes.iter().zip(&by_class).any(|(c, m)| m.model.is_some() && runs(c));
            let spills =
                (spec.oversubscription.is_some() || spec.swap.is_some()) && pool.device.memory != Bytes::UNBOUNDED;
            if (models || spills) && stated.or(pool.device.host_link).is_none() {
                let name = &pool.device.name;
                findings.broken("/memory", format!("device {name} has no `host_link`, so what comes from the host takes an unknown time: state `memory.host_link`"));
            }
        }
        let rules = MemoryRules {
            spill: spec.oversubscription.as_ref().map(OversubscriptionSpec::rule),
            oom: spec.oom.rule(),
            reserve: match spec.reserve {
                ReserveWord::Declared => Reserve::Declared,
                ReserveWord::Current => Reserve::Current,
            },
            swap: spec.swap.map(|s| s.latency.duration()),
        };
        let price = policies.preemption.unwrap_or_default();
        if spec.swap.is_some() && (price.save, price.restore) != Default::default() {
            let text = "with `memory.swap` the host's link says how long saving and restoring take";
            findings.broken("/policies/preemption", text);
        }
        Some(Self { rules, classes: by_class, evict: spec.evict, links })
    }

    /// The state at time zero.
    pub(super) fn start(&self, cluster: &Cluster, registry: &Registry) -> Result<Dynamics, BuildError> {
        let unit = |place: &crate::model::cluster::UnitPlace| {
            let link = self.links.get(place.pool.index()).copied().unwrap_or(f64::INFINITY);
            Ok(UnitMemory::new(link, Cache::new(registry.evict.build(&self.evict)?)))
        };
        let units: Result<Vec<UnitMemory>, BuildError> = cluster.units.iter().map(unit).collect();
        let units = units?;
        // One link for each node: that of its fastest unit, of those that state one.
        let node_link = |node: &crate::model::cluster::Node| {
            let links = node.units.clone().filter_map(|u| units.get(u as usize)).map(|u| u.link);
            let fastest = links.filter(|l| l.is_finite()).fold(0.0, f64::max);
            if fastest > 0.0 { fastest } else { f64::INFINITY }
        };
        let node_links = cluster.nodes.iter().map(node_link).collect();
        Ok(Dynamics::new(self.rules, self.classes.clone(), units, node_links))
    }
}

fn check(spec: &MemorySpec, findings: &mut Findings) {
    if let Some(link) = spec.host_link {
        let rate = link.get();
        findings.require(rate >= 1.0, "/memory/host_link", number(rate), "at least 1 B/s: a transfer must end");
    }
    let factor = spec.oom.retry_factor;
    let valid = factor > 1.0 && factor <= 1e6;
    findings.require(valid, "/memory/oom/retry_factor", number(factor), "a number in (1, 1e6]");
    let Some(over) = &spec.oversubscription else { return };
    let at = |field: &str| format!("/memory/oversubscription/{field}");
    findings.require((1.0..=1e6).contains(&over.limit), at("limit"), number(over.limit), "a number from 1 to 1e6");
    findings.require((0.0..=1.0).contains(&over.traffic), at("traffic"), number(over.traffic), "a number in [0, 1]");
    if let AccessSpec::Zipf(s) = over.access {
        findings.require((0.0..=10.0).contains(&s), at("access/zipf"), number(s), "a number in [0, 10]");
    }
}

impl OversubscriptionSpec {
    fn rule(&self) -> Spill {
        Spill {
            limit: self.limit.max(1.0),
            access: match self.access {
                AccessSpec::Cyclic => Access::Cyclic,
                AccessSpec::Uniform => Access::Uniform,
                AccessSpec::Zipf(s) => Access::Zipf(s),
            },
            overlap: match self.stall {
                StallWord::Serial => Overlap::Serial,
                StallWord::Overlapped => Overlap::Full,
            },
            link: match self.link {
                LinkWord::Unit => LinkScope::Unit,
                LinkWord::Node => LinkScope::Node,
            },
            traffic: self.traffic,
        }
    }
}

impl OomSpec {
    fn rule(&self) -> Oom {
        Oom {
            action: match self.action {
                OomWord::Wait => OomAction::Wait,
                OomWord::Reject => OomAction::Reject,
                OomWord::Kill => OomAction::Kill,
                OomWord::Retry => OomAction::Retry,
            },
            victim: match self.victim {
                VictimWord::Largest => Victim::Largest,
                VictimWord::Youngest => Victim::Youngest,
                VictimWord::LowestPriority => Victim::LowestPriority,
                VictimWord::LeastLost => Victim::LeastLost,
            },
            retry_factor: self.retry_factor,
            retries: self.retries,
        }
    }
}
