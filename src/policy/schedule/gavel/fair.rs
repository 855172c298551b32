//! Allocations by linear programs: max-min fairness, finish-time fairness, makespan.
//!
//! All three ask for shares `X` that maximise the least of `Σ_k c_jk X_jk` over the jobs `j`, subject to
//! `Σ_k X_jk ≤ 1` and `Σ_j width_j X_jk ≤ units_k`; they differ in `c`. Of all such `X`, one is taken with the greatest
//! sum of throughputs, each relative to the job's best: what fairness leaves is used.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::json::Seconds;
use crate::policy::registry::{BuildError, Plugin};
use crate::theory::simplex::{Row, Simplex};

use super::allocation::{Allocation, Shares};
use super::job::{Job, UnitType};
use super::{RoundBased, Timing};

/// Steps per second of a job under its shares, or whatever else `rates` are.
fn total(rates: &[f64], shares: &[f64]) -> f64 {
    rates.iter().zip(shares).map(|(r, x)| r * x).sum()
}

/// Maximises the least `Σ_k c_jk X_jk`; the least, and `X`. `None` where some job has no positive `c`.
fn max_min(c: &[Vec<f64>], widths: &[u32], types: &[UnitType]) -> Option<(f64, Shares)> {
    let best: Vec<f64> = c.iter().map(|row| row.iter().copied().fold(0.0, f64::max)).collect();
    // No job gets more than all of its best type, so the least is at most this: the scale of variable 0.
    let scale = best.iter().copied().fold(f64::INFINITY, f64::min);
    if !(scale > 0.0 && scale.is_finite()) {
        return None;
    }
    let mut place = Vec::new();
    let mut rows: Vec<Row> = Vec::new();
    let mut units: Vec<Row> = types.iter().map(|t| Row { terms: Vec::new(), bound: f64::from(t.count) }).collect();
    let mut sum = vec![0.0];
    for (j, rates) in c.iter().enumerate() {
        let mut time = Row { terms: Vec::new(), bound: 1.0 };
        let mut least = Row { terms: vec![(0, scale / best[j])], bound: 0.0 };
        for (k, rate) in rates.iter().enumerate().filter(|(_, rate)| **rate > 0.0) {
            place.push((j, k));
            let variable = place.len();
            let relative = rate / best[j];
            time.terms.push((variable, 1.0));
            least.terms.push((variable, -relative));
            units[k].terms.push((variable, f64::from(widths[j])));
            sum.push(relative);
        }
        rows.extend([time, least]);
    }
    rows.extend(units);
    let mut program = Simplex::new(sum.len(), &rows);
    let mut first = vec![0.0; sum.len()];
    first[0] = 1.0;
    if !program.maximise(&first) || !program.maximise(&sum) {
        return None;
    }
    let x = program.solution();
    let mut shares = vec![vec![0.0; types.len()]; c.len()];
    for ((j, k), share) in place.into_iter().zip(x.into_iter().skip(1)) {
        shares[j][k] = share.clamp(0.0, 1.0);
    }
    let least = c.iter().zip(&shares).map(|(c, x)| total(c, x)).fold(f64::INFINITY, f64::min);
    Some((least, shares))
}

/// Each of `n` jobs has its part of the cluster for itself: `units_k / n` of each type, for gangs `width` times less
/// of the time, and never more than all of it.
fn isolated(widths: &[u32], types: &[UnitType]) -> Shares {
    let n = widths.len().max(1) as f64;
    let part = |width: &u32| {
        let row: Vec<f64> = types.iter().map(|t| f64::from(t.count) / n / f64::from(*width).max(1.0)).collect();
        let all = row.iter().sum::<f64>().max(1.0);
        row.into_iter().map(|x| x / all).collect()
    };
    widths.iter().map(part).collect()
}

fn widths(jobs: &[(u64, &Job)]) -> Vec<u32> {
    jobs.iter().map(|(_, j)| j.width).collect()
}

/// The coefficients of all jobs: their throughputs times what `factor` says.
fn scaled(jobs: &[(u64, &Job)], factor: impl Fn(usize, &Job) -> f64) -> Vec<Vec<f64>> {
    let row = |(i, (_, job)): (usize, &(u64, &Job))| {
        let factor = factor(i, job);
        job.throughput.iter().map(|t| t * factor).collect()
    };
    jobs.iter().enumerate().map(row).collect()
}

/// Steps left, never none: a program divides by them.
fn left(job: &Job) -> f64 {
    job.steps.max(1e-6)
}

/// Least attained service on heterogeneous units: maximises the least throughput, each relative to what the job would
/// have with its time spread over all types in proportion to their units, times its width, over its weight.
#[derive(Default)]
pub struct MaxMin;

impl Allocation for MaxMin {
    fn shares(&mut self, jobs: &[(u64, &Job)], types: &[UnitType], _now: f64) -> Shares {
        let all: f64 = types.iter().map(|t| f64::from(t.count)).sum();
        let even: Vec<f64> = types.iter().map(|t| f64::from(t.count) / all).collect();
        let c = scaled(jobs, |_, j| f64::from(j.width) / (j.weight * total(&j.throughput, &even)));
        max_min(&c, &widths(jobs), types).map_or_else(|| isolated(&widths(jobs), types), |(_, x)| x)
    }
}

/// Minimises the time in which all present jobs could be done: maximises the least `throughput / steps left`.
#[derive(Default)]
pub struct Makespan;

