//! Replications of one scenario, in threads. The result does not depend on how many there are.

use std::io;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;

use crate::engine::Outcome;
use crate::model::world::World;
use crate::policy::registry::Registry;
use crate::record::{Observer, Record};
use crate::scenario::{Plan, Stop};
use crate::sim::{Counts, SimError, Simulation};
use crate::sink::{
    Batched, BatchedTasks, Distributions, EventsCsv, Fold, Growth, IntervalsCsv, Measured, Metrics, Names, OutputFile,
    Packing, Sampling, TasksCsv, Timeline, write_residency, write_units,
};
use crate::units::SimTime;

/// Where replication 0 writes its tables.
#[derive(Clone, Debug, Default)]
pub struct Outputs {
    /// The results folder; `None` writes nothing.
    pub folder: Option<PathBuf>,
    /// Also `events.csv`.
    pub events: bool,
    /// Also the distributions of every replication, which are otherwise left empty.
    pub distributions: bool,
}

/// Told how far each replication has come, in [0, 1].
pub trait Progress: Sync {
    /// Replication `number` has come to `fraction`.
    fn at(&self, number: u32, fraction: f64);
}

impl Progress for () {
    fn at(&self, _: u32, _: f64) {}
}

/// How to run.
pub struct RunOptions<'a> {
    /// Check invariants at every instant.
    pub check: bool,
    /// Most events of one replication.
    pub max_events: u64,
    /// Set from outside to stop early.
    pub stop: Arc<AtomicBool>,
    /// Who is told of progress.
    pub progress: &'a dyn Progress,
}

/// What one replication brought.
#[derive(Clone, Debug, PartialEq)]
pub struct Replication {
    /// Its metrics.
    pub metrics: Metrics,
    /// Hash of all that happened.
    pub fingerprint: u64,
    /// Hash of the tasks that came.
    pub workload: u64,
    /// Events handled.
    pub events: u64,
    /// Virtual time at its end.
    pub end: SimTime,
    /// Tasks by fate.
    pub counts: Counts,
    /// Tasks that waits and responses are over.
    pub measured: u64,
    /// Batch means, where they were asked for of this replication alone; else empty.
    pub batches: Vec<Batched>,
    /// Whole distributions, where [`Outputs::distributions`] asked for them.
    pub distributions: Distributions,
}

/// Why a replication brought nothing.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The simulation stopped.
    #[error("replication {replication}: {error}")]
    Simulation {
        /// Which one.
        replication: u32,
        /// Why.
        error: SimError,
    },
    /// A table could not be written.
    #[error("{file}: {error}")]
    Io {
        /// Which file.
        file: String,
        /// Why.
        error: io::Error,
    },
    /// A bug: a panic of the simulator or of a policy.
    #[error("replication {replication} panicked (seed {seed}): {message}; please report this")]
    Panic {
        /// Which one.
        replication: u32,
        /// The scenario's seed.
        seed: u64,
        /// What it said.
        message: String,
    },
    /// A policy could not be made.
    #[error("policy: {0}")]
    Policy(String),
}

/// Observers: of all replications, then those of replication 0.
type Sinks = ((Fold, Asked), Tables);
type Asked = (Option<Packing>, (Option<BatchedTasks>, Option<Growth>));
type Tables = (Option<TasksCsv>, (Option<IntervalsCsv>, (Option<EventsCsv>, Option<Timeline>)));

/// Runs all replications of a plan on the current thread pool.
///
/// # Errors
/// The first replication, in their order, that failed.
pub fn replicate(
    plan: &Plan,
    registry: &Arc<Registry>,
    outputs: &Outputs,
    options: &RunOptions<'_>,
) -> Result<Vec<Replication>, RunError> {
    replicate_range(plan, registry, outputs, options, 0..plan.scenario.replications)
}

/// Runs the replications with the numbers of a range; a number names the same run in whatever range it stands.
///
/// # Errors
/// As [`replicate`].
pub fn replicate_range(
    plan: &Plan,
    registry: &Arc<Registry>,
    outputs: &Outputs,
    options: &RunOptions<'_>,
    numbers: Range<u32>,
) -> Result<Vec<Replication>, RunError> {
    let one = |number: u32| guarded(plan, number, || run_one(plan, registry, outputs, options, number));
    // One at a time: a thread that is done must find something to take over.
    let results: Vec<_> = numbers.into_par_iter().with_max_len(1).map(one).collect();
    results.into_iter().collect()
}

/// Runs one replication with an observer of one's own, and nothing else.
///
/// # Errors
/// The run failed.
pub(super) fn observe<O: Observer>(
    plan: &Plan,
    registry: &Arc<Registry>,
    options: &RunOptions<'_>,
    number: u32,
    observer: impl FnOnce(&World) -> O,
) -> Result<(Simulation<O>, Outcome), RunError> {
    guarded(plan, number, || {
        let mut simulation = prepare(plan, registry, options, number, observer)?;
        let outcome = drive(plan, options, number, &mut simulation)?;
        Ok((simulation, outcome))
    })
}

/// A panic of one replication is its error.
fn guarded<T>(plan: &Plan, number: u32, work: impl FnOnce() -> Result<T, RunError>) -> Result<T, RunError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let message = panic
            .downcast_ref::<String>()
            .cloned()
            .or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string))
            .unwrap_or_default();
        Err(RunError::Panic { replication: number, seed: plan.scenario.seed, message })
    })
}

