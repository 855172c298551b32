//! `selection.csv`, `selection.json` and the table of a selection.

use serde_json::{Value, json};

use crate::experiment::{Fate, Procedure, Selection};

use super::tables::{human, render};

/// The CSV text: `variant,metric,replications,mean,ci95_low,ci95_high,outcome,dropped_at`, a row per variant. The
/// outcome is `chosen`, `dropped`, `not chosen` or `undecided`.
///
/// # Errors
/// Never in practice: it writes to memory.
pub fn csv(selection: &Selection) -> Result<Vec<u8>, csv::Error> {
    let mut out = csv::Writer::from_writer(Vec::new());
    let head = ["variant", "metric", "replications", "mean", "ci95_low", "ci95_high", "outcome", "dropped_at"];
    out.write_record(head)?;
    let cell = |x: Option<f64>| x.map(|x| (x + 0.0).to_string()).unwrap_or_default();
    for (variant, fate) in selection.comparison.variants.iter().zip(&selection.fates) {
        let mean = variant.mean(&selection.objective.metric);
        let interval = mean.and_then(|(_, interval)| interval);
        out.write_record([
            variant.label.clone(),
            selection.objective.metric.clone(),
            variant.replications.len().to_string(),
            cell(mean.map(|(mean, _)| mean)),
            cell(interval.map(|i| i.low())),
            cell(interval.map(|i| i.high())),
            outcome(*fate).to_owned(),
            dropped_at(*fate).map(|at| at.to_string()).unwrap_or_default(),
        ])?;
    }
    out.into_inner().map_err(|e| e.into_error().into())
}

/// Everything as JSON.
pub fn to_json(scenario: &str, selection: &Selection) -> Value {
    let metric = &selection.objective.metric;
    let variant = |(variant, fate): (&crate::experiment::VariantResult, &Fate)| {
        let mean = variant.mean(metric);
        json!({
            "label": variant.label,
            "replications": variant.replications.len(),
            "mean": mean.map(|(mean, _)| mean),
            "ci95": mean.and_then(|(_, i)| i).map(|i| [i.low(), i.high()]),
            "values": variant.values(metric),
            "outcome": outcome(*fate),
            "dropped_at": dropped_at(*fate),
        })
    };
    let variants: Vec<Value> = selection.comparison.variants.iter().zip(&selection.fates).map(variant).collect();
    let (procedure, confidence, budget) = match selection.procedure {
        Procedure::Sequential { confidence, .. } => ("KN", Some(confidence), None),
        Procedure::Budget(budget) => ("OCBA", None, Some(budget)),
    };
    json!({
        "scenario": scenario,
        "metric": metric,
        "best_is": if selection.objective.largest { "highest" } else { "lowest" },
        "procedure": procedure,
        "confidence": confidence,
        "indifference": selection.indifference,
        "budget": budget,
        "probability": selection.probability,
        "same_workload": selection.comparison.same_workload,
        "chosen": chosen(selection),
        "variants": variants,
    })
}

/// A row per variant, and what was found in a sentence.
pub fn table(selection: &Selection) -> String {
    let metric = &selection.objective.metric;
    let row = |(variant, fate): (&crate::experiment::VariantResult, &Fate)| {
        let mean = variant.mean(metric);
        let half = mean.and_then(|(_, i)| i).map(|i| format!("± {}", human(metric, i.half_width)));
        let words = match fate {
            Fate::Dropped(at) => format!("dropped after {at}"),
            other => outcome(*other).to_owned(),
        };
        let mean = mean.map_or("n/a".to_owned(), |(mean, _)| human(metric, mean));
        vec![variant.label.clone(), variant.replications.len().to_string(), mean, half.unwrap_or_default(), words]
    };
    let rows: Vec<Vec<String>> = selection.comparison.variants.iter().zip(&selection.fates).map(row).collect();
    let head =
        [("variant", false), ("replications", true), (metric.as_str(), true), ("95 % interval", false), ("", false)];
    format!("{}\n{}\n", render(&head, &rows), sentence(selection))
}

fn sentence(selection: &Selection) -> String {
    let total: usize = selection.comparison.variants.iter().map(|v| v.replications.len()).sum();
    let delta = selection.indifference.map(|d| human(&selection.objective.metric, d)).unwrap_or_default();
    match (selection.procedure, chosen(selection)) {
        (Procedure::Sequential { confidence, .. }, Some(best)) => format!(
            "Best: {best}, or less than {delta} from the best, with probability {confidence} (KN), after {total} \
             replications in all."
        ),
        (Procedure::Sequential { most, .. }, None) => format!(
            "Undecided after {most} replications: those that remain differ by too little. A larger --indifference than \
             {delta} decides sooner, a larger --max-replications later."
        ),
        (Procedure::Budget(_), best) => {
            let probability = selection.probability.map_or(String::new(), |p| {
                format!("; as far as these samples tell, with a probability of at least {:.1} %", 100.0 * p)
            });
            format!("Best: {}, after {total} replications in all (OCBA){probability}.", best.unwrap_or("none"))
        }
    }
}

fn chosen(selection: &Selection) -> Option<&str> {
    selection.comparison.variants.get(selection.chosen()?).map(|v| v.label.as_str())
}

const fn outcome(fate: Fate) -> &'static str {
    match fate {
        Fate::Chosen => "chosen",
        Fate::Dropped(_) => "dropped",
        Fate::NotChosen => "not chosen",
        Fate::Undecided => "undecided",
    }
}

const fn dropped_at(fate: Fate) -> Option<u64> {
    if let Fate::Dropped(at) = fate { Some(at) } else { None }
}
