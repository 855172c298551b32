//! Cells handed out one after the other, and each variant made ready once for all threads.

use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::json::Document;
use crate::policy::registry::Registry;
use crate::scenario::{Loader, Plan};

use super::hash::scenario_sha256;
use super::make::{compile, files_of};
use super::{Place, PlannedScenario, SweepError, SweepPlan};

/// A variant that is made ready by the first thread that needs it, while the others wait.
type Slot = Arc<OnceLock<Result<Plan, Arc<SweepError>>>>;

/// A cell to run.
pub(super) struct Job {
    pub cell: u64,
    pub place: Place,
    slot: Slot,
}

/// Unfinished cells in ascending order.
pub(super) struct Jobs<'a> {
    plan: &'a SweepPlan,
    registry: &'a Registry,
    /// By scenario: where its files are, and the document that variants change.
    sources: Vec<(Loader, Document)>,
    queue: Mutex<Queue>,
}

struct Queue {
    cells: std::vec::IntoIter<u64>,
    /// The variant of the last cell handed out. Earlier ones are never asked for again: they live as long as some
    /// thread runs a cell of theirs.
    current: Option<((usize, usize), Slot)>,
}

impl<'a> Jobs<'a> {
    pub(super) fn new(root: &Path, plan: &'a SweepPlan, registry: &'a Registry, cells: Vec<u64>) -> Self {
        let source = |s: &PlannedScenario| (loader(root, s), Document::from_value(s.document.clone()));
        let queue = Queue { cells: cells.into_iter(), current: None };
        Self { plan, registry, sources: plan.scenarios.iter().map(source).collect(), queue: Mutex::new(queue) }
    }

    /// The next cell, if there is one left.
    pub(super) fn next(&self) -> Option<Job> {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        let cell = queue.cells.next()?;
        let place = self.plan.place(cell)?;
        let key = (place.scenario, place.variant);
        let slot = match &queue.current {
            Some((at, slot)) if *at == key => Arc::clone(slot),
            _ => {
                let fresh = Slot::default();
                queue.current = Some((key, Arc::clone(&fresh)));
                fresh
            }
        };
        Some(Job { cell, place, slot })
    }

    /// The variant of a job, ready to run.
    pub(super) fn ready<'j>(&self, job: &'j Job) -> Result<&'j Plan, Arc<SweepError>> {
        let made = job.slot.get_or_init(|| self.make(job.place).map_err(Arc::new));
        made.as_ref().map_err(Arc::clone)
    }

    /// Makes a variant ready and holds it to what was planned.
    fn make(&self, place: Place) -> Result<Plan, SweepError> {
        let (loader, document) = self.sources.get(place.scenario).ok_or_else(no_variant)?;
        let scenario = self.plan.scenarios.get(place.scenario).ok_or_else(no_variant)?;
        ready(scenario, place.variant, loader, document, self.registry)
    }
}

/// The baseline of a scenario, ready to run.
///
/// # Errors
/// It is no longer what was planned, or a file cannot be read.
pub fn first_variant(root: &Path, plan: &SweepPlan, scenario: usize, registry: &Registry) -> Result<Plan, SweepError> {
    let scenario = plan.scenarios.get(scenario).ok_or_else(no_variant)?;
    ready(scenario, 0, &loader(root, scenario), &Document::from_value(scenario.document.clone()), registry)
}

fn no_variant() -> SweepError {
    SweepError::Input("sweep.json: the plan has no such variant".into())
}

/// Where the files of a planned scenario are.
fn loader(root: &Path, scenario: &PlannedScenario) -> Loader {
    let base = scenario.folder.as_ref().map_or_else(|| root.to_owned(), |folder| root.join(folder));
    Loader { base, allowed: scenario.allowed.iter().map(|folder| root.join(folder)).collect() }
}

/// A variant as it was planned, or what has changed since.
fn ready(
    scenario: &PlannedScenario,
    variant: usize,
    loader: &Loader,
    document: &Document,
    registry: &Registry,
) -> Result<Plan, SweepError> {
    let planned = scenario.variants.get(variant).ok_or_else(no_variant)?;
    let variant = planned.variant().map_err(|e| SweepError::Input(format!("sweep.json: {e}")))?;
    let plan = compile(document, loader, registry, &variant)?;
    let label = &variant.label;
    if scenario_sha256(&plan.scenario) != planned.scenario_sha256 {
        return Err(SweepError::Input(format!(
            "variant `{label}` of `{}` is not what was planned: this program fills in other defaults",
            scenario.name
        )));
    }
    for (path, hash) in files_of(&plan, loader)? {
        if scenario.files.get(&path) != Some(&hash) {
            return Err(SweepError::Input(format!(
                "`{path}` of `{}` has changed since the plan was made (SHA-256 {hash}): bring the old file back, or plan anew into another folder",
                scenario.name
            )));
        }
    }
    Ok(plan)
}
