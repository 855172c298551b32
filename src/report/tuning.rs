//! `tuning.csv` (a row per evaluation), `tuning_model.csv` (what a Gaussian process knows) and `tuning.json`.

use serde_json::{Value, json};

use crate::json::printable;
use crate::stats::{Interval, mean_interval};
use crate::tune::{Evaluation, Measured, Method, Tuning};

use super::tables::{human, render};

/// Half the width of a band that holds 95 % of a normal distribution, in standard deviations.
const BAND: f64 = 1.959_964;

/// A parameter's value as a cell.
fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn cell(x: Option<f64>) -> String {
    x.map(|x| (x + 0.0).to_string()).unwrap_or_default()
}

/// The table of all evaluations. `best` is the best mean so far.
///
/// # Errors
/// Never in practice: it writes to memory.
pub fn csv(tuning: &Tuning) -> Result<Vec<u8>, csv::Error> {
    let mut out = csv::Writer::from_writer(Vec::new());
    let fixed = ["evaluation", "candidate", "stage", "metric", "replications", "mean", "ci95_low", "ci95_high"];
    let paths = tuning.space.parameters.iter().map(|p| p.path.as_str());
    out.write_record(fixed.into_iter().chain(["best", "failure"]).chain(paths))?;
    let best = tuning.trail.best_so_far();
    for (i, (evaluation, best)) in tuning.trail.evaluations.iter().zip(best).enumerate() {
        let interval = evaluation.interval();
        let mut row = vec![
            i.to_string(),
            evaluation.candidate.to_string(),
            evaluation.stage.to_string(),
            tuning.asked.objective.clone(),
            evaluation.replications().to_string(),
            cell(evaluation.mean()),
            cell(interval.map(|i| i.low())),
            cell(interval.map(|i| i.high())),
            cell(best),
            evaluation.outcome.as_ref().err().cloned().unwrap_or_default(),
        ];
        row.extend(tuning.trail.candidates.get(evaluation.candidate).iter().flat_map(|c| c.values.iter().map(text)));
        out.write_record(row)?;
    }
    out.into_inner().map_err(|e| e.into_error().into())
}

/// The curve of a single parameter: value, mean, and a band of 95 % for the mean of a candidate. `None` without one.
///
/// # Errors
/// Never in practice: it writes to memory.
pub fn model_csv(tuning: &Tuning) -> Result<Option<Vec<u8>>, csv::Error> {
    let Some(curve) = &tuning.curve else { return Ok(None) };
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(["value", "mean", "low", "high"])?;
    for &(value, mean, sd) in &curve.points {
        out.write_record([value, mean, mean - BAND * sd, mean + BAND * sd].map(|x| cell(Some(x))))?;
    }
    out.into_inner().map(Some).map_err(|e| e.into_error().into())
}

fn ends(interval: Option<Interval>) -> Value {
    interval.map_or(Value::Null, |i| json!([i.low(), i.high()]))
}

fn measured(values: &Measured) -> Value {
    match values {
        Ok(values) => {
            let mean = values.iter().sum::<f64>() / values.len().max(1) as f64;
            json!({"mean": mean, "ci95": ends(mean_interval(values, 0.95)), "values": values})
        }
        Err(why) => json!({"failure": why}),
    }
}

