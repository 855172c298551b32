//! `sweep status`.

use serde_json::{Value, json};

use crate::report::tables::render;
use crate::sweep::{Survey, SweepPlan, Tally};

use super::super::args::SweepStatus;
use super::super::failure::Failure;
use super::super::output::print;
use super::super::run::on_threads;
use super::{count, open, shown};

/// Variants that a table on the screen has at most.
const ROWS: usize = 40;

pub(super) fn status(args: &SweepStatus) -> Result<(), Failure> {
    let (store, plan) = open(&args.dir)?;
    let survey = on_threads(args.jobs, || Survey::new(&store, &plan))??;
    let temporaries = store.temporaries()?.len();
    let open_shards = args.of.map(|of| survey.open_shards(of));
    if args.json {
        let all = json!({
            "plan_sha256": plan.plan_sha256,
            "cells": tally_json(&survey.tally(|_| true)),
            "programs": survey.programs(),
            "temporary_files": temporaries,
            "open_shards": open_shards,
            "variants": rows(&plan, &survey).iter().map(|r| {
                let mut row = tally_json(&r.tally);
                row["scenario"] = json!(r.scenario);
                row["variant"] = json!(r.label);
                row
            }).collect::<Vec<_>>(),
        });
        return print(&format!("{all:#}\n"));
    }
    let mut text = table(&plan, &survey);
    let all = survey.tally(|_| true);
    text += &format!("\n{} of {} done", all.done, count(all.cells, "cell"));
    for (n, what) in [(all.failed, "failed"), (all.damaged, "damaged"), (all.missing, "missing")] {
        if n > 0 {
            text += &format!(", {n} {what}");
        }
    }
    text += "\n";
    if let (Some(of), Some(open)) = (args.of, &open_shards) {
        let list: Vec<String> = open.iter().map(u64::to_string).collect();
        text += &match list.as_slice() {
            [] => format!("all {of} shards are finished\n"),
            list => format!("shards of {of} that are not finished: {}\n", list.join(",")),
        };
    }
    if temporaries > 0 {
        text += &format!("{}: of runs that write now, or were killed\n", count(temporaries as u64, "temporary file"));
    }
    let programs = survey.programs();
    if programs.len() > 1 || programs.keys().any(|p| *p != plan.program) {
        let list: Vec<String> = programs.iter().map(|(p, n)| format!("{n} by {p}")).collect();
        text += &format!("planned by {}, run: {}\n", plan.program, list.join(", "));
    }
    let dir = shown(&args.dir);
    text += &match all.is_whole() {
        true => format!("gather them: xpusim sweep collect {dir}\n"),
        false => format!("go on: xpusim sweep run {dir}\n"),
    };
    print(&text)
}

struct Row {
    scenario: String,
    label: String,
    tally: Tally,
}

fn rows(plan: &SweepPlan, survey: &Survey) -> Vec<Row> {
    let of = |(i, s): (usize, &crate::sweep::PlannedScenario)| -> Vec<Row> {
        let row = |(j, v): (usize, &crate::sweep::PlannedVariant)| Row {
            scenario: s.name.clone(),
            label: v.label.clone(),
            tally: survey.of_variant(plan, i, j),
        };
        s.variants.iter().enumerate().map(row).collect()
    };
    plan.scenarios.iter().enumerate().flat_map(of).collect()
}

fn table(plan: &SweepPlan, survey: &Survey) -> String {
    let mut rows = rows(plan, survey);
    let all = rows.len();
    if all > ROWS {
        rows.retain(|r| !r.tally.is_whole());
        rows.truncate(ROWS);
    }
    let head =
        [("scenario", false), ("variant", false), ("cells", true), ("done", true), ("failed", true), ("damaged", true)];
    let cells = |r: &Row| {
        let Tally { cells, done, failed, damaged, .. } = r.tally;
        let numbers = [cells, done, failed, damaged].map(|n| n.to_string());
        [r.scenario.clone(), r.label.clone()].into_iter().chain(numbers).collect::<Vec<_>>()
    };
    let text = render(&head, &rows.iter().map(cells).collect::<Vec<_>>());
    if rows.len() < all { format!("{text}… {} of {all} variants\n", rows.len()) } else { text }
}

fn tally_json(tally: &Tally) -> Value {
    let Tally { cells, done, failed, damaged, missing } = *tally;
    json!({"cells": cells, "done": done, "failed": failed, "damaged": damaged, "missing": missing})
}
