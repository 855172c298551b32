//! `compare`: variants side by side.

use serde_json::Value;

use crate::experiment::{
    CompareError, Comparison, Judgement, Outputs, PrecisionError, RunOptions, Target, TieRange, Variant, Variation,
    Work, assemble, compare, group, plan_variants, replicate_until_precise, runs, take_ties, variants,
    with_shuffled_ties,
};
use crate::json::{Document, did_you_mean, printable};
use crate::report::comparison::{csv, judge, latex, markdown, to_json};
use crate::report::manifest::Manifest;
use crate::report::{tables, ties};
use crate::scenario::{Loader, Plan};

use super::Session;
use super::args::{Common, Compare, Load, Pairing, Precision};
use super::expect::{check, check_words};
use super::failure::Failure;
use super::folder::Folder;
use super::load;
use super::output::{print, tell};
use super::plots::{self, Charts, Chosen};
use super::progress::Bar;
use super::report::with_results;
use super::run::{apply_flags, on_threads, warn};
use super::select;
use super::statistics::{target, warm_up, warn_of_cap};

pub(super) fn compare_command(session: &Session, args: &Compare) -> Result<(), Failure> {
    let (loader, document) = Loader::open(&args.scenario, &args.common.set, &args.common.allow_path)?;
    execute_command(session, document, &loader, args)
}

/// Compares what the arguments ask for, of a document that is given.
pub(super) fn execute_command(
    session: &Session,
    document: Document,
    loader: &Loader,
    args: &Compare,
) -> Result<(), Failure> {
    let asked = Asked {
        vary: &args.vary,
        load: &args.load,
        pairing: &args.pairing,
        expect: &args.expect,
        tie_sweep: args.tie_sweep,
        precision: &args.precision,
    };
    if let Some(objective) = &args.selecting.select {
        return select::execute(session, document, loader, &asked, objective, &args.selecting, &args.common);
    }
    execute(session, document, loader, &asked, &args.common)
}

/// What is to be compared.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    /// What varies.
    pub vary: &'a [Variation],
    /// At which loads.
    pub load: &'a Load,
    /// With what.
    pub pairing: &'a Pairing,
    /// What must hold.
    pub expect: &'a [String],
    /// In how many ways ties are shuffled.
    pub tie_sweep: Option<u32>,
    /// How many replications, and from when on they count.
    pub precision: &'a Precision,
}

/// Compares the variants of a document and writes the results.
pub(super) fn execute(
    session: &Session,
    mut document: Document,
    loader: &Loader,
    asked: &Asked<'_>,
    common: &Common,
) -> Result<(), Failure> {
    let given = document.value().clone();
    apply_flags(&mut document, common)?;
    let mut chosen = load::cross(session, &document, loader, chosen(asked)?, asked.load)?;
    check_words(asked.expect, &chosen)?;
    let count = chosen.len();
    if let Some(shuffles) = asked.tie_sweep {
        chosen = with_shuffled_ties(&chosen, shuffles).map_err(|e| Failure::new(Failure::USAGE, e))?;
    }
    let mut plans = plan_variants(&document, loader, &session.registry, &chosen)?;
    let name = document.value().get("name").and_then(|n| n.as_str()).unwrap_or("comparison").to_owned();
    let looks = Chosen::read(common)?;
    let folder = Folder::prepare(common, &name)?;
    let sweep = asked.tie_sweep.map(|shuffles| (count, shuffles));
    let result = folder.while_running(|| {
        looks.keep(&folder, common)?;
        settle(session, &mut plans, asked, common)?;
        let (work, target) = (work(asked.pairing), target(asked.precision));
        let grid =
            Grid { name: &name, given: &given, plans: &plans, chosen: &chosen, sweep, work, target: target.as_ref() };
        produce(session, &grid, &folder, common)
    })?;
    check(asked.expect, &result)
}

