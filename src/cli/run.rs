//! `run`, `demo` and `validate`.

use std::time::Instant;

use serde_json::Value;

use crate::experiment::{Outputs, Reached, Replication, RunOptions, Target, replicate, replicate_until_precise};
use crate::json::{Document, Limits, Setting, printable};
use crate::report::manifest::Manifest;
use crate::report::policy::in_short as policy;
use crate::report::summary::Summary;
use crate::report::{tables, welch};
use crate::scenario::{LoadError, Loader, Plan};
use crate::units::SimTime;

use super::Session;
use super::args::{Common, Demo, Precision, Run, Validate};
use super::failure::Failure;
use super::folder::Folder;
use super::output::{print, tell};
use super::plots::{self, Charts, Chosen};
use super::progress::Bar;
use super::report::with_results;
use super::statistics::{precision_line, target, warm_up, warn_of_cap};

/// The demonstration's scenario.
const DEMO: &[u8] = include_bytes!("../../scenarios/demo.json");

pub(super) fn demo(session: &Session, args: &Demo) -> Result<(), Failure> {
    let document = Document::parse("scenarios/demo.json", DEMO, &Limits::default()).map_err(LoadError::from)?;
    execute(session, document, &Loader::default(), &args.common)
}

pub(super) fn run(session: &Session, args: &Run) -> Result<(), Failure> {
    let (loader, document) = Loader::open(&args.scenario, &args.common.set, &args.common.allow_path)?;
    let mut document = document;
    if let Some(batches) = args.batch_means {
        let setting = Setting::new("output.batches", batches.into()).map_err(|e| Failure::new(Failure::USAGE, e))?;
        document.set(&setting).map_err(LoadError::from)?;
    }
    execute_until(session, document, &loader, &args.precision, &Common { set: Vec::new(), ..args.common.clone() })
}

