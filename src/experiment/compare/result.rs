//! What a comparison brought.

use std::collections::BTreeSet;

use crate::experiment::Replication;
use crate::stats::{Interval, MeanDifference, mean_interval, paired, welch};

use super::variant::Factor;

/// Confidence of all intervals.
pub(super) const LEVEL: f64 = 0.95;

/// A variant and what its replications brought.
#[derive(Clone, Debug)]
pub struct VariantResult {
    /// Its label.
    pub label: String,
    /// Its values, one per thing varied.
    pub factors: Vec<Factor>,
    /// Index of the variant that it is compared with; its own where it is a baseline.
    pub baseline: usize,
    /// Its replications.
    pub replications: Vec<Replication>,
}

impl VariantResult {
    /// The values of a metric, one per replication that has it.
    pub fn values(&self, metric: &str) -> Vec<f64> {
        self.replications.iter().filter_map(|r| r.metrics.get(metric).copied()).collect()
    }

    /// Mean and interval of a metric; the interval needs two replications.
    pub fn mean(&self, metric: &str) -> Option<(f64, Option<Interval>)> {
        let values = self.values(metric);
        if values.is_empty() {
            return None;
        }
        Some((values.iter().sum::<f64>() / values.len() as f64, mean_interval(&values, LEVEL)))
    }
}

/// How a variant differs from its baseline in a metric.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difference {
    /// Mean of the differences.
    pub mean: f64,
    /// Its interval and p-value, with two replications or more.
    pub test: Option<MeanDifference>,
}

impl Difference {
    /// The interval of the difference.
    pub fn interval(&self) -> Option<Interval> {
        self.test.map(|t| t.difference)
    }
}

/// All variants.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// In the order of the cross product.
    pub variants: Vec<VariantResult>,
    /// Whether each variant saw the same tasks as its baseline in every replication. Differences are paired by
    /// replication if so; else they are those of independent samples.
    pub same_workload: bool,
}

impl Comparison {
    /// All metrics that some variant has, sorted.
    pub fn metrics(&self) -> Vec<String> {
        let all = self.variants.iter().flat_map(|v| &v.replications).flat_map(|r| r.metrics.keys());
        all.collect::<BTreeSet<_>>().into_iter().cloned().collect()
    }

    /// The variant that `index` is compared with; `None` for a baseline.
    pub fn baseline_of(&self, index: usize) -> Option<&VariantResult> {
        let baseline = self.variants.get(index)?.baseline;
        if baseline == index { None } else { self.variants.get(baseline) }
    }

    /// Difference of variant `index` from its baseline in `metric`; `None` for a baseline, or where one of them
    /// lacks values.
    pub fn difference(&self, index: usize, metric: &str) -> Option<Difference> {
        let (base, other) = (self.baseline_of(index)?, self.variants.get(index)?);
        let (before, after) = (base.values(metric), other.values(metric));
        if self.same_workload {
            return self.paired(base, other, metric);
        }
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        if before.is_empty() || after.is_empty() {
            return None;
        }
        Some(Difference { mean: mean(&after) - mean(&before), test: welch(&after, &before, LEVEL) })
    }

    /// Pairs replications that both have the metric; `None` where only one of the two has it.
    fn paired(&self, base: &VariantResult, other: &VariantResult, metric: &str) -> Option<Difference> {
        let has = |v: &VariantResult| v.replications.iter().map(|r| r.metrics.contains_key(metric)).collect::<Vec<_>>();
        let (before, after) = (base.values(metric), other.values(metric));
        if before.is_empty() || has(base) != has(other) {
            return None;
        }
        let mean = after.iter().zip(&before).map(|(a, b)| a - b).sum::<f64>() / before.len() as f64;
        Some(Difference { mean, test: paired(&after, &before, LEVEL) })
    }
}
