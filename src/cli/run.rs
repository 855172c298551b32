//! `run`, `demo` and `validate`.

use std::time::Instant;

use crate::experiment::{Outputs, Replication, RunOptions, replicate};
use crate::json::{Document, Limits, Setting, printable};
use crate::report::manifest::Manifest;
use crate::report::policy::in_short as policy;
use crate::report::summary::Summary;
use crate::report::tables;
use crate::scenario::{LoadError, Loader, Plan};
use crate::units::SimTime;

use super::Session;
use super::args::{Common, Demo, Run, Validate};
use super::failure::Failure;
use super::folder::Folder;
use super::output::{print, tell};
use super::plots::{self, Charts, Chosen};
use super::progress::Bar;
use super::report::with_results;

/// The demonstration's scenario.
const DEMO: &[u8] = include_bytes!("../../scenarios/demo.json");

pub(super) fn demo(session: &Session, args: &Demo) -> Result<(), Failure> {
    let document = Document::parse("scenarios/demo.json", DEMO, &Limits::default()).map_err(LoadError::from)?;
    execute(session, document, &Loader::default(), &args.common)
}

pub(super) fn run(session: &Session, args: &Run) -> Result<(), Failure> {
    let (loader, document) = Loader::open(&args.scenario, &args.common.set, &args.common.allow_path)?;
    execute(session, document, &loader, &Common { set: Vec::new(), ..args.common.clone() })
}

pub(super) fn validate(session: &Session, args: &Validate) -> Result<(), Failure> {
    let (loader, document) = Loader::open(&args.scenario, &args.set, &args.allow_path)?;
    let plan = Plan::new(&document, &loader, &session.registry)?;
    warn(&plan);
    let units = plan.cluster.units.len();
    let nodes = plan.cluster.nodes.len();
    let sources = plan.source_names.len();
    print(&format!("{}: valid: {units} units in {nodes} nodes, {sources} sources\n", args.scenario.display()))
}

/// Applies the flags that stand for settings.
pub(super) fn apply_flags(document: &mut Document, common: &Common) -> Result<(), Failure> {
    let seed = common.seed.map(|n| ("seed", n));
    let replications = common.replications.map(|n| ("replications", u64::from(n)));
    let ties = common.shuffle_ties.map(|n| ("policies.shuffle_ties", n));
    let numbers = [seed, replications, ties].into_iter().flatten();
    let named = numbers.map(|(path, n)| Setting::new(path, n.into()).map_err(|e| Failure::new(Failure::USAGE, e)));
    let named: Vec<Setting> = named.collect::<Result<_, _>>()?;
    for setting in common.set.iter().chain(&named) {
        document.set(setting).map_err(LoadError::from)?;
    }
    Ok(())
}

/// Warnings go to stderr.
pub(super) fn warn(plan: &Plan) {
    for warning in &plan.warnings {
        tell(&format!("warning: {warning}"));
    }
}

/// Runs `work` on the threads that were asked for.
pub(super) fn on_threads<T: Send>(jobs: Option<u32>, work: impl FnOnce() -> T + Send) -> Result<T, Failure> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(jobs.unwrap_or(0) as usize).build();
    Ok(pool.map_err(|e| Failure::new(Failure::FILES, format_args!("threads: {e}")))?.install(work))
}

/// Simulates a document and writes its results.
pub(super) fn execute(
    session: &Session,
    mut document: Document,
    loader: &Loader,
    common: &Common,
) -> Result<(), Failure> {
    apply_flags(&mut document, common)?;
    let plan = Plan::new(&document, loader, &session.registry)?;
    if !common.quiet {
        warn(&plan);
        for trace in &plan.traces {
            tell(&format!("{}: {}", trace.path, trace.report));
        }
    }
    let chosen = Chosen::read(common)?;
    let folder = Folder::prepare(common, &plan.scenario.name)?;
    chosen.keep(&folder, common)?;
    folder.while_running(|| produce(session, &plan, &folder, common))
}

/// Runs a plan and writes everything into the folder.
fn produce(session: &Session, plan: &Plan, folder: &Folder, common: &Common) -> Result<(), Failure> {
    let started = Instant::now();
    let bar = Bar::new(&plan.scenario.name, plan.scenario.replications, common.quiet || common.json);
    let folder_of_tables = (!common.summary_only).then(|| folder.0.clone());
    let outputs = Outputs { folder: folder_of_tables, events: common.events, ..Outputs::default() };
    let options = RunOptions {
        check: common.check,
        max_events: common.max_events.unwrap_or(u64::MAX),
        stop: session.stop.flag(),
        progress: &bar,
    };
    let results = on_threads(common.jobs, || replicate(plan, &session.registry, &outputs, &options))?;
    bar.done();
    let results = results?;
    let warmup = SimTime::ZERO + plan.scenario.warmup.duration();
    if !common.quiet && results.iter().any(|r| r.end < warmup) {
        tell("warning: the run ended before the warm-up did, so there is nothing to measure");
    }
    let wall = started.elapsed().as_secs_f64();
    let summary = Summary::new(&plan.scenario.name, &results);
    folder.write("summary.json", summary.to_json().as_bytes())?;
    let manifest = Manifest::new(plan, &results, session.said.clone(), wall);
    folder.write("manifest.json", manifest.to_json().as_bytes())?;
    let charts = plots::draw(folder, Charts::OfRun, common)?;
    with_results(folder, common)?;
    if common.json {
        return print(&summary.to_json());
    }
    if common.quiet {
        return Ok(());
    }
    print(&describe(plan, &results, &summary, folder, charts.len(), wall))
}

/// The text on the screen after a run.
fn describe(
    plan: &Plan,
    results: &[Replication],
    summary: &Summary,
    folder: &Folder,
    charts: usize,
    wall: f64,
) -> String {
    let scenario = &plan.scenario;
    let policies = &scenario.policies;
    let events: u64 = results.iter().map(|r| r.events).sum();
    let mut text = printable(&scenario.name, 200);
    if !scenario.description.is_empty() {
        text += &format!(": {}", printable(&scenario.description, 2000));
    }
    let kinds: Vec<String> = plan.cluster.kinds().iter().map(|k| format!("{} {k}", plan.cluster.count(*k))).collect();
    text += &format!("\n\nunits      {} in {} nodes\n", kinds.join(", "), plan.cluster.nodes.len());
    text += &format!(
        "policies   scheduler {}, memory {}, power {}, sleep {}, cloud {}, adaptive {}\n",
        policy(&policies.scheduler),
        policy(&policies.memory),
        policy(&policies.power),
        policy(&policies.sleep),
        policy(&policies.cloud),
        policy(&policies.adaptive)
    );
    text += &format!("runs       {} with seed {}\n\n", results.len(), scenario.seed);
    text += &tables::summary(summary);
    if results.iter().all(|r| r.measured == 0) {
        text += "\nNo task started and ended after the warm-up: there are no waits to report.\n";
    }
    text += &format!("\n{events} events in {wall:.2} s; results in {}", folder.shown());
    if charts > 0 {
        text += &format!(", {charts} charts in {}", folder.0.join("plots").display());
    }
    text + "\n"
}
