//! Whether intervals hold what they promise: measured over many experiments, not assumed.
//!
//! Each experiment is what a user does: some replications of M/M/1, an interval from them, and the same
//! replications under another policy. Of 1,000 experiments, the 95 % intervals should hold the truth in about 950,
//! and a comparison at the 95 % level of policies that do not differ should find a difference in about 50.
//!
//! Equal policies: with one server, an order that looks at nothing that tells sizes leaves the law of the number
//! of tasks in the system as it is (Kleinrock, Queueing Systems 2, 1976, chapter 3), so by Little's law the mean
//! wait too; single waits differ. The waits are those of tasks that arrive in the window, all followed to their
//! ends, so that no end effect favours an order.

use std::ops::RangeInclusive;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use serde_json::{Value, json};

use crate::experiment::{Outputs, Replication, RunOptions, replicate_range};
use crate::json::Document;
use crate::policy::registry::Registry;
use crate::scenario::{Loader, Plan};
use crate::stats::{Verdict, mean_interval, paired, student_t};
use crate::theory;

use super::Row;
use super::systems::{exponential, queue};

/// Names of the rows' systems.
pub const SYSTEMS: [&str; 2] = [COVERED, EQUAL];

const COVERED: &str = "coverage, M/M/1";
const EQUAL: &str = "coverage, equal policies";
const LEVEL: f64 = 0.95;

/// Where the share of intervals that hold the truth must lie. Of 1,000 perfect ones 930 to 970 do with probability
/// 0.997.
const COVERAGE_BAND: RangeInclusive<f64> = 0.93..=0.97;

/// Where the share of experiments that show a difference between equals must lie. 1,000 perfect ones show at most
/// 60 with probability 0.933: with another seed a miss by a few is no bug.
const ERROR_BAND: RangeInclusive<f64> = 0.0..=0.06;

/// Metrics whose intervals are looked at, with what they are.
const METRICS: [(&str, &str); 3] =
    [("wait_s.mean", "mean wait"), ("response_s.mean", "mean response"), ("in_system.mean", "mean in system")];

/// Replications at a time: so many results are kept in memory.
const AT_ONCE: u32 = 1000;

/// How many experiments, and of what.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Experiments {
    /// How many, at least 1.
    pub count: u32,
    /// Replications of each, at least 2.
    pub replications: u32,
    /// Expected tasks in the window of a replication. Many, so that the mean of a replication is nearly normal and
    /// its bias small.
    pub tasks: u32,
    /// Load of the server, in (0, 1).
    pub load: f64,
    /// Seed.
    pub seed: u64,
}

impl Experiments {
    /// 1,000 experiments of 10 replications of 1,500 tasks at load 0.5.
    ///
    /// There the bias of a mean wait, from the number of tasks in the window being random, is about −2/1500
    /// services, 3 % of the standard error of an experiment's mean (asymptotic variance 29: `rho (2 + 5 rho − 4
    /// rho² + rho³) / (1 − rho)^4`, Daley 1968, Whitt 1989).
    pub const fn full(seed: u64) -> Self {
        Self { count: 1000, replications: 10, tasks: 1500, load: 0.5, seed }
    }

    /// The warm-up is 13 relaxation times of M/M/1, `1 / (1 − sqrt rho)²` mean services (Cohen 1982): `e^-13` of
    /// the empty start is left.
    fn scenario(&self, scheduler: &str) -> Value {
        let warmup = 13.0 / (1.0 - self.load.sqrt()).powi(2);
        let mut scenario = queue(1, self.load, 1.0, exponential(1.0));
        scenario["name"] = EQUAL.into();
        scenario["seed"] = self.seed.into();
        scenario["warmup"] = warmup.into();
        scenario["stop"] = json!({"time": warmup + f64::from(self.tasks) / self.load, "drain": true});
        scenario["policies"] = json!({"scheduler": scheduler});
        scenario
    }

    /// Values of all replications of all experiments, a list for each of [`METRICS`].
    fn run(&self, scheduler: &str, registry: &Arc<Registry>, stop: &Arc<AtomicBool>) -> Result<Vec<Vec<f64>>, String> {
        let document = Document::from_value(self.scenario(scheduler));
        let plan = Plan::new(&document, &Loader::default(), registry).map_err(|e| format!("{EQUAL}: {e}"))?;
        let options = RunOptions { check: false, max_events: u64::MAX, stop: Arc::clone(stop), progress: &() };
        let total = self.count.saturating_mul(self.replications);
        let mut values = vec![Vec::new(); METRICS.len()];
        for from in (0..total).step_by(AT_ONCE as usize) {
            let numbers = from..from.saturating_add(AT_ONCE).min(total);
            let results = replicate_range(&plan, registry, &Outputs::default(), &options, numbers);
            for replication in &results.map_err(|e| format!("{EQUAL}: {e}"))? {
                for ((metric, quantity), list) in METRICS.iter().zip(&mut values) {
                    list.push(
                        value(replication, metric).ok_or_else(|| format!("{EQUAL}: {quantity} was not measured"))?,
                    );
                }
            }
        }
        Ok(values)
    }
}

fn value(replication: &Replication, metric: &str) -> Option<f64> {
    replication.metrics.get(metric).copied()
}

/// Runs the experiments; a row for each metric's interval, then one for each pair of equal policies.
///
/// # Errors
/// A run failed, in words: a bug of the simulator, or the wish to stop.
pub fn coverage(size: Experiments, registry: &Arc<Registry>, stop: &Arc<AtomicBool>) -> Result<Vec<Row>, String> {
    let truth = theory::mm1(size.load, 1.0);
    let truth = truth.map_or([f64::NAN; 3], |s| [s.wait, s.response, s.in_system]);
    let each = size.replications.max(1) as usize;
    let base = size.run("fifo", registry, stop)?;
    let mut rows = Vec::new();
    for ((values, truth), (_, quantity)) in base.iter().zip(truth).zip(METRICS) {
        let holds = |values: &[f64]| mean_interval(values, LEVEL).is_some_and(|i| i.contains(truth));
        let held = values.chunks(each).filter(|values| holds(values)).count();
        rows.push(row(COVERED, quantity, LEVEL, held, &size, COVERAGE_BAND));
    }
    for (scheduler, quantity) in [("lifo", "difference shown, lifo"), ("random-order", "difference shown, random")] {
        let other = size.run(scheduler, registry, stop)?;
        let (Some(before), Some(after)) = (base.first(), other.first()) else { continue };
        let pairs = before.chunks(each).zip(after.chunks(each));
        let differs = |(b, a): &(&[f64], &[f64])| paired(a, b, LEVEL).is_none_or(|p| p.verdict != Verdict::NotShown);
        rows.push(row(EQUAL, quantity, 1.0 - LEVEL, pairs.filter(differs).count(), &size, ERROR_BAND));
    }
    Ok(rows)
}

/// `found` of all experiments, where `expected` of them are right.
fn row(
    system: &'static str,
    quantity: &'static str,
    expected: f64,
    found: usize,
    size: &Experiments,
    band: RangeInclusive<f64>,
) -> Row {
    let count = f64::from(size.count.max(1));
    let measured = found as f64 / count;
    let standard_error = (expected * (1.0 - expected) / count).sqrt();
    // The normal quantile: with so many degrees of freedom there is no difference.
    let reach = student_t(u64::MAX, LEVEL).unwrap_or(f64::NAN) * standard_error;
    let (low, high) = ((measured - reach).max(0.0), (measured + reach).min(1.0));
    Row { system, quantity, expected, measured, low, high, standard_error, band: Some((*band.start(), *band.end())) }
}
