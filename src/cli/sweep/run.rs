//! `sweep run`.

use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::sweep::{Outcome, Shard, Store, SweepOptions, SweepPlan, SweepProgress, run as run_cells};

use super::super::Session;
use super::super::args::SweepRun;
use super::super::failure::Failure;
use super::super::output::{print, tell};
use super::super::run::on_threads;
use super::super::signals::Stop;
use super::{count, open, shown};

/// Failed cells that are told one by one.
const TOLD: usize = 5;

/// How often is looked whether a signal came, and how often again before the process ends in the middle of cells.
const TICK: Duration = Duration::from_millis(100);
const PATIENCE: u32 = 15;

/// 128 + SIGTERM.
const TERMINATED: u8 = 143;

pub(super) fn run(session: &Session, args: &SweepRun) -> Result<(), Failure> {
    let shard = shard(args)?;
    let (store, plan) = open(&args.dir)?;
    refuse_other_version(&plan, args)?;
    let bar = Bar::new(args.quiet);
    let options = SweepOptions {
        shard,
        limit: args.limit.unwrap_or(u64::MAX),
        check: args.check,
        max_events: args.max_events.unwrap_or(u64::MAX),
        stop: session.stop.flag(),
        progress: &bar,
    };
    let started = Instant::now();
    let over = end_in_time(session, args, &store);
    let outcome = on_threads(args.jobs, || run_cells(&store, &plan, &session.registry, &options))?;
    over.store(true, Ordering::Relaxed);
    bar.0.finish_and_clear();
    let outcome = outcome?;
    let Outcome { cells, before, now, .. } = outcome;
    let of = args.of.map(|of| format!(" of shard {} of {of}", shard.index)).unwrap_or_default();
    let words = format!("{} of {}{of} done", before + now, count(cells, "cell"));
    if outcome.stopped {
        return Err(stopped(&session.stop, args, &words));
    }
    if !outcome.failed.is_empty() {
        return Err(failed(&plan, outcome, &words));
    }
    if args.quiet {
        return Ok(());
    }
    let wall = started.elapsed().as_secs_f64();
    print(&format!("{words}, {now} of them now in {wall:.2} s\n"))
}

fn shard(args: &SweepRun) -> Result<Shard, Failure> {
    let (Some(index), Some(of)) = (args.shard, args.of) else { return Ok(Shard::ALL) };
    if index >= of {
        let message = format!("--shard: found {index}, expected a number from 0 to {} for --of {of}", of - 1);
        return Err(Failure::new(Failure::USAGE, message));
    }
    Ok(Shard { index, of })
}

fn refuse_other_version(plan: &SweepPlan, args: &SweepRun) -> Result<(), Failure> {
    let mine = crate::sweep::PROGRAM;
    if plan.program == mine || args.mixed {
        return Ok(());
    }
    let message = format!(
        "{}: planned by {}, and this is {mine}: use that version, plan anew into another folder, or mix with --mixed",
        args.dir.display(),
        plan.program
    );
    Err(Failure::new(Failure::INPUT, message))
}

/// Ends the process where cells do not hear the signal in time: a long pass of a policy, a large log being read. The
/// flag tells that the run is over by itself.
fn end_in_time(session: &Session, args: &SweepRun, store: &Store) -> Arc<AtomicBool> {
    let over = Arc::new(AtomicBool::new(false));
    let (is_over, asked, stop) = (Arc::clone(&over), session.stop.flag(), session.stop.clone());
    let (store, args) = (store.clone(), args.clone());
    std::thread::spawn(move || {
        let mut left = PATIENCE;
        while left > 0 && !is_over.load(Ordering::Relaxed) {
            std::thread::sleep(TICK);
            left -= u32::from(asked.load(Ordering::Relaxed));
        }
        let _quiet = store.quiet();
        if !is_over.load(Ordering::Relaxed) {
            let Failure { code, message } = stopped(&stop, &args, "in the middle of cells");
            tell(&message);
            std::process::exit(code.into());
        }
    });
    over
}

/// Told to stop: whole cells stay. A shard that gets SIGTERM asks to be brought back.
fn stopped(stop: &Stop, args: &SweepRun, words: &str) -> Failure {
    let again = args.shard.is_some() && stop.code() == Some(TERMINATED);
    let shard = match (args.shard, args.of) {
        (Some(index), Some(of)) => format!(" --shard {index} --of {of}"),
        _ => String::new(),
    };
    let message = format!("stopped: {words}; resume with: xpusim sweep run {}{shard}", shown(&args.dir));
    let code = if again { Failure::AGAIN } else { stop.code().unwrap_or(Failure::STUCK) };
    Failure { code, message }
}

/// Some cells failed: the exit code is that of the first.
fn failed(plan: &SweepPlan, outcome: Outcome, words: &str) -> Failure {
    let n = outcome.failed.len();
    let mut code = None;
    for (i, failure) in outcome.failed.into_iter().enumerate() {
        let cell = plan.words(failure.cell);
        let failure = Failure::from(failure.error);
        if i < TOLD {
            tell(&format!("{cell}: {}", failure.message));
        }
        code.get_or_insert(failure.code);
    }
    let rest = if n > TOLD { format!(" ({} more than are told here)", n - TOLD) } else { String::new() };
    let message = format!("{words}, {} failed{rest}: they are tried again by the next run", count(n as u64, "cell"));
    Failure::new(code.unwrap_or(Failure::STUCK), message)
}

/// Cells that are over, where stderr is a terminal.
struct Bar(ProgressBar);

impl Bar {
    fn new(quiet: bool) -> Self {
        let shown = !quiet && std::io::stderr().is_terminal();
        let target = if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(None, target);
        if let Ok(style) = ProgressStyle::with_template("cells [{bar:30}] {pos} of {len}, {eta} left") {
            bar.set_style(style.progress_chars("=> "));
        }
        Self(bar)
    }
}

impl SweepProgress for Bar {
    fn begin(&self, cells: u64) {
        self.0.set_length(cells);
    }

    fn over(&self) {
        self.0.inc(1);
    }
}