/// The variants that were asked for, with their baseline.
pub(super) fn chosen(asked: &Asked<'_>) -> Result<Vec<Variant>, Failure> {
    if let Some(empty) = asked.vary.iter().find(|v| v.values.is_empty()) {
        return Err(Failure::new(Failure::USAGE, format_args!("--vary {}: no values", empty.path)));
    }
    let mut chosen = variants(asked.vary).map_err(|e| Failure::new(Failure::USAGE, e))?;
    if let [only] = chosen.as_mut_slice()
        && only.label.is_empty()
    {
        only.label = "as documented".to_owned();
    }
    if let Some(twin) = chosen.iter().enumerate().find(|(i, v)| chosen[..*i].iter().any(|w| w.label == v.label)) {
        return Err(Failure::new(Failure::USAGE, format_args!("--vary: two variants are called `{}`", twin.1.label)));
    }
    let paths: Vec<&str> = asked.vary.iter().map(|v| v.path.as_str()).collect();
    let within: Vec<&str> = asked.pairing.within.iter().map(String::as_str).collect();
    if let Some(unknown) = within.iter().find(|path| !paths.contains(path)) {
        return Err(no_such("--within", unknown, &paths));
    }
    let baseline = asked.pairing.baseline.as_deref();
    group(&mut chosen, &within, baseline)
        .map_err(|labels| no_such("--baseline", baseline.unwrap_or_default(), &labels))?;
    Ok(chosen)
}

fn no_such<S: AsRef<str>>(flag: &str, found: &str, known: &[S]) -> Failure {
    let hint = did_you_mean(found, known).map(|h| format!("; {h}")).unwrap_or_default();
    let known: Vec<String> = known.iter().map(|name| format!("`{}`", name.as_ref())).collect();
    let known = known.join(", ");
    Failure::new(Failure::USAGE, format_args!("{flag}: found `{found}`, expected one of {known}{hint}"))
}

pub(super) const fn work(pairing: &Pairing) -> Work {
    if pairing.different_work { Work::MayDiffer } else { Work::Same }
}

/// What is to be run.
struct Grid<'a> {
    name: &'a str,
    /// The document, before flags changed it.
    given: &'a Value,
    plans: &'a [Plan],
    chosen: &'a [Variant],
    /// Variants that are not shuffled, and how often each of them is.
    sweep: Option<(usize, u32)>,
    work: Work,
    /// What must be known how precisely.
    target: Option<&'a Target>,
}

/// Finds the warm-up, where that was asked for.
pub(super) fn settle(session: &Session, plans: &mut [Plan], asked: &Asked<'_>, common: &Common) -> Result<(), Failure> {
    let options = RunOptions {
        check: common.check,
        max_events: common.max_events.unwrap_or(u64::MAX),
        stop: session.stop.flag(),
        progress: &(),
    };
    on_threads(common.jobs, || warm_up(session, plans, asked.precision, &options, common.quiet))?.map(|_| ())
}

/// Runs the variants until their target is known precisely.
fn until_precise(
    session: &Session,
    grid: &Grid<'_>,
    target: &Target,
    options: &RunOptions<'_>,
    common: &Common,
) -> Result<Comparison, Failure> {
    let plans: Vec<&Plan> = grid.plans.iter().collect();
    // All of them, and there are to be no more than memory holds.
    let few = plans.len().saturating_mul(target.rule.cap as usize) <= 20_000;
    let outputs = vec![Outputs { distributions: few, ..Outputs::default() }; plans.len()];
    let run = || replicate_until_precise(&plans, &session.registry, &outputs, options, target);
    let (runs, reached) = on_threads(common.jobs, run)?.map_err(|error| match error {
        PrecisionError::Run { plan, error } => {
            let label = grid.chosen.get(plan).map(|v| v.label.clone()).unwrap_or_default();
            CompareError::Run { label, error: Box::new(error) }.into()
        }
        other => Failure::from(other),
    })?;
    if !common.quiet {
        warn_of_cap(target, &reached);
    }
    Ok(assemble(grid.chosen, runs, grid.work)?)
}

