//! `comparison.csv` (tidy: a row per variant and metric) and `comparison.json`.

use serde_json::{Value, json};

use crate::experiment::Comparison;
use crate::stats::Verdict;

/// The CSV text.
///
/// # Errors
/// Never in practice: it writes to memory.
pub fn csv(comparison: &Comparison) -> Result<Vec<u8>, csv::Error> {
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
    ])?;
    let metrics = comparison.metrics();
    for (i, variant) in comparison.variants.iter().enumerate() {
        for metric in &metrics {
            let Some((mean, interval)) = variant.mean(metric) else { continue };
            let difference = if i == 0 { None } else { comparison.difference(i, metric) };
            let between = difference.as_ref().and_then(|d| d.interval);
            let cell = |x: Option<f64>| x.map(|x| (x + 0.0).to_string()).unwrap_or_default();
            out.write_record([
                variant.label.clone(),
                metric.clone(),
                variant.values(metric).len().to_string(),
                cell(Some(mean)),
                cell(interval.map(|i| i.low())),
                cell(interval.map(|i| i.high())),
                cell(difference.map(|d| d.mean)),
                cell(between.map(|i| i.low())),
                cell(between.map(|i| i.high())),
            ])?;
        }
    }
    out.into_inner().map_err(|e| e.into_error().into())
}

/// Everything as JSON.
pub fn to_json(scenario: &str, comparison: &Comparison) -> Value {
    let metrics = comparison.metrics();
    let variants: Vec<Value> = comparison
        .variants
        .iter()
        .enumerate()
        .map(|(i, variant)| {
            let entries: serde_json::Map<String, Value> = metrics
                .iter()
                .filter_map(|m| {
                    let (mean, interval) = variant.mean(m)?;
                    let mut entry = json!({
                        "mean": mean,
                        "ci95": interval.map(|i| [i.low(), i.high()]),
                        "values": variant.values(m),
                    });
                    if i > 0
                        && let Some(d) = comparison.difference(i, m)
                    {
                        let verdict = match (d.interval, d.verdict) {
                            (None, _) => Value::Null,
                            (Some(_), Verdict::Lower) => json!("lower"),
                            (Some(_), Verdict::Higher) => json!("higher"),
                            (Some(_), Verdict::NotShown) => json!("no difference shown"),
                        };
                        entry["difference"] = json!({
                            "mean": d.mean, "ci95": d.interval.map(|i| [i.low(), i.high()]), "verdict": verdict,
                        });
                    }
                    Some((m.clone(), entry))
                })
                .collect();
            json!({"label": variant.label, "metrics": entries})
        })
        .collect();
    json!({
        "scenario": scenario,
        "baseline": comparison.variants.first().map(|v| v.label.clone()),
        "same_workload": comparison.same_workload,
        "variants": variants,
    })
}
