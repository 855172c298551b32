//! `summary.json`: every metric with its mean, its interval, and its value in each replication.
//!
//! Every metric is first computed within each replication, and then averaged: `wait_s.p99` is the mean of the
//! replications' own 99th percentiles, and its interval is Student's t over those. Waits of one run depend on each
//! other, so an interval from the ranks of pooled waits would be far too narrow; replications are independent. One
//! replication has intervals only where it is cut into batches.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::experiment::Replication;
use crate::sink::Batched;
use crate::stats::mean_interval;

/// One metric over all replications.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MetricSummary {
    /// Mean over the replications that have it.
    pub mean: f64,
    /// 95 % interval of the mean (Student's t); `null` with one replication that is not cut into batches.
    pub ci95: Option<[f64; 2]>,
    /// The batches that the interval is from, where it is from one replication.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub batch_means: Option<BatchMeansSummary>,
    /// One value per replication; `null` where it had no meaning.
    pub values: Vec<Option<f64>>,
}

/// The batches of an interval by batch means. Its middle is the mean of the batches, which leave out a few first
/// tasks to be equal in size.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BatchMeansSummary {
    /// How many.
    pub batches: u32,
    /// Tasks in each.
    pub tasks: u64,
    /// Autocorrelation of neighbouring batch means.
    pub lag1: f64,
    /// Whether a test at the 5 % level finds them dependent: then the interval is too narrow.
    pub dependent: bool,
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
        let mut metrics: BTreeMap<String, MetricSummary> = metrics.collect();
        if let [only] = replications {
            only.batches.iter().for_each(|batched| take_batches(&mut metrics, batched));
        }
        Self { scenario: scenario.to_owned(), replications: replications.len(), metrics }
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
    Some(MetricSummary { mean, ci95, batch_means: None, values })
}

/// Gives a metric of one replication the interval of its batches.
fn take_batches(metrics: &mut BTreeMap<String, MetricSummary>, batched: &Batched) {
    let Some(metric) = metrics.get_mut(batched.metric) else { return };
    let found = batched.found;
    metric.ci95 = Some([found.interval.low(), found.interval.high()]);
    metric.batch_means = Some(BatchMeansSummary {
        batches: batched.batches,
        tasks: batched.size,
        lag1: found.lag1,
        dependent: found.is_dependent,
    });
}