/// Runs the variants and writes everything into the folder.
fn produce(session: &Session, grid: &Grid<'_>, folder: &Folder, common: &Common) -> Result<Comparison, Failure> {
    let Grid { name, given, plans, chosen, sweep, work, target } = *grid;
    tell_of(plans, common);
    // Nobody knows how many runs precision takes.
    let quiet = common.quiet || common.json || target.is_some();
    let bar = Bar::new(name, runs(plans), quiet);
    let options = RunOptions {
        check: common.check,
        max_events: common.max_events.unwrap_or(u64::MAX),
        stop: session.stop.flag(),
        progress: &bar,
    };
    let started = std::time::Instant::now();
    let outcome = match target {
        Some(target) => until_precise(session, grid, target, &options, common),
        None => on_threads(common.jobs, || compare(plans, &session.registry, chosen, &options, work))?
            .map_err(Failure::from),
    };
    bar.done();
    let mut result = outcome?;
    let tie_ranges = sweep.map(|(variants, shuffles)| take_ties(&mut result, variants, shuffles));
    let wall = started.elapsed().as_secs_f64();
    let judgement = judge(&result);
    let loads = load::Sweep::new(&result, plans);
    if !common.summary_only {
        let seeds: Vec<u64> = plans.iter().map(|p| p.scenario.seed).collect();
        write_tables(folder, name, seeds, &result, &judgement)?;
        loads.write(folder, &result)?;
    }
    if let Some(ranges) = &tie_ranges {
        folder.write("ties.csv", &ties::csv(ranges).map_err(|e| Failure::new(Failure::FILES, e))?)?;
    }
    let mut json = to_json(name, &result, &judgement);
    loads.tell(&mut json, &result);
    let json = serde_json::to_string_pretty(&json).unwrap_or_default() + "\n";
    folder.write("comparison.json", json.as_bytes())?;
    let manifest = Manifest::of_comparison(plans, chosen, &result, session.said.clone(), wall);
    if let Some(manifest) = manifest.map(|m| m.of_document(given)) {
        folder.write("manifest.json", manifest.to_json().as_bytes())?;
    }
    let charts = plots::draw(folder, Charts::OfComparison, common)?;
    with_results(folder, common)?;
    if common.json {
        print(&json)?;
    } else if !common.quiet {
        let mut text = describe(name, &result, &judgement, &loads, tie_ranges.as_deref());
        text += &format!("\n{wall:.2} s; results in {}", folder.shown());
        if !charts.is_empty() {
            text += &format!(", {} charts in {}", charts.len(), folder.0.join("plots").display());
        }
        print(&(text + "\n"))?;
    }
    Ok(result)
}

/// The text on the screen after a comparison.
pub(super) fn describe(
    name: &str,
    result: &Comparison,
    judgement: &Judgement,
    loads: &load::Sweep,
    ranges: Option<&[TieRange]>,
) -> String {
    let runs = result.variants.iter().map(|v| v.replications.len()).max().unwrap_or(0);
    let mut text =
        format!("{}: {} variants, {runs} replications each\n\n", printable(name, 200), result.variants.len());
    text += &loads.tables(result, judgement).unwrap_or_else(|| tables::comparison(result, judgement));
    if let Some(ranges) = ranges {
        text += &format!("\n{}", tables::ties(ranges));
    }
    if runs < 2 {
        text += "\nOne replication has no interval: add --replications 10 for a random workload.\n";
    }
    text
}

/// The tables of a comparison.
pub(super) fn write_tables(
    folder: &Folder,
    name: &str,
    mut seeds: Vec<u64>,
    result: &Comparison,
    judgement: &Judgement,
) -> Result<(), Failure> {
    let files = |e: ::csv::Error| Failure::new(Failure::FILES, e);
    folder.write("comparison.csv", &csv::comparison(result, judgement).map_err(files)?)?;
    folder.write("variants.csv", &csv::variants(result).map_err(files)?)?;
    folder.write("values.csv", &csv::values(result).map_err(files)?)?;
    seeds.sort_unstable();
    seeds.dedup();
    folder.write("comparison.md", markdown(name, &seeds, result, judgement).as_bytes())?;
    folder.write("comparison.tex", latex(name, &seeds, result, judgement).as_bytes())?;
    // Cells of a sweep keep none.
    match csv::distributions(result).map_err(files)? {
        Some(curves) => folder.write("distributions.csv", &curves),
        None => Ok(()),
    }
}

pub(super) fn tell_of(plans: &[Plan], common: &Common) {
    if common.quiet {
        return;
    }
    if let Some(plan) = plans.first() {
        warn(plan);
        for trace in &plan.traces {
            tell(&format!("{}: {}", trace.path, trace.report));
        }
    }
}
