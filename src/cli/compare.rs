//! `compare`: variants side by side.

use crate::experiment::{
    Comparison, Judgement, RunOptions, TieRange, Variant, Variation, Work, choose_baseline, compare, plan_variants,
    runs, take_ties, variants, with_shuffled_ties,
};
use crate::json::{Document, did_you_mean, printable};
use crate::report::comparison::{csv, judge, to_json};
use crate::report::manifest::Manifest;
use crate::report::{tables, ties};
use crate::scenario::{Loader, Plan};

use super::Session;
use super::args::{Common, Compare, Pairing};
use super::expect::{check, check_words};
use super::failure::Failure;
use super::folder::Folder;
use super::output::{print, tell};
use super::plots::{self, Charts, Chosen};
use super::progress::Bar;
use super::report::with_results;
use super::run::{apply_flags, on_threads, warn};

pub(super) fn compare_command(session: &Session, args: &Compare) -> Result<(), Failure> {
    let (loader, document) = Loader::open(&args.scenario, &args.common.set, &args.common.allow_path)?;
    let common = Common { set: Vec::new(), ..args.common.clone() };
    let asked = Asked { vary: &args.vary, pairing: &args.pairing, expect: &args.expect, tie_sweep: args.tie_sweep };
    execute(session, document, &loader, &asked, &common)
}

/// What is to be compared.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    /// What varies.
    pub vary: &'a [Variation],
    /// With what.
    pub pairing: &'a Pairing,
    /// What must hold.
    pub expect: &'a [String],
    /// In how many ways ties are shuffled.
    pub tie_sweep: Option<u32>,
}

/// Compares the variants of a document and writes the results.
pub(super) fn execute(
    session: &Session,
    mut document: Document,
    loader: &Loader,
    asked: &Asked<'_>,
    common: &Common,
) -> Result<(), Failure> {
    apply_flags(&mut document, common)?;
    let mut chosen = chosen(asked)?;
    check_words(asked.expect, &chosen)?;
    let count = chosen.len();
    if let Some(shuffles) = asked.tie_sweep {
        chosen = with_shuffled_ties(&chosen, shuffles).map_err(|e| Failure::new(Failure::USAGE, e))?;
    }
    let plans = plan_variants(&document, loader, &session.registry, &chosen)?;
    let name = document.value().get("name").and_then(|n| n.as_str()).unwrap_or("comparison").to_owned();
    let looks = Chosen::read(common)?;
    let folder = Folder::prepare(common, &name)?;
    looks.keep(&folder, common)?;
    let sweep = asked.tie_sweep.map(|shuffles| (count, shuffles));
    let grid = Grid { name: &name, plans: &plans, chosen: &chosen, sweep, work: work(asked.pairing) };
    let result = folder.while_running(|| produce(session, &grid, &folder, common))?;
    check(asked.expect, &result)
}

/// The variants that were asked for, with their baseline.
fn chosen(asked: &Asked<'_>) -> Result<Vec<Variant>, Failure> {
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
    if let Some(label) = &asked.pairing.baseline {
        choose_baseline(&mut chosen, label).map_err(|labels| {
            let hint = did_you_mean(label, &labels).map(|h| format!("; {h}")).unwrap_or_default();
            let labels = labels.join("`, `");
            Failure::new(Failure::USAGE, format_args!("--baseline: found `{label}`, expected one of `{labels}`{hint}"))
        })?;
    }
    Ok(chosen)
}

const fn work(pairing: &Pairing) -> Work {
    if pairing.different_work { Work::MayDiffer } else { Work::Same }
}

/// What is to be run.
struct Grid<'a> {
    name: &'a str,
    plans: &'a [Plan],
    chosen: &'a [Variant],
    /// Variants that are not shuffled, and how often each of them is.
    sweep: Option<(usize, u32)>,
    work: Work,
}

/// Runs the variants and writes everything into the folder.
fn produce(session: &Session, grid: &Grid<'_>, folder: &Folder, common: &Common) -> Result<Comparison, Failure> {
    let Grid { name, plans, chosen, sweep, work } = *grid;
    tell_of(plans, common);
    let bar = Bar::new(name, runs(plans), common.quiet || common.json);
    let options = RunOptions {
        check: common.check,
        max_events: common.max_events.unwrap_or(u64::MAX),
        stop: session.stop.flag(),
        progress: &bar,
    };
    let started = std::time::Instant::now();
    let outcome = on_threads(common.jobs, || compare(plans, &session.registry, chosen, &options, work))?;
    bar.done();
    let mut result = outcome?;
    let tie_ranges = sweep.map(|(variants, shuffles)| take_ties(&mut result, variants, shuffles));
    let wall = started.elapsed().as_secs_f64();
    let judgement = judge(&result);
    if !common.summary_only {
        write_tables(folder, &result, &judgement)?;
    }
    if let Some(ranges) = &tie_ranges {
        folder.write("ties.csv", &ties::csv(ranges).map_err(|e| Failure::new(Failure::FILES, e))?)?;
    }
    let json = serde_json::to_string_pretty(&to_json(name, &result, &judgement)).unwrap_or_default() + "\n";
    folder.write("comparison.json", json.as_bytes())?;
    let manifest = Manifest::of_comparison(plans, chosen, &result, session.said.clone(), wall);
    if let Some(manifest) = manifest {
        folder.write("manifest.json", manifest.to_json().as_bytes())?;
    }
    let charts = plots::draw(folder, Charts::OfComparison, common)?;
    with_results(folder, common)?;
    if common.json {
        print(&json)?;
    } else if !common.quiet {
        let mut text = describe(name, &result, &judgement, tie_ranges.as_deref());
        text += &format!("\n{wall:.2} s; results in {}", folder.shown());
        if !charts.is_empty() {
            text += &format!(", {} charts in {}", charts.len(), folder.0.join("plots").display());
        }
        print(&(text + "\n"))?;
    }
    Ok(result)
}

/// The text on the screen after a comparison.
fn describe(name: &str, result: &Comparison, judgement: &Judgement, ranges: Option<&[TieRange]>) -> String {
    let runs = result.variants.iter().map(|v| v.replications.len()).max().unwrap_or(0);
    let mut text =
        format!("{}: {} variants, {runs} replications each\n\n", printable(name, 200), result.variants.len());
    text += &tables::comparison(result, judgement);
    if let Some(ranges) = ranges {
        text += &format!("\n{}", tables::ties(ranges));
    }
    if runs < 2 {
        text += "\nOne replication has no interval: add --replications 10 for a random workload.\n";
    }
    text
}

/// The tables of a comparison.
fn write_tables(folder: &Folder, result: &Comparison, judgement: &Judgement) -> Result<(), Failure> {
    let files = |e: ::csv::Error| Failure::new(Failure::FILES, e);
    folder.write("comparison.csv", &csv::comparison(result, judgement).map_err(files)?)?;
    folder.write("variants.csv", &csv::variants(result).map_err(files)?)?;
    folder.write("values.csv", &csv::values(result).map_err(files)?)?;
    folder.write("distributions.csv", &csv::distributions(result).map_err(files)?)
}

fn tell_of(plans: &[Plan], common: &Common) {
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
