//! Running the cells of a plan, or of a part of it.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;
use serde_json::json;

use crate::experiment::{Outputs, Replication, RunError, RunOptions, replicate_range};
use crate::policy::registry::Registry;
use crate::sim::SimError;

use super::cell::{CellFile, Expected};
use super::jobs::{Job, Jobs};
use super::{CellState, PROGRAM, Store, SweepError, SweepPlan};

/// Every `of`-th cell, beginning with cell `index`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// Its number, from 0.
    pub index: u64,
    /// How many shards there are, at least 1.
    pub of: u64,
}

impl Shard {
    /// The whole plan.
    pub const ALL: Self = Self { index: 0, of: 1 };

    /// Whether a cell is in it.
    pub fn has(self, cell: u64) -> bool {
        cell % self.of.max(1) == self.index
    }
}

/// Told when a cell is over, done or failed.
pub trait SweepProgress: Sync {
    /// There are so many cells to run.
    fn begin(&self, cells: u64);
    /// One more is over.
    fn over(&self);
}

impl SweepProgress for () {
    fn begin(&self, _: u64) {}
    fn over(&self) {}
}

/// How to run.
pub struct SweepOptions<'a> {
    /// Which cells.
    pub shard: Shard,
    /// At most so many unfinished cells.
    pub limit: u64,
    /// Check invariants at every instant.
    pub check: bool,
    /// Most events of one cell.
    pub max_events: u64,
    /// Set from outside to stop early.
    pub stop: Arc<AtomicBool>,
    /// Who is told of progress.
    pub progress: &'a dyn SweepProgress,
}

/// A cell that brought nothing.
#[derive(Debug)]
pub struct CellFailure {
    /// Its number.
    pub cell: u64,
    /// Why.
    pub error: RunError,
}

/// What a run of a shard came to.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Cells of the shard.
    pub cells: u64,
    /// Cells that were finished before.
    pub before: u64,
    /// Cells that were finished now.
    pub now: u64,
    /// Cells that failed, in ascending order.
    pub failed: Vec<CellFailure>,
    /// Whether it was stopped before all cells were tried.
    pub stopped: bool,
}

/// Runs the unfinished cells of a shard on the current thread pool. A cell that fails is noted, and the others run.
///
/// # Errors
/// A file cannot be read or written, or a scenario is no longer what was planned. Finished cells stay.
pub fn run(
    store: &Store,
    plan: &SweepPlan,
    registry: &Arc<Registry>,
    options: &SweepOptions<'_>,
) -> Result<Outcome, SweepError> {
    let mut pending = unfinished(store, plan, options)?;
    let cells = (0..plan.cells).filter(|cell| options.shard.has(*cell)).count() as u64;
    let before = cells - pending.len() as u64;
    pending.truncate(usize::try_from(options.limit).unwrap_or(usize::MAX));
    let asked = pending.len() as u64;
    options.progress.begin(asked);
    let work = Work {
        store,
        plan,
        registry,
        options,
        jobs: Jobs::new(store.root(), plan, registry, pending),
        done: AtomicU64::new(0),
        halt: AtomicBool::new(false),
        failed: Mutex::default(),
        fatal: Mutex::default(),
    };
    rayon::broadcast(|_| work.until_none_is_left());
    let Work { done, failed, fatal, .. } = work;
    if let Some(error) = fatal.into_inner().unwrap_or_else(PoisonError::into_inner) {
        // The only holder by now, but for slots that die with the jobs.
        return Err(Arc::try_unwrap(error).unwrap_or_else(|shared| SweepError::Input(shared.to_string())));
    }
    let mut failed = failed.into_inner().unwrap_or_else(PoisonError::into_inner);
    failed.sort_by_key(|f| f.cell);
    let now = done.into_inner();
    Ok(Outcome { cells, before, now, stopped: now + (failed.len() as u64) < asked, failed })
}

/// Cells of a shard that have no whole file, in ascending order. Told to stop, it looks at no more of them.
fn unfinished(store: &Store, plan: &SweepPlan, options: &SweepOptions<'_>) -> Result<Vec<u64>, SweepError> {
    let cells: Vec<u64> = (0..plan.cells).filter(|cell| options.shard.has(*cell)).collect();
    let open = |cell: u64| {
        let is_done = !options.stop.load(Ordering::Relaxed) && matches!(state(store, plan, cell)?, CellState::Done(_));
        Ok((!is_done).then_some(cell))
    };
    let judged: Vec<_> = cells.into_par_iter().map(open).collect();
    judged.into_iter().filter_map(Result::transpose).collect()
}

/// What the file of a cell is worth.
pub(super) fn state(store: &Store, plan: &SweepPlan, cell: u64) -> Result<CellState, SweepError> {
    let bytes = store.read_cell(cell)?;
    let Some(expected) = expected(plan, cell) else { return Ok(CellState::Missing) };
    Ok(expected.judge(bytes.as_deref()))
}

fn expected(plan: &SweepPlan, cell: u64) -> Option<Expected<'_>> {
    let place = plan.place(cell)?;
    let scenario = &plan.variant(place)?.scenario_sha256;
    Some(Expected { cell, plan: &plan.plan_sha256, scenario, replication: place.replication })
}

/// What all threads share.
struct Work<'a> {
    store: &'a Store,
    plan: &'a SweepPlan,
    registry: &'a Arc<Registry>,
    options: &'a SweepOptions<'a>,
    jobs: Jobs<'a>,
    done: AtomicU64,
    halt: AtomicBool,
    failed: Mutex<Vec<CellFailure>>,
    fatal: Mutex<Option<Arc<SweepError>>>,
}

impl Work<'_> {
    fn until_none_is_left(&self) {
        while !self.options.stop.load(Ordering::Relaxed) && !self.halt.load(Ordering::Relaxed) {
            let Some(job) = self.jobs.next() else { return };
            if let Err(error) = self.one(&job) {
                self.fatal.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                self.halt.store(true, Ordering::Relaxed);
            }
        }
    }

    fn one(&self, job: &Job) -> Result<(), Arc<SweepError>> {
        let ready = self.jobs.ready(job)?;
        let options = RunOptions {
            check: self.options.check,
            max_events: self.options.max_events,
            stop: Arc::clone(&self.options.stop),
            progress: &(),
        };
        let number = job.place.replication;
        let ran = replicate_range(ready, self.registry, &Outputs::default(), &options, number..number + 1);
        match ran.map(|mut all| all.pop()) {
            Ok(Some(brought)) => self.keep(job, brought).map_err(Arc::new)?,
            // A range of one brings one.
            Ok(None) => {}
            // No failure of the cell: it was told to stop.
            Err(RunError::Simulation { error: SimError::Interrupted { .. }, .. }) => return Ok(()),
            Err(error) => self.complain(job, error).map_err(Arc::new)?,
        }
        self.options.progress.over();
        Ok(())
    }

    fn keep(&self, job: &Job, brought: Replication) -> Result<(), SweepError> {
        let Some(expected) = expected(self.plan, job.cell) else { return Ok(()) };
        self.store.write_cell(job.cell, &CellFile::new(&expected, PROGRAM, brought).encode())?;
        self.done.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    fn complain(&self, job: &Job, error: RunError) -> Result<(), SweepError> {
        let note = json!({"cell": job.cell, "plan_sha256": self.plan.plan_sha256, "program": PROGRAM,
            "error": error.to_string()});
        self.store.write_failure(job.cell, &format!("{note}\n"))?;
        self.failed.lock().unwrap_or_else(PoisonError::into_inner).push(CellFailure { cell: job.cell, error });
        Ok(())
    }
}