pub(super) fn validate(session: &Session, args: &Validate) -> Result<(), Failure> {
    let (loader, document) = Loader::open(&args.scenario, &args.set, &args.allow_path)?;
    let plan = Plan::new(&document, &loader, &session.registry)?;
    warn(&plan);
    let units = plan.cluster.units.len();
    let nodes = plan.cluster.nodes.len();
    let sources = plan.source_names.len();
    let load = plan.offered_load().map_or_else(|why| format!("not defined: {why}"), |load| load.to_string());
    print(&format!(
        "{}: valid: {units} units in {nodes} nodes, {sources} sources\noffered load: {load}\n",
        args.scenario.display()
    ))
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
pub(super) fn execute(session: &Session, document: Document, loader: &Loader, common: &Common) -> Result<(), Failure> {
    execute_until(session, document, loader, &Precision::default(), common)
}

/// As [`execute`], as often and from when `precision` says.
pub(super) fn execute_until(
    session: &Session,
    mut document: Document,
    loader: &Loader,
    precision: &Precision,
    common: &Common,
) -> Result<(), Failure> {
    let given = document.value().clone();
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
    folder.while_running(|| {
        chosen.keep(&folder, common)?;
        produce(session, (plan, &given), &folder, precision, common)
    })
}

/// Runs a plan, made of the document that was given, and writes everything into the folder.
fn produce(
    session: &Session,
    (plan, given): (Plan, &Value),
    folder: &Folder,
    precision: &Precision,
    common: &Common,
) -> Result<(), Failure> {
    let started = Instant::now();
    let target = target(precision);
    let most = target.as_ref().map_or(plan.scenario.replications, |t| t.rule.cap);
    let bar = Bar::new(&plan.scenario.name, most, common.quiet || common.json);
    let folder_of_tables = (!common.summary_only).then(|| folder.0.clone());
    let outputs = Outputs { folder: folder_of_tables, events: common.events, ..Outputs::default() };
    let options = session.options(common, &bar);
    let mut plans = [plan];
    let done = on_threads(common.jobs, || {
        let pilots = warm_up(session, &mut plans, precision, &options, common.quiet)?;
        let [plan] = &plans;
        let (results, reached) = run_plan(session, plan, &outputs, &options, target.as_ref())?;
        Ok::<_, Failure>((pilots, results, reached))
    })?;
    bar.done();
    let (pilots, results, reached) = done?;
    let [mut plan] = plans;
    // What ran is what the manifest has: with so many replications it can be repeated.
    plan.scenario.replications = u32::try_from(results.len()).unwrap_or(u32::MAX);
    let plan = &plan;
    if let Some(pilot) = pilots.as_ref().and_then(|w| w.deciding())
        && !common.summary_only
    {
        folder.write("warmup.csv", welch::csv(pilot).as_bytes())?;
    }
    if !common.quiet {
        warn_of_statistics(plan, &results, target.as_ref().zip(reached.as_ref()));
    }
    let warmup = SimTime::ZERO + plan.scenario.warmup.duration();
    if !common.quiet && results.iter().any(|r| r.end < warmup) {
        tell("warning: the run ended before the warm-up did, so there is nothing to measure");
    }
    let wall = started.elapsed().as_secs_f64();
    let summary = Summary::new(&plan.scenario.name, &results);
    folder.write("summary.json", summary.to_json().as_bytes())?;
    let manifest = Manifest::new(plan, &results, session.said.clone(), wall).of_document(given);
    folder.write("manifest.json", manifest.to_json().as_bytes())?;
    let charts = plots::draw(folder, Charts::OfRun, common)?;
    with_results(folder, common)?;
    if common.json {
        return print(&summary.to_json());
    }
    if common.quiet {
        return Ok(());
    }
    let asked = target.as_ref().zip(reached.as_ref()).map(|(t, r)| precision_line(t, r)).unwrap_or_default();
    print(&describe(plan, &results, &summary, folder, (&asked, charts.len(), wall)))
}

/// All replications of a plan, or as many as the target needs.
fn run_plan(
    session: &Session,
    plan: &Plan,
    outputs: &Outputs,
    options: &RunOptions<'_>,
    target: Option<&Target>,
) -> Result<(Vec<Replication>, Option<Reached>), Failure> {
    let Some(target) = target else {
        return Ok((replicate(plan, &session.registry, outputs, options)?, None));
    };
    let outputs = [outputs.clone()];
    let (all, reached) = replicate_until_precise(&[plan], &session.registry, &outputs, options, target)?;
    Ok((all.into_iter().flatten().collect(), Some(reached)))
}

/// What the intervals of a run should not be trusted for.
fn warn_of_statistics(plan: &Plan, results: &[Replication], precision: Option<(&Target, &Reached)>) {
    if let Some((target, reached)) = precision {
        warn_of_cap(target, reached);
    }
    let batched: Vec<_> = results.iter().flat_map(|r| &r.batches).collect();
    for found in batched.iter().filter(|b| b.found.is_dependent) {
        tell(&format!(
            "warning: the {} batches of {} tasks are too short: means of {} are dependent (lag-1 autocorrelation {:.2}), so its \
             interval is too narrow; run longer",
            found.batches, found.size, found.metric, found.found.lag1
        ));
    }
    if results.len() == 1 && plan.batches().is_some() && batched.is_empty() {
        tell("warning: fewer tasks than batches, so there are no intervals by batch means");
    }
    let is_drained = plan.scenario.stop.as_ref().is_some_and(|s| s.drain);
    let left: f64 = results.iter().filter_map(|r| r.metrics.get("tasks.censored")).sum();
    if is_drained && left > 0.0 {
        tell(&format!(
            "warning: {left} tasks of the window had not ended when the limit of the drain came; they are not measured"
        ));
    }
}

/// The text on the screen after a run.
fn describe(
    plan: &Plan,
    results: &[Replication],
    summary: &Summary,
    folder: &Folder,
    (asked, charts, wall): (&str, usize, f64),
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
    text += &format!("runs       {} with seed {}\n{asked}\n", results.len(), scenario.seed);
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
