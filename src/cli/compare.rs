//! `compare`: variants side by side.

use crate::experiment::{
    Comparison, RunOptions, Variant, Variation, compare, plan_variants, take_ties, variants, with_shuffled_ties,
};
use crate::json::{Document, printable};
use crate::report::manifest::Manifest;
use crate::report::plots::{PlotOptions, draw_comparison};
use crate::report::{comparison, tables, ties};
use crate::scenario::{Loader, Plan};

use super::Session;
use super::args::{Common, Compare};
use super::expect::{check, check_words};
use super::failure::Failure;
use super::folder::Folder;
use super::output::{print, tell};
use super::progress::Bar;
use super::report::with_results;
use super::run::{apply_flags, on_threads, warn};

pub(super) fn compare_command(session: &Session, args: &Compare) -> Result<(), Failure> {
    let (loader, document) = Loader::open(&args.scenario, &args.common.set, &args.common.allow_path)?;
    let common = Common { set: Vec::new(), ..args.common.clone() };
    execute(
        session,
        document,
        &loader,
        &Asked { vary: &args.vary, expect: &args.expect, tie_sweep: args.tie_sweep },
        &common,
    )
}

/// What is to be compared.
#[derive(Clone, Copy, Default)]
pub(super) struct Asked<'a> {
    /// What varies.
    pub vary: &'a [Variation],
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
    let Asked { vary, expect, tie_sweep } = *asked;
    apply_flags(&mut document, common)?;
    if let Some(empty) = vary.iter().find(|v| v.values.is_empty()) {
        return Err(Failure::new(Failure::USAGE, format_args!("--vary {}: no values", empty.path)));
    }
    let mut chosen = variants(vary).map_err(|e| Failure::new(Failure::USAGE, e))?;
    if let [only] = chosen.as_mut_slice()
        && only.label.is_empty()
    {
        only.label = "as documented".to_owned();
    }
    if let Some(twin) = chosen.iter().enumerate().find(|(i, v)| chosen[..*i].iter().any(|w| w.label == v.label)) {
        return Err(Failure::new(Failure::USAGE, format_args!("--vary: two variants are called `{}`", twin.1.label)));
    }
    check_words(expect, &chosen)?;
    let count = chosen.len();
    if let Some(shuffles) = tie_sweep {
        chosen = with_shuffled_ties(&chosen, shuffles).map_err(|e| Failure::new(Failure::USAGE, e))?;
    }
    let plans = plan_variants(&document, loader, &session.registry, &chosen)?;
    let name = document.value().get("name").and_then(|n| n.as_str()).unwrap_or("comparison").to_owned();
    let folder = Folder::prepare(common, &name)?;
    let result = folder.while_running(|| {
        produce(session, &name, &plans, &chosen, &folder, tie_sweep.map(|shuffles| (count, shuffles)), common)
    })?;
    check(expect, &result)
}

/// Runs the variants and writes everything into the folder.
fn produce(
    session: &Session,
    name: &str,
    plans: &[Plan],
    chosen: &[Variant],
    folder: &Folder,
    sweep: Option<(usize, u32)>,
    common: &Common,
) -> Result<Comparison, Failure> {
    tell_of(plans, common);
    let replications = plans.iter().map(|p| p.scenario.replications).max().unwrap_or(1);
    let bar = Bar::new(name, replications, common.quiet || common.json);
    let options = RunOptions {
        check: common.check,
        max_events: common.max_events.unwrap_or(u64::MAX),
        stop: session.stop.flag(),
        progress: &bar,
    };
    let started = std::time::Instant::now();
    let outcome = on_threads(common.jobs, || compare(plans, &session.registry, chosen, &options))?;
    bar.done();
    let mut result = outcome?;
    let tie_ranges = sweep.map(|(variants, shuffles)| take_ties(&mut result, variants, shuffles));
    let wall = started.elapsed().as_secs_f64();
    if !result.same_workload && !common.quiet {
        tell("warning: the variants did not see the same tasks, so their differences are not paired by task");
    }
    let tidy = comparison::csv(&result).map_err(|e| Failure::new(Failure::FILES, e))?;
    if !common.summary_only {
        folder.write("comparison.csv", &tidy)?;
    }
    if let Some(ranges) = &tie_ranges {
        folder.write("ties.csv", &ties::csv(ranges).map_err(|e| Failure::new(Failure::FILES, e))?)?;
    }
    let json = serde_json::to_string_pretty(&comparison::to_json(name, &result)).unwrap_or_default() + "\n";
    folder.write("comparison.json", json.as_bytes())?;
    if let Some(plan) = plans.first() {
        let all: Vec<_> = result.variants.iter().flat_map(|v| v.replications.clone()).collect();
        let manifest = Manifest::new(plan, &all, session.said.clone(), wall);
        folder.write("manifest.json", manifest.to_json().as_bytes())?;
    }
    let charts = if common.no_plots || common.summary_only {
        Vec::new()
    } else {
        draw_comparison(&folder.0, &PlotOptions { png: common.png })?
    };
    with_results(folder, common)?;
    if common.json {
        print(&json)?;
    } else if !common.quiet {
        let runs = result.variants.first().map_or(0, |v| v.replications.len());
        let mut text =
            format!("{}: {} variants, {runs} replications each\n\n", printable(name, 200), result.variants.len());
        text += &tables::comparison(&result);
        if let Some(ranges) = &tie_ranges {
            text += &format!("\n{}", tables::ties(ranges));
        }
        if runs < 2 {
            text += "\nOne replication has no interval: add --replications 10 for a random workload.\n";
        }
        text += &format!("\n{wall:.2} s; results in {}", folder.shown());
        if !charts.is_empty() {
            text += &format!(", {} charts in {}", charts.len(), folder.0.join("plots").display());
        }
        print(&(text + "\n"))?;
    }
    Ok(result)
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
