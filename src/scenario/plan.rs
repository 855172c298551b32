//! A scenario made ready to run, any number of times.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use crate::catalogue::{Catalogue, DeviceSpec};
use crate::dist::normal_quantile;
use crate::json::{Document, inner};
use crate::model::cluster::{Cluster, Pool};
use crate::model::fragmentation::Shapes;
use crate::model::memory::Admission;
use crate::model::preemption::Preemption;
use crate::model::task::Class;
use crate::model::unit::Space;
use crate::model::world::{Compactor, World};
use crate::policy::registry::{BuildError, Registry};
use crate::record::Observer;
use crate::rng::{Shuffle, Streams};
use crate::sim::{Bands, CapConfig, CloudConfig, Policies, Retry, Setup, Simulation};
use crate::units::{Bytes, Power, SimTime};
use crate::workload::trace::{CleaningReport, TraceError};

use super::checks::{Findings, number};
use super::classes::Classes;
use super::cluster::{Builder, Devices, NODE_FORMATS};
use super::failures::{self, FailurePlan};
use super::history;
use super::load::{LoadError, Loader};
use super::memory::{MemoryClasses, MemoryPlan};
use super::schema::{
    AdmissionSpec, ClusterSpec, OutageTrace, PolicySpec, PowerCapSpec, SCHEMA_VERSION, Scenario, SourceSpec, Stop,
};
use super::sources::{self, SourcePlan};

/// Each keeps its metrics until the end.
const MOST_REPLICATIONS: u32 = 100_000;

/// What an importer has to say.
#[derive(Clone, Debug, Serialize)]
pub struct TraceReport {
    /// The source's name.
    pub source: String,
    /// The file as the scenario names it.
    pub path: String,
    /// SHA-256 of the file.
    pub sha256: String,
    /// What was kept, left out and changed.
    #[serde(flatten)]
    pub report: CleaningReport,
}

/// A checked scenario.
#[derive(Clone)]
pub struct Plan {
    /// The scenario, defaults filled in.
    pub scenario: Scenario,
    /// The machine.
    pub cluster: Cluster,
    /// Names of the sources.
    pub source_names: Vec<Arc<str>>,
    /// What the importers had to say.
    pub traces: Vec<TraceReport>,
    /// What should be looked at.
    pub warnings: Vec<String>,
    /// Files that the scenario names, in the order in which they were looked for, as it names them.
    pub inputs: Vec<String>,
    pub(super) classes: Vec<Class>,
    pub(super) sources: Vec<SourcePlan>,
    cloud: Option<CloudConfig>,
    memory: Option<MemoryPlan>,
    shapes: Arc<Shapes>,
    failures: FailurePlan,
}

impl Plan {
    /// Checks a document and makes it ready to run.
    ///
    /// # Errors
    /// Everything that is wrong with it, at once; or the first fault of a trace file.
    pub fn new(document: &Document, loader: &Loader, registry: &Registry) -> Result<Self, LoadError> {
        let mut compiler = Compiler {
            document,
            loader,
            findings: Findings::default(),
            traces: Vec::new(),
            inputs: Vec::new(),
            trace_error: None,
        };
        let scenario: Scenario = match document.decode() {
            Ok(scenario) => scenario,
            Err(problems) => {
                compiler.check_sound_parts(registry);
                return Err(LoadError::Input(problems.and(document.locate(compiler.findings.problems))));
            }
        };
        let plan = compiler.compile(scenario, registry);
        let problems = std::mem::take(&mut compiler.findings.problems);
        if !problems.is_empty() {
            return Err(LoadError::Input(document.locate(problems)));
        }
        if let Some(error) = compiler.trace_error {
            return Err(match error.kind {
                crate::workload::trace::TraceErrorKind::Io => LoadError::Io(format!("error: {error}")),
                crate::workload::trace::TraceErrorKind::Input => LoadError::Trace(error),
            });
        }
        let shapes = Arc::new(history::shapes(&plan.sources, &plan.classes, plan.scenario.seed));
        let Compiler { traces, inputs, findings, .. } = compiler;
        Ok(Self { traces, inputs, warnings: findings.warnings, shapes, ..plan })
    }

