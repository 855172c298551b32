//! `summary.json`: every metric with its mean, its interval, and its value in each replication.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::experiment::Replication;
use crate::stats::mean_interval;

/// One metric over all replications.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MetricSummary {
    /// Mean over the replications that have it.
    pub mean: f64,
    /// 95 % interval of the mean (Student's t); `null` with one replication.
    pub ci95: Option<[f64; 2]>,
    /// One value per replication; `null` where it had no meaning.
    pub values: Vec<Option<f64>>,
}

/// The whole file.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// Name of the scenario.
    pub scenario: String,
    /// How many replications.
    pub replications: usize,
    /// Metrics by name.
    pub metrics: BTreeMap<String, MetricSummary>,
}

impl Summary {
    /// Summarises replications.
    pub fn new(scenario: &str, replications: &[Replication]) -> Self {
        let mut names: Vec<&String> = replications.iter().flat_map(|r| r.metrics.keys()).collect();
        names.sort_unstable();
        names.dedup();
        let metrics = names.into_iter().filter_map(|name| {
            let values: Vec<Option<f64>> = replications.iter().map(|r| r.metrics.get(name).copied()).collect();
            Some((name.clone(), summarise(values)?))
        });
        Self { scenario: scenario.to_owned(), replications: replications.len(), metrics: metrics.collect() }
    }

    /// The file's text.
    pub fn to_json(&self) -> String {
        // Strings and finite numbers always serialise.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }
}

fn summarise(values: Vec<Option<f64>>) -> Option<MetricSummary> {
    let known: Vec<f64> = values.iter().flatten().copied().collect();
    if known.is_empty() {
        return None;
    }
    let mean = known.iter().sum::<f64>() / known.len() as f64;
    let ci95 = mean_interval(&known, 0.95).map(|i| [i.low(), i.high()]);
    Some(MetricSummary { mean, ci95, values })
}
