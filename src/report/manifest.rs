//! `manifest.json`: what ran, so that it can run again.

use serde::Serialize;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::experiment::{Comparison, Replication, Variant};
use crate::scenario::{Plan, TraceReport};

/// One replication in the manifest.
#[derive(Clone, Debug, Serialize)]
pub struct ReplicationEntry {
    /// Of which variant, in a comparison.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    /// Its number; with the seed it names every random stream.
    pub replication: usize,
    /// Hash of all that happened; equal runs have equal ones.
    pub fingerprint: String,
    /// Hash of the tasks that came; equal under every policy.
    pub workload_hash: String,
    /// Events handled.
    pub events: u64,
    /// Virtual time at the end in seconds.
    pub end_s: f64,
}

/// One variant of a comparison in the manifest.
#[derive(Clone, Debug, Serialize)]
pub struct VariantEntry {
    /// Its name.
    pub variant: String,
    /// The variant that it is compared with; none for a baseline.
    pub baseline: Option<String>,
    /// What it sets: values by dotted path.
    pub settings: Map<String, Value>,
    /// SHA-256 of its scenario, defaults filled in, without blanks.
    pub scenario_sha256: String,
}

/// The whole file.
#[derive(Clone, Debug, Serialize)]
pub struct Manifest {
    /// Program and version.
    pub program: String,
    /// Arguments of the command.
    pub command: Vec<String>,
    /// SHA-256 of the scenario below, without blanks.
    pub scenario_sha256: String,
    /// Seed of all streams.
    pub seed: u64,
    /// What was compared; empty for a run.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub variants: Vec<VariantEntry>,
    /// Replications, of a comparison those of each variant in turn.
    pub replications: Vec<ReplicationEntry>,
    /// What the trace importers kept, left out and changed.
    pub traces: Vec<TraceReport>,
    /// What should be looked at.
    pub warnings: Vec<String>,
    /// Wall-clock seconds.
    pub wall_s: f64,
    /// Events of all replications per wall-clock second.
    pub events_per_s: f64,
    /// Most memory that the process held in bytes, where the system tells.
    pub peak_memory_bytes: Option<u64>,
    /// The scenario, defaults filled in.
    pub scenario: Value,
}

impl Manifest {
    /// The manifest of a finished run.
    pub fn new(plan: &Plan, replications: &[Replication], command: Vec<String>, wall_s: f64) -> Self {
        let scenario = scenario_of(plan);
        let events: u64 = replications.iter().map(|r| r.events).sum();
        Self {
            program: format!("xpusim {}", env!("CARGO_PKG_VERSION")),
            command,
            scenario_sha256: sha256(scenario.to_string().as_bytes()),
            seed: plan.scenario.seed,
            variants: Vec::new(),
            replications: entries(None, replications),
            traces: plan.traces.clone(),
            warnings: plan.warnings.clone(),
            wall_s,
            events_per_s: if wall_s > 0.0 { events as f64 / wall_s } else { 0.0 },
            peak_memory_bytes: peak_memory(),
            scenario,
        }
    }

    /// The manifest of a finished comparison, around the scenario of its first variant; `None` without variants.
    ///
    /// `variants` may be more than are in the comparison, as those whose ties went by lot.
    pub fn of_comparison(
        plans: &[Plan],
        variants: &[Variant],
        comparison: &Comparison,
        command: Vec<String>,
        wall_s: f64,
    ) -> Option<Self> {
        let all: Vec<Replication> = comparison.variants.iter().flat_map(|v| v.replications.clone()).collect();
        let mut manifest = Self::new(plans.first()?, &all, command, wall_s);
        let label = |index: usize| comparison.variants.get(index).map(|v| v.label.clone());
        let entry = |(index, (plan, variant)): (usize, (&Plan, &Variant))| VariantEntry {
            variant: variant.label.clone(),
            baseline: label(variant.baseline).filter(|_| variant.baseline != index),
            settings: variant.settings.iter().map(|s| (s.path().to_owned(), s.value().clone())).collect(),
            scenario_sha256: sha256(scenario_of(plan).to_string().as_bytes()),
        };
        let pairs = plans.iter().zip(variants).take(comparison.variants.len());
        manifest.variants = pairs.enumerate().map(entry).collect();
        let labelled = comparison.variants.iter().map(|v| entries(Some(&v.label), &v.replications));
        manifest.replications = labelled.flatten().collect();
        Some(manifest)
    }

    /// The file's text.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }
}

fn scenario_of(plan: &Plan) -> Value {
    serde_json::to_value(&plan.scenario).unwrap_or_default()
}

fn entries(variant: Option<&str>, replications: &[Replication]) -> Vec<ReplicationEntry> {
    let entry = |(number, r): (usize, &Replication)| ReplicationEntry {
        variant: variant.map(str::to_owned),
        replication: number,
        fingerprint: format!("{:016x}", r.fingerprint),
        workload_hash: format!("{:016x}", r.workload),
        events: r.events,
        end_s: r.end.as_secs_f64(),
    };
    replications.iter().enumerate().map(entry).collect()
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

/// `VmHWM` of `/proc/self/status`, where there is such a file.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.trim().trim_end_matches("kB").trim().parse().ok()?;
    Some(kib * 1024)
}