/// Everything as JSON.
pub fn to_json(scenario: &str, tuning: &Tuning) -> Value {
    let asked = &tuning.asked;
    let by_path = |values: &[Value]| -> Value {
        let pairs = tuning.space.parameters.iter().zip(values);
        Value::Object(pairs.map(|(p, v)| (p.path.clone(), v.clone())).collect())
    };
    let domains: serde_json::Map<String, Value> =
        tuning.space.parameters.iter().map(|p| (p.path.clone(), json!(p.to_string()))).collect();
    let rungs: Vec<Value> =
        tuning.rungs.iter().map(|r| json!({"candidates": r.candidates, "replications": r.replications})).collect();
    let windows: Vec<Value> = tuning
        .windows
        .iter()
        .map(|w| json!({"source": w.source, "jobs_searched": w.searched, "jobs_held_out": w.held_out}))
        .collect();
    let verdict = &tuning.verdict;
    let found = tuning.trail.evaluations.iter().rev().find(|e| e.candidate == tuning.winner);
    json!({
        "scenario": scenario,
        "objective": asked.objective,
        "direction": tuning.direction.name(),
        "method": asked.method.name(),
        "seed": tuning.seed,
        "parameters": domains,
        "search": {
            "budget": asked.budget,
            "candidates": tuning.trail.candidates.len(),
            "evaluations": tuning.trail.evaluations.len(),
            "replications": [0, tuning.trail.replications],
            "rungs": rungs,
        },
        "winner": {
            "candidate": tuning.winner,
            "values": tuning.best().map(|c| by_path(&c.values)),
            "in_search": found.map(|e| measured(&e.outcome)),
        },
        "final": {
            "replications": [verdict.replications.start, verdict.replications.end],
            "winner": measured(&verdict.winner),
            "baseline": measured(&verdict.baseline),
            "difference": {
                "mean": verdict.difference(),
                "ci95": ends(verdict.interval()),
                "verdict": verdict.answer(tuning.direction).name(),
            },
            "same_workload": verdict.same_workload,
        },
        "holdout": if windows.is_empty() { Value::Null } else { json!({"share": asked.holdout, "sources": windows}) },
        "warnings": tuning.warnings,
    })
}

/// The best candidates and the final answer, for a terminal.
pub fn table(tuning: &Tuning, most: usize) -> String {
    let metric = tuning.asked.objective.as_str();
    let ranking = tuning.trail.ranking(tuning.asked.method == Method::Halving);
    let row = |e: &&Evaluation| {
        let mean = e.mean().map_or("failed".to_owned(), |m| human(metric, m));
        let spread = e.interval().map_or(String::new(), |i| format!("± {}", human(metric, i.half_width)));
        let values = tuning.trail.candidates.get(e.candidate).map(|c| c.values.as_slice()).unwrap_or_default();
        let values = values.iter().map(|v| printable(&text(v), 40));
        [e.candidate.to_string()]
            .into_iter()
            .chain(values)
            .chain([mean, spread, e.replications().to_string()])
            .collect()
    };
    let rows: Vec<Vec<String>> = ranking.iter().take(most).map(row).collect();
    let paths = tuning.space.parameters.iter().map(|p| (p.path.as_str(), true));
    let mut head = vec![("candidate", true)];
    head.extend(paths);
    head.extend([(metric, true), ("95 % interval", false), ("runs", true)]);
    render(&head, &rows)
}

/// The final comparison in a sentence or two.
pub fn answer(tuning: &Tuning) -> String {
    let metric = tuning.asked.objective.as_str();
    let verdict = &tuning.verdict;
    let mean = |m: &Measured| match m {
        Ok(values) if !values.is_empty() => human(metric, values.iter().sum::<f64>() / values.len() as f64),
        _ => "not measured".to_owned(),
    };
    let held = if tuning.windows.is_empty() { "" } else { " of the jobs held out" };
    let count = verdict.replications.len();
    let on = match (tuning.redraws, count) {
        (true, 1) => format!("1 fresh replication{held}"),
        (true, n) => format!("{n} fresh replications{held}"),
        (false, _) if held.is_empty() => "the same jobs".to_owned(),
        (false, _) => "the jobs held out".to_owned(),
    };
    let mut text =
        format!("On {on}: {metric} {} with the winner, {} as it was", mean(&verdict.winner), mean(&verdict.baseline));
    if let Some(difference) = verdict.difference() {
        let sign = if difference < 0.0 { "-" } else { "+" };
        text += &format!("\ndifference {sign}{}", human(metric, difference.abs()));
        if let Some(interval) = verdict.interval() {
            text += &format!(" ± {}", human(metric, interval.half_width));
        }
    }
    text + &format!(": {}\n", verdict.answer(tuning.direction).name())
}