    /// What is known of the workload's shapes before it comes.
    pub fn shapes(&self) -> &Shapes {
        &self.shapes
    }

    /// Whether the run is to tell how full the cluster became, and how fragmented, as demand arrived.
    pub fn packing(&self) -> bool {
        self.scenario.output.packing || self.sources.iter().any(SourcePlan::is_drawn)
    }

    /// How many batches intervals are to be from: of a scenario of one replication, where it says so.
    pub fn batches(&self) -> Option<u32> {
        self.scenario.output.batches.filter(|_| self.scenario.replications == 1)
    }

    /// How many tasks there will be, where all sources know it.
    pub fn task_count(&self) -> Option<u64> {
        self.sources.iter().map(SourcePlan::size).try_fold(0, |sum: u64, n| Some(sum.saturating_add(n?)))
    }

    /// How many tasks the source with this number will bring, where it knows.
    pub fn source_size(&self, source: usize) -> Option<u64> {
        self.sources.get(source).and_then(SourcePlan::size)
    }

    /// One run: replication `replication` of the scenario.
    ///
    /// # Errors
    /// A policy cannot be made; [`Plan::new`] has tried them all.
    pub fn simulation<O: Observer>(
        &self,
        registry: &Registry,
        arms: crate::sim::SchedulerFactory,
        replication: u32,
        check: bool,
        max_events: u64,
        observer: impl FnOnce(&World) -> O,
    ) -> Result<Simulation<O>, BuildError> {
        let chosen = &self.scenario.policies;
        let memory = registry.memory.build(&chosen.memory)?;
        let governor = registry.power.build(&chosen.power)?;
        let adaptive = registry.adaptive.build(&chosen.adaptive)?;
        let scheduler = match adaptive.arms().first() {
            Some(first) => registry.scheduler(&serde_json::json!(first))?,
            None => registry.scheduler(&chosen.scheduler)?,
        };
        let mut world = World::new(
            self.cluster.clone(),
            self.classes.clone(),
            chosen.shuffle_ties.map(Shuffle::new),
            |capacity| memory.allocator(capacity).map_or(Space::Counter, Space::Blocks),
            |device| governor.starts_in(&device.frequencies()).min(usize::from(device.top())) as u8,
        );
        world.preemption = chosen.preemption.map_or(Preemption::FREE, |p| p.price());
        let faults = self.failures.equip(&mut world);
        world.admission = match chosen.admission {
            Some(AdmissionSpec::Quantile(q)) => Some(Admission::new(normal_quantile(q), world.units.len())),
            Some(AdmissionSpec::Peak) | None => None,
        };
        world.compactor = memory.compaction().map(|rule| Box::new(Compactor::new(rule, world.units.len())));
        world.shapes = Arc::clone(&self.shapes);
        let dynamics = self.memory.as_ref().map(|m| m.start(&self.cluster, registry)).transpose()?;
        world.dynamics = dynamics.map(Box::new);
        let streams = Streams::new(self.scenario.seed, u64::from(replication));
        let sources = self.sources.iter().enumerate().map(|(i, s)| s.start(i as u64, streams)).collect();
        let observer = observer(&world);
        let policies = Policies {
            scheduler,
            governor,
            sleep: registry.sleep.build(&chosen.sleep)?,
            cloud: registry.cloud.build(&chosen.cloud)?,
            adaptive,
            arms,
        };
        let cap = match &self.scenario.cluster.power_cap {
            Some(PowerCapSpec::Shared(spec)) => Some(CapConfig {
                budget: Power::try_from_watts(spec.budget.get()).unwrap_or(Power::ZERO),
                share: registry.cap_shares.build(&spec.share)?,
                period: spec.period.duration(),
                bands: spec.bands.map(|b| Bands { cap: b.cap, target: b.target, release: b.release }),
            }),
            Some(PowerCapSpec::Fixed(_)) | None => None,
        };
        let setup = Setup {
            sources,
            cap,
            cloud: self.cloud.clone(),
            warmup: SimTime::ZERO + self.scenario.warmup.duration(),
            until: self.scenario.stop.as_ref().map_or(SimTime::from_nanos(u64::MAX - 1), Stop::until),
            drain: self.scenario.stop.as_ref().and_then(Stop::window_end),
            streams,
            queue_limit: self.scenario.policies.queue_limit,
            retry: self
                .scenario
                .policies
                .retry
                .as_ref()
                .map(|r| Retry { delay: r.delay.dist().clone(), limit: r.limit.unwrap_or(u32::MAX) }),
            faults,
            check,
            max_events,
        };
        Ok(Simulation::new(world, policies, setup, observer))
    }
}

