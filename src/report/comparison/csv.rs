//! Tidy CSV files of a comparison.

use std::collections::BTreeMap;

use crate::experiment::{Comparison, Judgement, Replication};
use crate::sink::grid;

use super::verdict_word;

/// `comparison.csv`: a row per variant and metric. Columns about the difference are empty for a baseline, p-values
/// without a second replication, `p_holm` and `verdict` for metrics outside the family of [`super::headlines`].
///
/// # Errors
/// Never in practice: it writes to memory.
pub fn comparison(comparison: &Comparison, judgement: &Judgement) -> Result<Vec<u8>, csv::Error> {
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record([
        "variant",
        "metric",
        "replications",
        "mean",
        "ci95_low",
        "ci95_high",
        "difference",
        "difference_ci95_low",
        "difference_ci95_high",
        "p_value",
        "p_holm",
        "verdict",
    ])?;
    let metrics = comparison.metrics();
    for (i, variant) in comparison.variants.iter().enumerate() {
        for metric in &metrics {
            let Some((mean, interval)) = variant.mean(metric) else { continue };
            let judged = judgement.of(i, metric);
            let between = judged.and_then(|j| j.difference.interval());
            let verdict = judged.and_then(|j| j.verdict).map_or("", |v| verdict_word(metric, v));
            out.write_record([
                variant.label.clone(),
                metric.clone(),
                variant.values(metric).len().to_string(),
                cell(Some(mean)),
                cell(interval.map(|i| i.low())),
                cell(interval.map(|i| i.high())),
                cell(judged.map(|j| j.difference.mean)),
                cell(between.map(|i| i.low())),
                cell(between.map(|i| i.high())),
                cell(judged.and_then(|j| j.p_value())),
                cell(judged.and_then(|j| j.p_holm)),
                verdict.to_owned(),
            ])?;
        }
    }
    finish(out)
}

/// `variants.csv`: a row per variant and thing varied.
///
/// # Errors
/// As [`comparison`].
pub fn variants(comparison: &Comparison) -> Result<Vec<u8>, csv::Error> {
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(["variant", "factor", "value"])?;
    for variant in &comparison.variants {
        for factor in &variant.factors {
            out.write_record([&variant.label, &factor.name, &factor.value])?;
        }
    }
    finish(out)
}

/// `values.csv`: a row per variant, metric and replication that has it.
///
/// # Errors
/// As [`comparison`].
pub fn values(comparison: &Comparison) -> Result<Vec<u8>, csv::Error> {
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(["variant", "metric", "replication", "value"])?;
    let metrics = comparison.metrics();
    for variant in &comparison.variants {
        for metric in &metrics {
            for (number, run) in variant.replications.iter().enumerate() {
                let Some(value) = run.metrics.get(metric) else { continue };
                out.write_record([&variant.label, metric, &number.to_string(), &cell(Some(*value))])?;
            }
        }
    }
    finish(out)
}

/// `distributions.csv`: quantiles of each variant on the grid of [`grid`], each the mean over its replications.
///
/// # Errors
/// As [`comparison`].
pub fn distributions(comparison: &Comparison) -> Result<Vec<u8>, csv::Error> {
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(["variant", "metric", "q", "value"])?;
    let grid = grid();
    for variant in &comparison.variants {
        for (metric, means) in mean_quantiles(&variant.replications) {
            for (q, mean) in grid.iter().zip(means) {
                out.write_record([&variant.label, metric, &cell(Some(*q)), &cell(Some(mean))])?;
            }
        }
    }
    finish(out)
}

/// The mean of each quantile over the replications that have it.
fn mean_quantiles(replications: &[Replication]) -> BTreeMap<&'static str, Vec<f64>> {
    let mut sums: BTreeMap<&'static str, (usize, Vec<f64>)> = BTreeMap::new();
    for (metric, quantiles) in replications.iter().flat_map(|run| &run.distributions) {
        let (count, sum) = sums.entry(metric).or_insert_with(|| (0, vec![0.0; quantiles.len()]));
        *count += 1;
        for (sum, x) in sum.iter_mut().zip(quantiles) {
            *sum += x;
        }
    }
    let mean =
        |(metric, (count, sum)): (_, (usize, Vec<f64>))| (metric, sum.into_iter().map(|x| x / count as f64).collect());
    sums.into_iter().map(mean).collect()
}

/// Shortest text that reads back as the number; no negative zero.
fn cell(x: Option<f64>) -> String {
    x.map(|x| (x + 0.0).to_string()).unwrap_or_default()
}

fn finish(out: csv::Writer<Vec<u8>>) -> Result<Vec<u8>, csv::Error> {
    out.into_inner().map_err(|e| e.into_error().into())
}
