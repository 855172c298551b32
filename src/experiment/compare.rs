//! Variants of a scenario under common random numbers.

use std::collections::BTreeMap;
use std::str::FromStr;
use std::sync::Arc;

use crate::json::{Document, Setting, SettingError};
use crate::policy::registry::Registry;
use crate::scenario::{LoadError, Loader, Plan};
use crate::stats::{Interval, Verdict, mean_interval, paired};

use super::run::{Outputs, Replication, RunError, RunOptions, replicate};

/// Confidence of all intervals.
const LEVEL: f64 = 0.95;

/// A path of the scenario and the values that it takes in turn: `KEY=A,B,C`.
#[derive(Clone, Debug, PartialEq)]
pub struct Variation {
    /// Dotted path.
    pub path: String,
    /// Values as text.
    pub values: Vec<String>,
}

impl FromStr for Variation {
    type Err = SettingError;

    fn from_str(text: &str) -> Result<Self, SettingError> {
        // A setting with the first value tells whether the path can be read at all.
        let (path, values) = text.split_once('=').unwrap_or((text, ""));
        let values = split_values(values);
        for value in &values {
            format!("{path}={value}").parse::<Setting>()?;
        }
        if values.is_empty() {
            text.parse::<Setting>()?;
        }
        Ok(Self { path: path.to_owned(), values })
    }
}

/// Splits at commas that are not within brackets or quotes.
fn split_values(text: &str) -> Vec<String> {
    let (mut depth, mut quoted, mut escaped) = (0i32, false, false);
    let mut values = vec![String::new()];
    for c in text.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '{' | '[' if !quoted => depth += 1,
            '}' | ']' if !quoted => depth -= 1,
            ',' if depth == 0 && !quoted => {
                values.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(last) = values.last_mut() {
            last.push(c);
        }
    }
    values.retain(|v| !v.is_empty());
    values
}

/// One combination of the varied values.
#[derive(Clone, Debug, PartialEq)]
pub struct Variant {
    /// Short name: the values, joined.
    pub label: String,
    /// What it sets.
    pub settings: Vec<Setting>,
}

/// The cross product of all variations, the last one changing fastest.
///
/// # Errors
/// A value cannot be read.
pub fn variants(variations: &[Variation]) -> Result<Vec<Variant>, SettingError> {
    let mut all = vec![Variant { label: String::new(), settings: Vec::new() }];
    for variation in variations {
        let mut next = Vec::new();
        for variant in &all {
            for value in &variation.values {
                let mut settings = variant.settings.clone();
                settings.push(format!("{}={value}", variation.path).parse()?);
                let joint = if variant.label.is_empty() { "" } else { " / " };
                next.push(Variant { label: format!("{}{joint}{}", variant.label, short(value)), settings });
            }
        }
        all = next;
    }
    Ok(all)
}

/// A value fit for a legend: parts of a scheduler object as `sjf+easy`, other objects as they are.
fn short(value: &str) -> String {
    let Ok(serde_json::Value::Object(fields)) = serde_json::from_str(value) else { return value.to_owned() };
    let text = |v: &serde_json::Value| match v {
        serde_json::Value::String(s) => s.clone(),
        serde_json::Value::Object(o) => o.get("name").and_then(|n| n.as_str()).unwrap_or("custom").to_owned(),
        other => other.to_string(),
    };
    let words: Vec<String> = match fields.get("name") {
        Some(name) => {
            let rest = fields.iter().filter(|(k, _)| *k != "name").map(|(k, v)| format!("{k}={}", text(v)));
            std::iter::once(text(name)).chain(rest).collect()
        }
        None => fields.values().map(text).collect(),
    };
    words.join("+")
}

/// A variant and what its replications brought.
#[derive(Clone, Debug)]
pub struct VariantResult {
    /// Its label.
    pub label: String,
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

/// How a variant differs from the first one in a metric.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// Mean of the paired differences.
    pub mean: f64,
    /// Their interval, with two replications or more.
    pub interval: Option<Interval>,
    /// What has been shown.
    pub verdict: Verdict,
}