fn prepare<O: Observer>(
    plan: &Plan,
    registry: &Arc<Registry>,
    options: &RunOptions<'_>,
    number: u32,
    observer: impl FnOnce(&World) -> O,
) -> Result<Simulation<O>, RunError> {
    let arms = {
        let registry = Arc::clone(registry);
        Box::new(move |name: &str| registry.scheduler(&serde_json::json!(name)).ok())
    };
    plan.simulation(registry, arms, number, options.check, options.max_events, observer)
        .map_err(|e| RunError::Policy(e.to_string()))
}

/// Runs to the end and tells of progress.
fn drive<O: Observer>(
    plan: &Plan,
    options: &RunOptions<'_>,
    number: u32,
    simulation: &mut Simulation<O>,
) -> Result<Outcome, RunError> {
    let expected_events = plan.task_count().map(|n| n.saturating_mul(2).max(1));
    let horizon = plan.scenario.stop.as_ref().map(|s| s.time.get());
    let mut pulse = |now: SimTime, events: u64| {
        let by_time = horizon.map(|h| now.as_secs_f64() / h);
        let by_events = expected_events.map(|n| events as f64 / n as f64);
        let fraction = by_time.into_iter().chain(by_events).fold(0.0, f64::max);
        options.progress.at(number, fraction.min(1.0));
        !options.stop.load(Ordering::Relaxed)
    };
    let outcome = simulation.run(&mut pulse);
    options.progress.at(number, 1.0);
    outcome.map_err(|error| RunError::Simulation { replication: number, error })
}

fn run_one(
    plan: &Plan,
    registry: &Arc<Registry>,
    outputs: &Outputs,
    options: &RunOptions<'_>,
    number: u32,
) -> Result<Replication, RunError> {
    let folder = outputs.folder.as_ref().filter(|_| number == 0);
    let window_end = plan.scenario.stop.as_ref().and_then(Stop::window_end);
    let mut io_error = None;
    let mut simulation: Simulation<Sinks> = prepare(plan, registry, options, number, |world| {
        let batches = plan.batches().map(|wanted| BatchedTasks::new(Measured::new(window_end), wanted));
        let growth = plan.scenario.output.growth.then(Growth::new);
        let asked = (plan.packing().then(|| Packing::new(world)), (batches, growth));
        let measures = (Fold::draining(window_end), asked);
        let Some(folder) = folder else { return (measures, Tables::default()) };
        let names = Names::new(world, plan.source_names.clone());
        let mut open = |file: &str, error: io::Error| {
            io_error.get_or_insert(RunError::Io { file: folder.join(file).display().to_string(), error });
        };
        let intervals = IntervalsCsv::new(&folder.join("intervals.csv"), names.clone());
        let tasks = TasksCsv::create(&folder.join("tasks.csv"), names).map_err(|e| open("tasks.csv", e)).ok();
        let events = outputs.events.then(|| EventsCsv::create(&folder.join("events.csv")));
        let events = events.and_then(|made| made.map_err(|e| open("events.csv", e)).ok());
        let interval = plan.scenario.output.interval;
        let sampling = interval.map_or(Sampling::OnChange, |i| Sampling::Every(i.duration()));
        (measures, (tasks, (Some(intervals), (events, Some(Timeline::new(world, sampling))))))
    })?;
    if let Some(error) = io_error {
        return Err(error);
    }
    let outcome = drive(plan, options, number, &mut simulation)?;
    let Simulation { world, observer, counts, .. } = simulation;
    let ((mut fold, (packing, (batches, growth))), (tasks, (intervals, (events, timeline)))) = observer;
    // Statistics that never began are of nothing, not of the warm-up.
    let is_warm = outcome.end >= SimTime::ZERO + plan.scenario.warmup.duration();
    if !is_warm {
        fold.on(outcome.end, &Record::WarmedUp);
        fold.quiet(outcome.end, &world);
    }
    let (fingerprint, workload, measured) = (fold.fingerprint(), fold.workload_hash(), fold.measured());
    let distributions = if outputs.distributions { fold.distributions() } else { Distributions::new() };
    let mut metrics = fold.finish(outcome.end, &world, counts);
    if let Some(growth) = growth {
        growth.finish(&mut metrics);
    }
    let packed = packing.map(|p| p.finish(&mut metrics));
    if let Some(folder) = folder {
        let io = |file: &str, done: io::Result<()>| {
            done.map_err(|error| RunError::Io { file: folder.join(file).display().to_string(), error })
        };
        io("tasks.csv", tasks.map_or(Ok(()), TasksCsv::finish))?;
        io("intervals.csv", intervals.map_or(Ok(()), |rows| rows.finish(outcome.end, &world)))?;
        io("events.csv", events.map_or(Ok(()), EventsCsv::finish))?;
        let rows = timeline.map(|line| line.into_csv(&world)).unwrap_or_default();
        io("timeline.csv", OutputFile::write(&folder.join("timeline.csv"), &rows))?;
        if let Some(rows) = packed {
            io("packing.csv", OutputFile::write(&folder.join("packing.csv"), &rows))?;
        }
        if let Some(rows) = write_residency(&world) {
            io("residency.csv", OutputFile::write(&folder.join("residency.csv"), &rows))?;
        }
        io("units.csv", OutputFile::write(&folder.join("units.csv"), &write_units(&world)))?;
    }
    Ok(Replication {
        metrics,
        fingerprint,
        workload,
        events: outcome.events,
        end: outcome.end,
        counts,
        measured,
        batches: batches.filter(|_| is_warm).map(BatchedTasks::finish).unwrap_or_default(),
        distributions,
    })
}
