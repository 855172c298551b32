//! `comparison.json`.

use serde_json::{Map, Value, json};

use crate::experiment::{Comparison, FAMILY_ERROR, Judged, Judgement};

use super::verdict_word;

/// Everything as JSON. A baseline has no differences; a metric outside the family of [`super::headlines`] has no
/// `p_holm` and no `verdict`.
pub fn to_json(scenario: &str, comparison: &Comparison, judgement: &Judgement) -> Value {
    let label = |index: usize| comparison.variants.get(index).map(|v| v.label.clone());
    let metrics = comparison.metrics();
    let entries = |index: usize| -> Map<String, Value> {
        let entry = |metric: &String| {
            let (variant, judged) = (comparison.variants.get(index)?, judgement.of(index, metric));
            let (mean, interval) = variant.mean(metric)?;
            let ends = interval.map(|i| [i.low(), i.high()]);
            let mut entry = json!({"mean": mean, "ci95": ends, "values": variant.values(metric)});
            if let Some(judged) = judged {
                entry["difference"] = difference(metric, judged);
            }
            Some((metric.clone(), entry))
        };
        metrics.iter().filter_map(entry).collect()
    };
    let variants: Vec<Value> = comparison
        .variants
        .iter()
        .enumerate()
        .map(|(i, v)| json!({"label": v.label, "baseline": label(v.baseline), "metrics": entries(i)}))
        .collect();
    json!({
        "scenario": scenario,
        "baseline": comparison.variants.first().and_then(|v| label(v.baseline)),
        "same_workload": comparison.same_workload,
        "paired": comparison.same_workload,
        "holm": {"family": judgement.family, "error": FAMILY_ERROR},
        "variants": variants,
    })
}

fn difference(metric: &str, judged: &Judged) -> Value {
    json!({
        "mean": judged.difference.mean,
        "ci95": judged.difference.interval().map(|i| [i.low(), i.high()]),
        "p_value": judged.p_value(),
        "p_holm": judged.p_holm,
        "verdict": judged.verdict.map(|v| verdict_word(metric, v)),
    })
}
