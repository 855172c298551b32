//! The grid of variants and replications, run on all threads.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use rayon::prelude::*;

use crate::experiment::{Outputs, Progress, Replication, RunError, RunOptions, replicate_range};
use crate::json::Document;
use crate::policy::registry::Registry;
use crate::scenario::{LoadError, Loader, Plan};

use super::error::CompareError;
use super::result::{Comparison, VariantResult};
use super::variant::Variant;
use super::work::{Work, first_difference};

/// Checks every variant, before the first one runs.
///
/// # Errors
/// The first variant that is wrong.
pub fn plan_variants(
    document: &Document,
    loader: &Loader,
    registry: &Arc<Registry>,
    variants: &[Variant],
) -> Result<Vec<Plan>, CompareError> {
    let mut plans = Vec::new();
    for variant in variants {
        let load = |error: LoadError| CompareError::Load { label: variant.label.clone(), error: Box::new(error) };
        let mut changed = document.clone();
        for setting in &variant.settings {
            changed.set(setting).map_err(|p| load(p.into()))?;
        }
        plans.push(Plan::new(&changed, loader, registry).map_err(load)?);
    }
    Ok(plans)
}

/// How many runs a comparison is made of: the replications of all variants.
pub fn runs(plans: &[Plan]) -> u32 {
    plans.iter().fold(0, |sum, plan| sum.saturating_add(plan.scenario.replications))
}

/// Runs every variant with the same seeds, all runs side by side on the current thread pool.
///
/// Progress is told by run: the replications of all variants, numbered through. Where work must be the same, a difference
/// ends the comparison as soon as it is seen; which one is told does not depend on threads.
///
/// # Errors
/// The first run that fails, by replication and then in the order of variants; or variants that saw different work.
pub fn compare(
    plans: &[Plan],
    registry: &Arc<Registry>,
    variants: &[Variant],
    options: &RunOptions<'_>,
    work: Work,
) -> Result<Comparison, CompareError> {
    let cells = cells(plans);
    let seen = Seen::new(variants, work);
    let spread = replications_with_distributions(plans.len());
    let todo = Mutex::new(cells.iter().copied());
    // Runs are taken one by one in their order, so that what is wrong shows early and no thread is left with a long tail.
    let taken = std::iter::from_fn(|| todo.lock().ok()?.next()).enumerate().par_bridge();
    let mut done: Vec<(usize, Option<Result<Replication, RunError>>)> = taken
        .map(|(index, cell)| {
            let plan = plans.get(cell.variant).filter(|_| seen.wants(cell));
            let outputs = Outputs { distributions: cell.replication < spread, ..Outputs::default() };
            let outcome = plan.map(|plan| run_cell(plan, registry, &outputs, options, cell));
            seen.note(cell, outcome.as_ref());
            (index, outcome)
        })
        .collect();
    done.sort_by_key(|(index, _)| *index);
    collect(plans, variants, &cells, done.into_iter().map(|(_, outcome)| outcome), work)
}

/// How many replications of each variant keep their distributions: all, but for ten thousand runs at most, which are
/// some 70 MB.
fn replications_with_distributions(variants: usize) -> u32 {
    u32::try_from(10_000 / variants.max(1)).unwrap_or(u32::MAX).max(1)
}

/// One run of the grid.
#[derive(Clone, Copy, Debug)]
struct Cell {
    variant: usize,
    replication: u32,
    /// Number of the run for those who watch.
    number: u32,
}

/// All runs: first replication 0 of every variant, then the next.
fn cells(plans: &[Plan]) -> Vec<Cell> {
    let mut first = 0u32;
    let mut cells = Vec::new();
    for (variant, plan) in plans.iter().enumerate() {
        let count = plan.scenario.replications;
        let cell = |replication| Cell { variant, replication, number: first.saturating_add(replication) };
        cells.extend((0..count).map(cell));
        first = first.saturating_add(count);
    }
    cells.sort_by_key(|cell| (cell.replication, cell.variant));
    cells
}

/// Passes progress on under another number.
struct Numbered<'a> {
    inner: &'a dyn Progress,
    number: u32,
}

impl Progress for Numbered<'_> {
    fn at(&self, _: u32, fraction: f64) {
        self.inner.at(self.number, fraction);
    }
}