/// All variants.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// In the order of the cross product; the first is the baseline.
    pub variants: Vec<VariantResult>,
    /// Whether all variants saw the same tasks in every replication.
    pub same_workload: bool,
}

impl Comparison {
    /// All metrics that some variant has, sorted.
    pub fn metrics(&self) -> Vec<String> {
        let mut names: BTreeMap<&String, ()> = BTreeMap::new();
        for replication in self.variants.iter().flat_map(|v| &v.replications) {
            names.extend(replication.metrics.keys().map(|k| (k, ())));
        }
        names.into_keys().cloned().collect()
    }

    /// Paired difference of variant `index` from the first in `metric`.
    pub fn difference(&self, index: usize, metric: &str) -> Option<Difference> {
        let (base, other) = (self.variants.first()?, self.variants.get(index)?);
        let (before, after) = (base.values(metric), other.values(metric));
        if before.is_empty() || before.len() != after.len() {
            return None;
        }
        let mean = after.iter().zip(&before).map(|(a, b)| a - b).sum::<f64>() / before.len() as f64;
        let paired = paired(&after, &before, LEVEL);
        let verdict = paired.as_ref().map_or(Verdict::NotShown, |p| p.verdict);
        Some(Difference { mean, interval: paired.map(|p| p.difference), verdict })
    }
}

/// Why a comparison brought nothing.
#[derive(Debug, thiserror::Error)]
pub enum CompareError {
    /// A variant is not a scenario.
    #[error("variant `{label}`:\n{error}")]
    Load {
        /// Which variant.
        label: String,
        /// Why.
        error: Box<LoadError>,
    },
    /// A variant could not be run.
    #[error("variant `{label}`: {error}")]
    Run {
        /// Which variant.
        label: String,
        /// Why.
        error: Box<RunError>,
    },
}

/// Checks every variant, before the first one runs.
///
/// # Errors
/// The first variant that is wrong.
pub fn plan_variants(
    document: &Document,
    loader: &Loader,
    registry: &Arc<Registry>,
    variants: &[Variant],
) -> Result<Vec<Plan>, CompareError> {
    let mut plans = Vec::new();
    for variant in variants {
        let load = |error: LoadError| CompareError::Load { label: variant.label.clone(), error: Box::new(error) };
        let mut changed = document.clone();
        for setting in &variant.settings {
            changed.set(setting).map_err(|p| load(p.into()))?;
        }
        plans.push(Plan::new(&changed, loader, registry).map_err(load)?);
    }
    Ok(plans)
}

/// Runs every variant with the same seeds.
///
/// # Errors
/// The first variant whose run fails.
pub fn compare(
    plans: &[Plan],
    registry: &Arc<Registry>,
    variants: &[Variant],
    options: &RunOptions<'_>,
) -> Result<Comparison, CompareError> {
    let mut results = Vec::new();
    for (variant, plan) in variants.iter().zip(plans) {
        let replications = replicate(plan, registry, &Outputs::default(), options)
            .map_err(|error| CompareError::Run { label: variant.label.clone(), error: Box::new(error) })?;
        results.push(VariantResult { label: variant.label.clone(), replications });
    }
    let hashes = |v: &VariantResult| v.replications.iter().map(|r| r.workload).collect::<Vec<_>>();
    let same_workload = results.windows(2).all(|pair| hashes(&pair[0]) == hashes(&pair[1]));
    Ok(Comparison { variants: results, same_workload })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variations_cross_and_keep_objects_whole() {
        let a: Variation = r#"policies.scheduler=fifo,{"order":"sjf","backfill":"easy"}"#.parse().unwrap();
        assert_eq!(a.values, ["fifo", r#"{"order":"sjf","backfill":"easy"}"#]);
        let b: Variation = "seed=1,2".parse().unwrap();
        let labels: Vec<String> = variants(&[a, b]).unwrap().into_iter().map(|v| v.label).collect();
        assert_eq!(labels, ["fifo / 1", "fifo / 2", "easy+sjf / 1", "easy+sjf / 2"]);
    }
}