impl Allocation for Makespan {
    fn shares(&mut self, jobs: &[(u64, &Job)], types: &[UnitType], _now: f64) -> Shares {
        let c = scaled(jobs, |_, j| 1.0 / left(j));
        max_min(&c, &widths(jobs), types).map_or_else(|| isolated(&widths(jobs), types), |(_, x)| x)
    }
}

/// Finish-time fairness (Mahajan et al., Themis, NSDI 2020): minimises the greatest `ρ`, a job's expected time in the
/// system over the time that it would have taken alone in its part of the cluster.
///
/// For a given `ρ` each job needs a throughput of `steps left / (ρ × isolated time − time so far)`, and it is reached
/// where the max-min allocation over those needs gives each at least what it needs. Between 0 and the `ρ` of the
/// isolated allocation, the least is found by bisection to a millionth.
#[derive(Default)]
pub struct FinishTime {
    past: BTreeMap<u64, Past>,
}

/// A job when the last allocation was made.
struct Past {
    /// Time that its steps so far would have taken in isolation.
    isolated: f64,
    /// Steps left then.
    steps: f64,
    /// Isolated throughput then.
    throughput: f64,
}

impl Allocation for FinishTime {
    fn shares(&mut self, jobs: &[(u64, &Job)], types: &[UnitType], now: f64) -> Shares {
        let widths = widths(jobs);
        let mut shares = isolated(&widths, types);
        let alone = self.isolated_times(jobs, &shares);
        let reached = |x: &Shares| {
            let rho =
                |(i, (_, j)): (usize, &(u64, &Job))| (now - j.ready + left(j) / total(&j.throughput, &x[i])) / alone[i];
            jobs.iter().enumerate().map(rho).fold(0.0, f64::max)
        };
        let (mut low, mut high) = (0.0, reached(&shares));
        while high - low > 1e-6 * high {
            let rho = f64::midpoint(low, high);
            let c = scaled(jobs, |i, j| (rho * alone[i] - (now - j.ready)) / left(j));
            match max_min(&c, &widths, types) {
                Some((least, better)) if least >= 1.0 => {
                    high = rho.min(reached(&better));
                    shares = better;
                }
                _ => low = rho,
            }
        }
        shares
    }
}

impl FinishTime {
    /// The time that each job would have taken in isolation, from its arrival to its end, as its part of the cluster
    /// was and is now.
    fn isolated_times(&mut self, jobs: &[(u64, &Job)], parts: &Shares) -> Vec<f64> {
        let mut present = BTreeMap::new();
        let mut times = Vec::with_capacity(jobs.len());
        for ((seq, job), part) in jobs.iter().zip(parts) {
            let before = self.past.get(seq).map_or(0.0, |p| p.isolated + (p.steps - job.steps) / p.throughput);
            let throughput = total(&job.throughput, part);
            times.push(before + left(job) / throughput);
            present.insert(*seq, Past { isolated: before, steps: job.steps, throughput });
        }
        self.past = present;
        times
    }
}

/// What the allocation of [`Gavel`] is best at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Objective {
    /// The least relative throughput.
    MaxMin,
    /// The greatest ratio of finish times, shared to isolated.
    FinishTimeFairness,
    /// The time until all are done.
    Makespan,
}

/// Parameters of [`Gavel`].
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// What the allocation is best at. Default max-min.
    pub objective: Objective,
    /// Longest time of a round. Default 360 s.
    pub round: Seconds,
    /// Least time between two allocations. Default 1920 s.
    pub allocation_interval: Seconds,
}

impl Default for Params {
    fn default() -> Self {
        let Timing { round, allocation_interval } = Timing::default();
        Self { objective: Objective::MaxMin, round, allocation_interval }
    }
}

/// Rounds by the allocation for one of three objectives.
pub type Gavel = RoundBased<Box<dyn Allocation>>;
/// [`Gavel`] with max-min fairness.
pub type GavelMaxMin = RoundBased<MaxMin>;
/// [`Gavel`] with finish-time fairness.
pub type GavelFinishTime = RoundBased<FinishTime>;
/// [`Gavel`] for the least makespan.
pub type GavelMakespan = RoundBased<Makespan>;

impl Plugin for Gavel {
    const NAME: &'static str = "gavel";
    const ABOUT: &'static str =
        "in rounds by a linear program's shares of time per device type (Narayanan et al. 2020)";
    type Params = Params;

    fn build(params: Params) -> Result<Self, BuildError> {
        let timing = Timing { round: params.round, allocation_interval: params.allocation_interval };
        let allocation: Box<dyn Allocation> = match params.objective {
            Objective::MaxMin => Box::new(MaxMin),
            Objective::FinishTimeFairness => Box::new(FinishTime::default()),
            Objective::Makespan => Box::new(Makespan),
        };
        Self::new(allocation, timing)
    }
}

/// Presets: an objective under a name of its own.
macro_rules! presets {
    ($($preset:ident = $name:literal: $about:literal;)*) => {
        $(impl Plugin for $preset {
            const NAME: &'static str = $name;
            const ABOUT: &'static str = $about;
            type Params = Timing;

            fn build(timing: Timing) -> Result<Self, BuildError> {
                Self::new(Default::default(), timing)
            }
        })*
    };
}

presets! {
    GavelMaxMin = "gavel-max-min": "gavel, objective max-min: least attained service on unequal devices";
    GavelFinishTime = "gavel-ftf": "gavel, objective finish-time-fairness (Themis; Mahajan et al. 2020)";
    GavelMakespan = "gavel-makespan": "gavel, objective makespan: all present jobs done as early as can be";
}

#[cfg(test)]
mod tests;
