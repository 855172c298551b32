//! Replications until a metric is precise, for one scenario or for variants of it at once.

use std::sync::Arc;

use crate::policy::registry::Registry;
use crate::scenario::Plan;
use crate::stats::{StoppingRule, relative_half_width};

use super::run::{Outputs, Replication, RunError, RunOptions, replicate_range};

/// What is to be known how precisely.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// Name of the metric.
    pub metric: String,
    /// When its mean is precise, and when to give up.
    pub rule: StoppingRule,
}

/// How far replicating came.
#[derive(Clone, Debug, PartialEq)]
pub struct Reached {
    /// Replications of each plan.
    pub replications: u32,
    /// Half-width of the interval of each plan's mean as a part of it; `None` where fewer than two replications
    /// have the metric.
    pub relative: Vec<Option<f64>>,
    /// Whether all are precise. If not, the cap has ended it.
    pub is_precise: bool,
}

impl Reached {
    /// The widest of the intervals, relatively; `None` where one is unknown.
    pub fn widest(&self) -> Option<f64> {
        self.relative.iter().copied().try_fold(0.0, |widest: f64, part| Some(widest.max(part?)))
    }
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum PrecisionError {
    /// A run failed.
    #[error("{error}")]
    Run {
        /// Which plan, by its place in the list.
        plan: usize,
        /// Why.
        error: RunError,
    },
    /// No replication of a plan has the metric.
    #[error("no replication has the metric `{metric}`")]
    NoMetric {
        /// Which plan, by its place in the list.
        plan: usize,
        /// The metric that was asked for.
        metric: String,
        /// The metrics that there are, sorted.
        known: Vec<String>,
    },
}

/// Replicates every plan until all are precise in the target's metric, or its cap is reached.
///
/// All plans get the same number of replications, so that they can be paired. How many there are follows from the
/// results alone: not from the number of threads. `outputs` says for each plan where its replication 0 writes
/// its tables; plans beyond its end write none.
///
/// # Errors
/// The first run that failed, or a metric that no replication of the first look has.
pub fn replicate_until_precise(
    plans: &[&Plan],
    registry: &Arc<Registry>,
    outputs: &[Outputs],
    options: &RunOptions<'_>,
    target: &Target,
) -> Result<(Vec<Vec<Replication>>, Reached), PrecisionError> {
    let mut results: Vec<Vec<Replication>> = vec![Vec::new(); plans.len()];
    let mut done = 0;
    let mut is_precise = false;
    while let Some(numbers) = target.rule.next(done, is_precise) {
        done = numbers.end;
        for (number, (plan, all)) in plans.iter().zip(&mut results).enumerate() {
            let nothing = Outputs::default();
            let outputs = outputs.get(number).unwrap_or(&nothing);
            let more = replicate_range(plan, registry, outputs, options, numbers.clone());
            all.extend(more.map_err(|error| PrecisionError::Run { plan: number, error })?);
        }
        if let Some(plan) = results.iter().position(|all| values(all, &target.metric).is_empty()) {
            let known = results.get(plan).map_or_else(Vec::new, |all| names(all));
            return Err(PrecisionError::NoMetric { plan, metric: target.metric.clone(), known });
        }
        is_precise = results.iter().all(|all| target.rule.is_precise(&values(all, &target.metric)));
    }
    let relative =
        results.iter().map(|all| relative_half_width(&values(all, &target.metric), target.rule.level)).collect();
    Ok((results, Reached { replications: done, relative, is_precise }))
}

/// The metric's values, of the replications that have it.
fn values(replications: &[Replication], metric: &str) -> Vec<f64> {
    replications.iter().filter_map(|r| r.metrics.get(metric).copied()).collect()
}

fn names(replications: &[Replication]) -> Vec<String> {
    let mut names: Vec<String> = replications.iter().flat_map(|r| r.metrics.keys().cloned()).collect();
    names.sort_unstable();
    names.dedup();
    names
}
