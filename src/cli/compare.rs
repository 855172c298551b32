//! `compare`: variants side by side.

use serde_json::Value;

use crate::experiment::{
    CompareError, Comparison, Judgement, Outputs, PrecisionError, RunOptions, Target, TieRange, Variant, Work,
    assemble, compare, plan_variants, replicate_until_precise, runs, take_ties, with_shuffled_ties,
};
use crate::json::{Document, printable};
use crate::report::comparison::{csv, judge, latex, markdown, to_json};
use crate::report::manifest::Manifest;
use crate::report::{tables, ties};
use crate::scenario::{Loader, Plan};

use super::Session;
use super::args::{Common, Compare};
use super::expect::{check, check_words};
use super::failure::Failure;
use super::folder::Folder;
use super::load;
use super::output::print;
use super::plots::{self, Charts, Chosen};
use super::progress::Bar;
use super::report::with_results;
use super::run::{apply_flags, on_threads};
use super::select;
use super::statistics::{target, warn_of_cap};
use super::variants::{Asked, chosen, settle, tell_of, work};

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
    let options = session.options(common, &bar);
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
