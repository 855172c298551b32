//! `compare --select`: the best of many variants.

use crate::experiment::{Objective, Procedure, SelectError, SelectGrid, Selection, plan_variants, select};
use crate::json::{Document, did_you_mean, printable};
use crate::report::manifest::Manifest;
use crate::report::{comparison, selection};
use crate::scenario::Loader;

use super::Session;
use super::args::{Common, Selecting};
use super::failure::Failure;
use super::folder::Folder;
use super::output::print;
use super::progress::Bar;
use super::run::{apply_flags, on_threads};
use super::variants::{Asked, chosen, settle, tell_of, work};

/// Selects among the variants of a document and writes the results.
pub(super) fn execute(
    session: &Session,
    mut document: Document,
    loader: &Loader,
    asked: &Asked<'_>,
    objective: &Objective,
    args: &Selecting,
    common: &Common,
) -> Result<(), Failure> {
    let given = document.value().clone();
    apply_flags(&mut document, common)?;
    let variants = chosen(asked)?;
    let procedure = procedure(args, asked, variants.len())?;
    let mut plans = plan_variants(&document, loader, &session.registry, &variants)?;
    let name = document.value().get("name").and_then(|n| n.as_str()).unwrap_or("selection").to_owned();
    let folder = Folder::prepare(common, &name)?;
    let found = folder.while_running(|| {
        tell_of(&plans, common);
        settle(session, &mut plans, asked, common)?;
        let bar = Bar::new(&name, most_runs(procedure, variants.len()), common.quiet || common.json);
        let options = session.options(common, &bar);
        let started = std::time::Instant::now();
        let grid =
            SelectGrid { plans: &plans, registry: &session.registry, variants: &variants, work: work(asked.pairing) };
        let run = || select(&grid, &options, objective, procedure, args.first_stage);
        let found = on_threads(common.jobs, run)?;
        bar.done();
        let found = found?;
        let wall = started.elapsed().as_secs_f64();
        if let Some(manifest) =
            Manifest::of_comparison(&plans, &variants, &found.comparison, session.said.clone(), wall)
        {
            folder.write("manifest.json", manifest.of_document(&given).to_json().as_bytes())?;
        }
        show(&name, &found, &folder, common, wall)?;
        Ok(found)
    })?;
    match found.chosen() {
        Some(_) => Ok(()),
        None => Err(Failure::new(Failure::CHECK, "no decision within --max-replications")),
    }
}

/// How the best is to be found.
fn procedure(args: &Selecting, asked: &Asked<'_>, variants: usize) -> Result<Procedure, Failure> {
    let Some(budget) = args.budget else {
        let most = asked.precision.max_replications.max(args.first_stage);
        let (indifference, confidence) = (args.indifference, args.confidence);
        return Ok(Procedure::Sequential { indifference, confidence, most });
    };
    let needed = u64::from(args.first_stage).saturating_mul(variants as u64);
    if u64::from(budget) < needed {
        let first = args.first_stage;
        let message = format_args!(
            "--budget: found {budget} replications, expected at least {needed}: {first} of each of {variants} variants to \
             begin with (--first-stage)"
        );
        return Err(Failure::new(Failure::USAGE, message));
    }
    Ok(Procedure::Budget(budget))
}

/// How many runs it takes at most.
fn most_runs(procedure: Procedure, variants: usize) -> u32 {
    match procedure {
        Procedure::Budget(budget) => budget,
        Procedure::Sequential { most, .. } => most.saturating_mul(u32::try_from(variants).unwrap_or(u32::MAX)),
    }
}

/// Writes the files and tells what was found.
fn show(name: &str, found: &Selection, folder: &Folder, common: &Common, wall: f64) -> Result<(), Failure> {
    let files = |e: csv::Error| Failure::new(Failure::FILES, e);
    if !common.summary_only {
        folder.write("selection.csv", &selection::csv(found).map_err(files)?)?;
        folder.write("variants.csv", &comparison::csv::variants(&found.comparison).map_err(files)?)?;
        folder.write("values.csv", &comparison::csv::values(&found.comparison).map_err(files)?)?;
    }
    let json = serde_json::to_string_pretty(&selection::to_json(name, found)).unwrap_or_default() + "\n";
    folder.write("selection.json", json.as_bytes())?;
    if common.json {
        return print(&json);
    }
    if common.quiet {
        return Ok(());
    }
    let head = format!("{}: the best of {} variants\n\n", printable(name, 200), found.comparison.variants.len());
    print(&format!("{head}{}\n{wall:.2} s; results in {}\n", selection::table(found), folder.shown()))
}

impl From<SelectError> for Failure {
    fn from(error: SelectError) -> Self {
        match error {
            SelectError::Compare(error) => error.into(),
            SelectError::NoMetric { label, replication, metric, known } => {
                let hint = did_you_mean(&metric, &known).map(|h| format!("; {h}")).unwrap_or_default();
                let place = format!("variant `{label}`, replication {replication}");
                Self::new(Self::USAGE, format_args!("--select: found no metric `{metric}` in {place}{hint}"))
            }
            SelectError::Indifference(_) => Self::new(Self::USAGE, format_args!("--indifference: {error}")),
        }
    }
}
