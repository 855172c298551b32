//! `load.csv` and the tables of a load sweep.

use serde_json::{Value, json};

use crate::experiment::{Comparison, Judgement, LoadPoint};

use super::comparison::verdict_word;
use super::tables::{human, render};

/// Metrics with a table on the screen, and the words above it.
const SHOWN: [(&str, &str); 3] = [
    ("wait_s.mean", "mean wait"),
    ("response_s.mean", "mean response"),
    ("bounded_slowdown.mean", "mean bounded slowdown"),
];

/// Curves beside each other on the screen.
const MOST: usize = 6;

/// `load.csv`: a row per variant, load and metric. `variant` is the name without the load; `offered` is the offered
/// load of the variant at that load, empty where it is not defined.
///
/// # Errors
/// Never in practice: it writes to memory.
pub fn csv(comparison: &Comparison, points: &[LoadPoint]) -> Result<Vec<u8>, csv::Error> {
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(["variant", "load", "offered", "metric", "mean", "ci95_low", "ci95_high", "saturated"])?;
    let cell = |x: Option<f64>| x.map(|x| (x + 0.0).to_string()).unwrap_or_default();
    let metrics = comparison.metrics();
    for (variant, point) in comparison.variants.iter().zip(points) {
        for metric in &metrics {
            let Some((mean, interval)) = variant.mean(metric) else { continue };
            out.write_record([
                point.curve.clone(),
                point.load.to_string(),
                cell(point.offered),
                metric.clone(),
                cell(Some(mean)),
                cell(interval.map(|i| i.low())),
                cell(interval.map(|i| i.high())),
                point.saturated.to_string(),
            ])?;
        }
    }
    out.into_inner().map_err(|e| e.into_error().into())
}

/// The points as JSON.
pub fn to_json(comparison: &Comparison, points: &[LoadPoint]) -> Value {
    let one = |(i, p): (usize, &LoadPoint)| {
        let label = comparison.variants.get(i).map(|v| &v.label);
        json!({"variant": label, "curve": p.curve, "load": p.load, "offered": p.offered, "saturated": p.saturated})
    };
    points.iter().enumerate().map(one).collect()
}

/// A table per headline metric: a row per load, a column per curve.
pub fn tables(comparison: &Comparison, judgement: &Judgement, points: &[LoadPoint]) -> String {
    let mut curves: Vec<&str> = Vec::new();
    for point in points {
        if !curves.contains(&point.curve.as_str()) {
            curves.push(&point.curve);
        }
    }
    let mut loads: Vec<f64> = points.iter().map(|p| p.load).collect();
    loads.dedup();
    let mut text = String::new();
    for (metric, words) in SHOWN {
        let cell = |load: f64, curve: &str| -> String {
            let Some(i) = points.iter().position(|p| p.load == load && p.curve == curve) else { return String::new() };
            if points.get(i).is_some_and(|p| p.saturated) {
                return "saturated".to_owned();
            }
            let Some((mean, interval)) = comparison.variants.get(i).and_then(|v| v.mean(metric)) else {
                return "n/a".to_owned();
            };
            let spread = interval.map_or(String::new(), |i| format!(" ± {}", human(metric, i.half_width)));
            let verdict = judgement.of(i, metric).and_then(|j| j.verdict);
            let verdict = verdict.map_or(String::new(), |v| format!(", {}", verdict_word(metric, v)));
            format!("{}{spread}{verdict}", human(metric, mean))
        };
        let rows: Vec<Vec<String>> = loads
            .iter()
            .map(|load| {
                std::iter::once(load.to_string()).chain(curves.iter().take(MOST).map(|c| cell(*load, c))).collect()
            })
            .collect();
        let head: Vec<(&str, bool)> =
            std::iter::once(("load", true)).chain(curves.iter().take(MOST).map(|c| (*c, false))).collect();
        text += &format!("{words}\n{}\n", render(&head, &rows));
    }
    if curves.len() > MOST {
        text += &format!("The first {MOST} of {} variants; all of them stand in load.csv.\n", curves.len());
    }
    text += &reached(points);
    text
}

/// Loads that were missed by more than rounding: of a machine that has too few units, or of variants whose machines
/// or tasks differ from the baseline's.
fn reached(points: &[LoadPoint]) -> String {
    let missed = |p: &&LoadPoint| p.offered.is_some_and(|o| (o - p.load).abs() > 1e-6 * p.load);
    let one = |p: &LoadPoint| {
        let offered = p.offered.unwrap_or(p.load);
        format!("Load {} of {} is really {offered:.4}.\n", p.load, p.curve)
    };
    points.iter().filter(missed).map(one).collect()
}