/// What making a scenario ready has found so far.
pub(super) struct Compiler<'a> {
    document: &'a Document,
    loader: &'a Loader,
    pub(super) findings: Findings,
    pub(super) traces: Vec<TraceReport>,
    inputs: Vec<String>,
    pub(super) trace_error: Option<TraceError>,
}

impl Compiler<'_> {
    fn compile(&mut self, scenario: Scenario, registry: &Registry) -> Plan {
        self.check_head(&scenario);
        self.check_policies(&scenario.policies, scenario.cloud.is_some(), registry);
        let cluster = self.cluster(&scenario.devices, &scenario.cluster);
        self.check_compaction(&scenario.policies, &cluster, registry);
        self.check_cap(&scenario.cluster, registry);
        let failures = self.failures(&scenario, &cluster);
        let cloud = scenario.cloud.as_ref().map(|c| super::cloud::config(c, &cluster, &mut self.findings));
        let resolve = |name: &str| {
            let own = scenario.devices.contains_key(name);
            let listed = || Catalogue::builtin().ok().and_then(|c| c.id_of(name)).map(str::to_owned);
            if own { name.to_owned() } else { listed().unwrap_or_else(|| name.to_owned()) }
        };
        let mut classes = Classes {
            cluster: &cluster,
            list: Vec::new(),
            memory: MemoryClasses::new(scenario.memory.as_ref()),
            cloud_speed: scenario.cloud.as_ref().map(super::cloud::speed_of_classes),
            resolve: &resolve,
        };
        let mut sources = Vec::new();
        for (i, spec) in scenario.workload.iter().enumerate().take(usize::from(u16::MAX)) {
            let number = i as u16;
            sources.push(match spec {
                SourceSpec::Synthetic(s) => sources::synthetic(number, s, &mut classes, &mut self.findings),
                SourceSpec::Tasks(s) => {
                    sources::warn_unnamed(number, &s.tasks, &mut self.findings);
                    sources::written(number, s, &mut classes, &mut self.findings)
                }
                SourceSpec::Trace(s) => self.trace(number, s, spec.name(), &mut classes),
            });
        }
        let Classes { list: classes, memory, .. } = classes;
        let memory = MemoryPlan::new(
            scenario.memory.as_ref(),
            memory,
            &classes,
            &cluster,
            &scenario.policies,
            &mut self.findings,
        );
        if let Some(spec) = &scenario.memory
            && let Err(error) = registry.evict.build(&spec.evict)
        {
            self.findings.problems.push(self.document.problem("/memory/evict", &error));
        }
        if scenario.stop.is_none()
            && let Some(endless) = sources.iter().position(SourcePlan::is_endless)
        {
            self.findings.broken(
                format!("/workload/{endless}"),
                "the source has no `count` and the scenario no `stop`: it would never end",
            );
        }
        let source_names = scenario.workload.iter().map(|s| Arc::from(s.name())).collect();
        Plan {
            scenario,
            cluster,
            source_names,
            traces: Vec::new(),
            warnings: Vec::new(),
            inputs: Vec::new(),
            classes,
            sources,
            cloud,
            memory,
            shapes: Arc::default(),
            failures,
        }
    }

    fn check_head(&mut self, scenario: &Scenario) {
        let f = &mut self.findings;
        if let Some(version) = scenario.schema_version {
            let known = format!("1..{SCHEMA_VERSION}, which this build reads");
            f.require((1..=SCHEMA_VERSION).contains(&version), "/schema_version", version, &known);
        }
        f.require(!scenario.name.trim().is_empty(), "/name", "an empty name", "a name");
        let replications = scenario.replications;
        f.require((1..=MOST_REPLICATIONS).contains(&replications), "/replications", replications, "1 to 100000");
        f.require(!scenario.workload.is_empty(), "/workload", "no source", "at least one source of tasks");
        let sources = scenario.workload.len();
        f.require(sources <= usize::from(u16::MAX), "/workload", format!("{sources} sources"), "at most 65535");
        if let Some(stop) = &scenario.stop {
            f.require(stop.time.get() > 0.0, "/stop/time", stop.time.get(), "a duration > 0");
            if stop.time.get() > 0.0 && scenario.warmup.get() >= stop.time.get() {
                f.broken("/warmup", "the warm-up is as long as the run: no task would be counted");
            }
            if stop.limit.is_some() && !stop.drain {
                f.broken("/stop/limit", "`limit` says how long tasks are followed, so it needs `drain`: true");
            }
        }
        if let Some(retry) = &scenario.policies.retry {
            let mean = retry.delay.dist().mean();
            f.require(mean > 0.0, "/policies/retry/delay", mean, "a positive mean: a retry must take time");
            if scenario.policies.queue_limit.is_none() {
                f.broken("/policies/retry", "without a `queue_limit` nobody is turned away");
            }
        }
        if let Some(interval) = scenario.output.interval {
            f.require(interval.get() > 0.0, "/output/interval", interval.get(), "a duration > 0");
        }
        if let Some(batches) = scenario.output.batches {
            f.require((20..=40).contains(&batches), "/output/batches", batches, "20 to 40 batches");
            if replications > 1 {
                f.warn(
                    "/output/batches: there are several replications, so intervals are over them and not by batches",
                );
            }
        }
    }

    /// Of a scenario that cannot be read as a whole, checks the parts that can, so that their mistakes are
    /// told together with the others.
    fn check_sound_parts(&mut self, registry: &Registry) {
        let part = |key: &str| self.document.value().get(key).cloned().unwrap_or_else(|| serde_json::json!({}));
        let (policies, devices, cluster) = (part("policies"), part("devices"), part("cluster"));
        let has_cloud = self.document.value().get("cloud").is_some();
        if let Ok(policies) = inner(policies) {
            self.check_policies(&policies, has_cloud, registry);
        }
        if let (Ok(devices), Ok(cluster)) = (inner(devices), inner(cluster)) {
            self.cluster(&devices, &cluster);
            self.check_cap(&cluster, registry);
        }
    }

    fn check_cap(&mut self, spec: &ClusterSpec, registry: &Registry) {
        if let Some(PowerCapSpec::Shared(cap)) = &spec.power_cap
            && let Err(error) = registry.cap_shares.build(&cap.share)
        {
            self.findings.problems.push(self.document.problem("/cluster/power_cap/share", &error));
        }
    }

    fn check_policies(&mut self, chosen: &PolicySpec, has_cloud: bool, registry: &Registry) {
        let adaptive = registry.adaptive.build(&chosen.adaptive);
        if let Ok(adaptive) = &adaptive {
            for (i, arm) in adaptive.arms().iter().enumerate() {
                let built = registry.scheduler(&serde_json::json!(arm));
                self.policy(&format!("adaptive/arms/{i}"), built.map(drop));
            }
        }
        self.policy("scheduler", registry.scheduler(&chosen.scheduler).map(drop));
        self.policy("memory", registry.memory.build(&chosen.memory).map(drop));
        self.policy("power", registry.power.build(&chosen.power).map(drop));
        self.policy("sleep", registry.sleep.build(&chosen.sleep).map(drop));
        let cloud = registry.cloud.build(&chosen.cloud).map(drop);
        let cloud_is_known = cloud.is_ok();
        self.policy("cloud", cloud);
        self.policy("adaptive", adaptive.map(drop));
        if let Some(AdmissionSpec::Quantile(q)) = chosen.admission {
            let valid = (0.5..1.0).contains(&q);
            self.findings.require(valid, "/policies/admission/quantile", number(q), "a probability in [0.5, 1)");
        }
        if let Some(price) = &chosen.preemption {
            price.check(&mut self.findings);
        }
        let leaves = chosen.cloud != "never" && chosen.cloud.get("name").is_none_or(|n| n != "never");
        if leaves && cloud_is_known && !has_cloud {
            self.findings.broken("/policies/cloud", "the scenario has no `cloud` to offload to");
        }
    }

    /// Memory can be moved only where its bandwidth is known.
    fn check_compaction(&mut self, chosen: &PolicySpec, cluster: &Cluster, registry: &Registry) {
        let Some(rule) = registry.memory.build(&chosen.memory).ok().and_then(|m| m.compaction()) else { return };
        let unknown = |p: &&Pool| p.device.memory != Bytes::UNBOUNDED && p.device.bandwidth.is_none();
        if rule.bandwidth.is_none()
            && let Some(pool) = cluster.pools.iter().find(unknown)
        {
            self.findings.broken(
                "/policies/memory/compaction",
                format!("missing `bandwidth`: the memory bandwidth of device {} is unknown", pool.device.name),
            );
        }
    }

    fn policy(&mut self, slot: &str, built: Result<(), BuildError>) {
        if let Err(error) = built {
            self.findings.problems.push(self.document.problem(&format!("/policies/{slot}"), &error));
        }
    }

    fn cluster(&mut self, devices: &BTreeMap<String, DeviceSpec>, spec: &ClusterSpec) -> Cluster {
        let devices = Devices::new(devices, &mut self.findings);
        let mut builder = Builder::new(devices);
        for (i, group) in spec.nodes.iter().enumerate() {
            builder.group(i, group, &mut self.findings);
        }
        if let Some(from) = &spec.nodes_from {
            if !NODE_FORMATS.contains(&from.format.as_str()) {
                let pointer = "/cluster/nodes_from/format";
                self.findings.unknown(pointer, "a node list format", &from.format, NODE_FORMATS);
            } else if let Some(path) = self.path(&from.path, "/cluster/nodes_from/path")
                && let Err(error) = builder.nodes_from(&from.format, &path, &mut self.findings)
            {
                self.trace_error.get_or_insert(error);
            }
        }
        if self.trace_error.is_some() {
            // The cluster is incomplete: what follows from that is not the scenario's fault.
            return builder.finish(spec, &mut Findings::default());
        }
        builder.finish(spec, &mut self.findings)
    }

    fn failures(&mut self, scenario: &Scenario, cluster: &Cluster) -> FailurePlan {
        let loader = self.loader;
        let rows = |path: &str, findings: &mut Findings| {
            let found = loader.resolve(path).and_then(|file| failures::read_rows(&file));
            found.unwrap_or_else(|why| {
                findings.broken("/failures/trace", format!("`{path}`: {why}"));
                Vec::new()
            })
        };
        let (spec, saved) = (scenario.failures.as_ref(), scenario.checkpoint.as_ref());
        if let Some(OutageTrace::File(path)) = spec.and_then(|s| s.trace.as_ref()) {
            self.inputs.push(path.clone());
        }
        failures::compile(spec, saved, cluster, rows, &mut self.findings)
    }

    pub(super) fn path(&mut self, path: &str, pointer: &str) -> Option<std::path::PathBuf> {
        match self.loader.resolve(path) {
            Ok(found) => {
                if !self.inputs.iter().any(|known| known == path) {
                    self.inputs.push(path.to_owned());
                }
                Some(found)
            }
            Err(why) => {
                self.findings.broken(pointer, format!("`{path}`: {why}"));
                None
            }
        }
    }
}
