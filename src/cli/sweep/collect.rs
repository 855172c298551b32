//! `sweep collect`.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::experiment::{Comparison, Replication, VariantResult};
use crate::report::comparison::{judge, to_json};
use crate::report::manifest::{Manifest, ReplicationEntry, VariantEntry};
use crate::report::plots::{PlotOptions, draw_comparison};
use crate::scenario::Plan;
use crate::sweep::{Gathered, PlannedScenario, PlannedVariant, Store, Survey, SweepPlan, first_variant};

use super::super::Session;
use super::super::args::{Common, SweepCollect};
use super::super::compare::{describe, write_tables};
use super::super::failure::Failure;
use super::super::folder::Folder;
use super::super::load;
use super::super::output::print;
use super::super::run::{on_threads, warn};
use super::{count, open, shown};

/// Holes that are named one by one.
const NAMED: usize = 5;

pub(super) fn collect(session: &Session, args: &SweepCollect) -> Result<(), Failure> {
    let (store, plan) = open(&args.dir)?;
    if args.json && plan.scenarios.len() != 1 {
        return Err(Failure::new(
            Failure::USAGE,
            "--json: the plan has several scenarios, each with a file of its own",
        ));
    }
    let survey = on_threads(args.jobs, || Survey::new(&store, &plan))??;
    refuse_holes(&plan, &survey, args)?;
    refuse_mixture(&plan, &survey, args)?;
    let out = args.out.clone().unwrap_or_else(|| args.dir.join("collected"));
    for scenario in 0..plan.scenarios.len() {
        let gathered = on_threads(args.jobs, || Gathered::read(&store, &plan, scenario))??;
        let part = Part { session, args, store: &store, plan: &plan, survey: &survey, scenario };
        part.write(gathered, &out)?;
    }
    let all = survey.tally(|_| true);
    if args.quiet || args.json {
        return Ok(());
    }
    print(&format!("{} of {} collected\n", all.done, count(all.cells, "cell")))
}

fn refuse_holes(plan: &SweepPlan, survey: &Survey, args: &SweepCollect) -> Result<(), Failure> {
    let holes = survey.unfinished();
    if holes.is_empty() || args.partial {
        return Ok(());
    }
    let all = survey.tally(|_| true);
    let mut message = format!("{} of {} done, {} not:\n", all.done, count(all.cells, "cell"), holes.len());
    for cell in holes.iter().take(NAMED) {
        message += &format!("  {}\n", plan.words(*cell));
    }
    if holes.len() > NAMED {
        message += &format!("  and {} more\n", holes.len() - NAMED);
    }
    message += &format!("run them with: xpusim sweep run {}; or leave them out with --partial", shown(&args.dir));
    Err(Failure::new(Failure::INPUT, message))
}

fn refuse_mixture(plan: &SweepPlan, survey: &Survey, args: &SweepCollect) -> Result<(), Failure> {
    let programs = survey.programs();
    let plain = programs.keys().all(|p| *p == plan.program);
    if plain || args.mixed {
        return Ok(());
    }
    let list: Vec<String> = programs.iter().map(|(p, n)| format!("{n} by {p}")).collect();
    let message = format!(
        "planned by {}, and the cells were run by other versions too: {}. Mix them with --mixed, or plan anew",
        plan.program,
        list.join(", ")
    );
    Err(Failure::new(Failure::INPUT, message))
}

/// One scenario on its way into its folder.
struct Part<'a> {
    session: &'a Session,
    args: &'a SweepCollect,
    store: &'a Store,
    plan: &'a SweepPlan,
    survey: &'a Survey,
    scenario: usize,
}

