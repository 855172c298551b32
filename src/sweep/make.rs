//! Scenarios and variants made into a plan.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;

use crate::experiment::{CompareError, Variant, Work};
use crate::json::Document;
use crate::policy::registry::Registry;
use crate::scenario::{LoadError, Loader, OutageTrace, Plan};

use super::hash::{scenario_sha256, sha256};
use super::place::way;
use super::{PlannedScenario, PlannedVariant, SweepError, SweepPlan};

/// A scenario that goes into a plan, with `--set` applied.
#[derive(Clone, Debug)]
pub struct Source {
    /// Where its files are.
    pub loader: Loader,
    /// The scenario.
    pub document: Document,
}

/// Makes the plan of all variants of all scenarios, for the folder `root`, which must be there. Every variant is
/// checked; not more of them than there are threads are in memory at once.
///
/// # Errors
/// A variant that is wrong, a file that it reads cannot be read, or `stop` was set.
pub fn make(
    root: &Path,
    sources: &[Source],
    variants: &[Variant],
    work: Work,
    registry: &Arc<Registry>,
    stop: &AtomicBool,
) -> Result<SweepPlan, SweepError> {
    let mut scenarios: Vec<PlannedScenario> = Vec::new();
    for source in sources {
        let scenario = one(root, source, variants, registry, stop)?;
        if scenarios.iter().any(|s| s.name == scenario.name) {
            return Err(SweepError::Input(format!("two scenarios are called `{}`: give each a name", scenario.name)));
        }
        scenarios.push(scenario);
    }
    Ok(SweepPlan::new(scenarios, work))
}

/// What the plan keeps of a checked variant.
struct Checked {
    replications: u32,
    seed: u64,
    sha256: String,
    files: Vec<(String, String)>,
}

fn one(
    root: &Path,
    source: &Source,
    variants: &[Variant],
    registry: &Arc<Registry>,
    stop: &AtomicBool,
) -> Result<PlannedScenario, SweepError> {
    let Source { loader, document } = source;
    let check = |variant: &Variant| {
        if stop.load(Ordering::Relaxed) {
            return Err(SweepError::Input("stopped before the plan was made".into()));
        }
        let plan = compile(document, loader, registry, variant)?;
        let (replications, seed) = (plan.scenario.replications, plan.scenario.seed);
        Ok(Checked { replications, seed, sha256: scenario_sha256(&plan.scenario), files: files_of(&plan, loader)? })
    };
    let checked: Vec<_> = variants.par_iter().map(check).collect();
    let checked: Vec<Checked> = checked.into_iter().collect::<Result<_, _>>()?;
    let replications = checked.first().map_or(1, |c| c.replications);
    if let Some(odd) = checked.iter().position(|c| c.replications != replications) {
        let label = variants.get(odd).map(|v| v.label.clone()).unwrap_or_default();
        return Err(SweepError::Input(format!(
            "variant `{label}`: found another number of replications, expected {replications} in every variant"
        )));
    }
    let files: BTreeMap<String, String> = checked.iter().flat_map(|c| c.files.clone()).collect();
    // Without files the plan depends on no folder.
    let reads = !files.is_empty();
    let allowed = loader.allowed.iter().filter(|_| reads).map(|folder| way(root, folder));
    let planned = |(variant, checked): (&Variant, Checked)| PlannedVariant {
        label: variant.label.clone(),
        settings: variant.settings.iter().map(|s| (s.path().to_owned(), s.value().clone())).collect(),
        factors: variant.factors.iter().map(|f| (f.name.clone(), f.value.clone())).collect(),
        baseline: variant.baseline,
        seed: checked.seed,
        scenario_sha256: checked.sha256,
    };
    let name = document.value().get("name").and_then(|n| n.as_str()).unwrap_or("sweep").to_owned();
    Ok(PlannedScenario {
        name,
        replications,
        folder: reads.then(|| way(root, &loader.base)).transpose()?,
        allowed: allowed.collect::<Result<_, _>>()?,
        files,
        document: document.value().clone(),
        variants: variants.iter().zip(checked).map(planned).collect(),
    })
}

/// A variant of a document, checked and ready to run.
pub(super) fn compile(
    document: &Document,
    loader: &Loader,
    registry: &Registry,
    variant: &Variant,
) -> Result<Plan, CompareError> {
    let load = |error: LoadError| CompareError::Load { label: variant.label.clone(), error: Box::new(error) };
    let mut changed = document.clone();
    for setting in &variant.settings {
        changed.set(setting).map_err(|p| load(p.into()))?;
    }
    Plan::new(&changed, loader, registry).map_err(load)
}

/// All files that a plan was made from, by their path in the scenario, with their hashes.
pub(super) fn files_of(plan: &Plan, loader: &Loader) -> Result<Vec<(String, String)>, SweepError> {
    let mut files: Vec<(String, String)> = plan.traces.iter().map(|t| (t.path.clone(), t.sha256.clone())).collect();
    let nodes = plan.scenario.cluster.nodes_from.as_ref().map(|n| &n.path);
    let outages = plan.scenario.failures.as_ref().and_then(|f| match &f.trace {
        Some(OutageTrace::File(path)) => Some(path),
        _ => None,
    });
    for path in nodes.into_iter().chain(outages) {
        let file = loader.resolve(path).map_err(|why| SweepError::Input(format!("`{path}`: {why}")))?;
        let bytes = std::fs::read(&file).map_err(SweepError::io(&file))?;
        files.push((path.clone(), sha256(&bytes)));
    }
    Ok(files)
}