fn run_cell(
    plan: &Plan,
    registry: &Arc<Registry>,
    outputs: &Outputs,
    options: &RunOptions<'_>,
    cell: Cell,
) -> Result<Replication, RunError> {
    let progress = Numbered { inner: options.progress, number: cell.number };
    let options = RunOptions {
        check: options.check,
        max_events: options.max_events,
        stop: Arc::clone(&options.stop),
        progress: &progress,
    };
    let numbers = cell.replication..cell.replication.saturating_add(1);
    let mut runs = replicate_range(plan, registry, outputs, &options, numbers)?;
    runs.pop().ok_or_else(|| RunError::Policy("no replication was run".to_owned()))
}

/// What has been seen so far, to leave out runs whose results nobody would get.
///
/// A replication in which something is wrong ends the comparison, but only those after it are left out: so the first
/// wrong one is always run in full, whatever the threads do.
struct Seen<'a> {
    variants: &'a [Variant],
    work: Work,
    hashes: Mutex<Vec<Vec<u64>>>,
    wrong: AtomicU32,
}

impl<'a> Seen<'a> {
    fn new(variants: &'a [Variant], work: Work) -> Self {
        Self { variants, work, hashes: Mutex::new(Vec::new()), wrong: AtomicU32::new(u32::MAX) }
    }

    fn wants(&self, cell: Cell) -> bool {
        cell.replication <= self.wrong.load(Ordering::Relaxed)
    }

    fn note(&self, cell: Cell, outcome: Option<&Result<Replication, RunError>>) {
        let is_wrong = match outcome {
            None => false,
            Some(Err(_)) => true,
            Some(Ok(run)) => self.work == Work::Same && self.differs(cell, run.workload),
        };
        if is_wrong {
            self.wrong.fetch_min(cell.replication, Ordering::Relaxed);
        }
    }

    /// Whether another variant of the group had other work in this replication.
    fn differs(&self, cell: Cell, hash: u64) -> bool {
        let Some(group) = self.variants.get(cell.variant).map(|v| v.baseline) else { return false };
        let Ok(mut hashes) = self.hashes.lock() else { return false };
        let replication = cell.replication as usize;
        if hashes.len() <= replication {
            hashes.resize(replication + 1, Vec::new());
        }
        let Some(row) = hashes.get_mut(replication) else { return false };
        if row.is_empty() {
            // By baseline; 0 is as good as none: a missed difference is found in the end.
            row.resize(self.variants.len(), 0);
        }
        let Some(known) = row.get_mut(group) else { return false };
        if *known == 0 {
            *known = hash;
        }
        *known != hash
    }
}

/// Puts runs where they belong.
fn collect(
    plans: &[Plan],
    variants: &[Variant],
    cells: &[Cell],
    outcomes: impl Iterator<Item = Option<Result<Replication, RunError>>>,
    work: Work,
) -> Result<Comparison, CompareError> {
    let mut runs: Vec<Vec<Replication>> = plans.iter().map(|_| Vec::new()).collect();
    let most = plans.iter().map(|p| p.scenario.replications).max().unwrap_or(0);
    let mut failed = None;
    for (cell, outcome) in cells.iter().zip(outcomes) {
        match outcome {
            Some(Ok(run)) => {
                if let Some(of) = runs.get_mut(cell.variant) {
                    of.push(run);
                }
            }
            Some(Err(error)) => failed = failed.or(Some((*cell, error))),
            None => {}
        }
    }
    let before = failed.as_ref().map_or(most, |(cell, _)| cell.replication);
    let hash = |variant: usize, replication: u32| Some(runs.get(variant)?.get(replication as usize)?.workload);
    let different = first_difference(variants, before, hash);
    match (different, failed) {
        (Some(different), _) if work == Work::Same => Err(CompareError::DifferentWork(Box::new(different))),
        (_, Some((cell, error))) => {
            let label = variants.get(cell.variant).map(|v| v.label.clone()).unwrap_or_default();
            Err(CompareError::Run { label, error: Box::new(error) })
        }
        (different, None) => {
            let result = |(variant, replications): (&Variant, Vec<Replication>)| VariantResult {
                label: variant.label.clone(),
                factors: variant.factors.clone(),
                baseline: variant.baseline,
                replications,
            };
            let same_workload = different.is_none();
            Ok(Comparison { variants: variants.iter().zip(runs).map(result).collect(), same_workload })
        }
    }
}