impl Part<'_> {
    fn write(&self, gathered: Gathered<'_>, out: &Path) -> Result<(), Failure> {
        let Some(planned) = self.plan.scenarios.get(self.scenario) else { return Ok(()) };
        let (done, of) = gathered.count();
        let shared = gathered.shared().len() as u64;
        if shared == 0 {
            let message =
                format!("`{}`: no replication is done in all variants, so nothing can be compared", planned.name);
            return Err(Failure::new(Failure::INPUT, message));
        }
        let several = self.plan.scenarios.len() > 1;
        let common = Common {
            out: Some(if several { out.join(self.slug()) } else { out.to_owned() }),
            force: self.args.force,
            ..Common::default()
        };
        let folder = Folder::prepare(&common, &planned.name)?;
        let state = json!({
            "plan_sha256": self.plan.plan_sha256, "cells": done, "of": of,
            "replications": shared, "of_replications": planned.replications, "programs": self.survey.programs(),
        });
        let is_whole = done == of;
        folder.while_running(|| {
            let cells = gathered.cells_csv().map_err(|e| Failure::new(Failure::FILES, e))?;
            folder.write("cells.csv", &cells)?;
            let numbers = gathered.shared();
            self.results(&folder, &gathered.into_comparison()?, &numbers, &state, is_whole)
        })
    }

    /// The name of a folder for this scenario: no two are equal, and none leaves its place.
    fn slug(&self) -> PathBuf {
        let name = self.plan.scenarios.get(self.scenario).map_or("", |s| s.name.as_str());
        let fit = |c: char| if c.is_alphanumeric() || matches!(c, '-' | '_') { c } else { '-' };
        let plain: String = name.chars().take(50).map(fit).collect();
        let plain = plain.trim_matches('-');
        let unique = if plain == name { plain.to_owned() } else { format!("{plain}-{}", self.scenario) };
        PathBuf::from(unique)
    }

    /// The manifest of the gathered cells: no process ran them all, so it has no times.
    fn manifest(
        &self,
        first: &Plan,
        planned: &PlannedScenario,
        result: &Comparison,
        numbers: &[u32],
        state: &Value,
    ) -> Value {
        let label = |index: usize| planned.variants.get(index).map(|v| v.label.clone());
        let variant = |(index, v): (usize, &PlannedVariant)| VariantEntry {
            variant: v.label.clone(),
            baseline: label(v.baseline).filter(|_| v.baseline != index),
            settings: v.settings.iter().cloned().collect(),
            scenario_sha256: v.scenario_sha256.clone(),
        };
        let runs = result.variants.iter().flat_map(|v| v.replications.iter().zip(numbers).map(move |run| (v, run)));
        let replication = |(v, (run, number)): (&VariantResult, (&Replication, &u32))| ReplicationEntry {
            variant: Some(v.label.clone()),
            replication: *number as usize,
            fingerprint: format!("{:016x}", run.fingerprint),
            workload_hash: format!("{:016x}", run.workload),
            events: run.events,
            end_s: run.end.as_secs_f64(),
        };
        let manifest = Manifest {
            variants: planned.variants.iter().enumerate().map(variant).collect(),
            replications: runs.map(replication).collect(),
            ..Manifest::new(first, &[], self.session.said.clone(), 0.0)
        };
        let mut manifest = serde_json::to_value(&manifest).unwrap_or_default();
        manifest["sweep"] = state.clone();
        for time in ["wall_s", "events_per_s", "peak_memory_bytes"] {
            if let Some(fields) = manifest.as_object_mut() {
                fields.remove(time);
            }
        }
        manifest
    }

    /// The files of `compare`.
    fn results(
        &self,
        folder: &Folder,
        result: &Comparison,
        numbers: &[u32],
        state: &Value,
        is_whole: bool,
    ) -> Result<(), Failure> {
        let args = self.args;
        let Some(planned) = self.plan.scenarios.get(self.scenario) else { return Ok(()) };
        let first = first_variant(self.store.root(), self.plan, self.scenario, &self.session.registry)?;
        if !args.quiet {
            warn(&first);
        }
        let judgement = judge(result);
        let seeds = planned.variants.iter().map(|v| v.seed).collect();
        write_tables(folder, &planned.name, seeds, result, &judgement)?;
        let mut value = to_json(&planned.name, result, &judgement);
        if !is_whole {
            value["partial"] = state.clone();
        }
        let json = serde_json::to_string_pretty(&value).unwrap_or_default() + "\n";
        folder.write("comparison.json", json.as_bytes())?;
        let manifest = self.manifest(&first, planned, result, numbers, state);
        folder.write("manifest.json", format!("{manifest:#}\n").as_bytes())?;
        // A chart cannot say that a part is missing.
        let charts = if args.no_plots || !is_whole {
            Vec::new()
        } else {
            draw_comparison(&folder.0, &PlotOptions { png: args.png })?
        };
        if args.json {
            return print(&json);
        }
        if args.quiet {
            return Ok(());
        }
        let mut text = describe(&planned.name, result, &judgement, &load::Sweep::default(), None);
        if !is_whole {
            text += &format!(
                "\nPARTIAL: {} of {} cells are done, {} of {} replications are done in all variants and compared; no charts.\n",
                state["cells"], state["of"], state["replications"], state["of_replications"]
            );
        }
        text += &format!("\nresults in {}", folder.shown());
        if !charts.is_empty() {
            text += &format!(", {} charts in {}", charts.len(), folder.0.join("plots").display());
        }
        print(&(text + "\n"))
    }
}
