//! Which of many variants is the best, with as few replications as may be.

use std::sync::Arc;

use rayon::prelude::*;

use crate::policy::registry::Registry;
use crate::scenario::Plan;
use crate::stats::Moments;
use crate::stats::select::{Kn, KnRules, correct_selection, ocba_step};

use super::compare::{CompareError, Comparison, Variant, VariantResult, Work};
use super::run::{Outputs, Replication, RunOptions};

/// What is chosen by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Objective {
    /// The metric.
    pub metric: String,
    /// Whether the largest is the best; else the smallest.
    pub largest: bool,
}

/// A difference that does not matter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Indifference {
    /// In the unit of the metric.
    Absolute(f64),
    /// As a part of the mean of the first variant's first stage.
    Relative(f64),
}

/// How the best is found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Procedure {
    /// KN: variants leave as soon as they are shown to be inferior.
    Sequential {
        /// What does not matter.
        indifference: Indifference,
        /// Probability of choosing the best, or one that differs from it by less than what matters.
        confidence: f64,
        /// Most replications of a variant.
        most: u32,
    },
    /// OCBA: so many replications in all, where they help most.
    Budget(u32),
}

/// What became of a variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is the best.
    Chosen,
    /// It was shown to be inferior after so many replications.
    Dropped(u64),
    /// Another one has the better mean.
    NotChosen,
    /// Between it and others no decision was reached.
    Undecided,
}

/// What a selection brought.
#[derive(Clone, Debug)]
pub struct Selection {
    /// What was chosen by.
    pub objective: Objective,
    /// How.
    pub procedure: Procedure,
    /// What did not matter, in the unit of the metric; `None` where nothing was promised.
    pub indifference: Option<f64>,
    /// A lower bound of the probability that the best was chosen, as far as samples tell; `None` for the sequential
    /// procedure, which promises one.
    pub probability: Option<f64>,
    /// Variants with their replications, which may be different numbers.
    pub comparison: Comparison,
    /// What became of each.
    pub fates: Vec<Fate>,
}

impl Selection {
    /// The index of the best; `None` where no decision was reached.
    pub fn chosen(&self) -> Option<usize> {
        self.fates.iter().position(|fate| *fate == Fate::Chosen)
    }
}

/// Why nothing was selected.
#[derive(Debug, thiserror::Error)]
pub enum SelectError {
    /// A run failed, or variants saw different work.
    #[error(transparent)]
    Compare(#[from] CompareError),
    /// A variant has no such metric.
    #[error("variant `{label}`, replication {replication}: no metric `{metric}`")]
    NoMetric {
        /// Which variant.
        label: String,
        /// Which replication.
        replication: usize,
        /// The metric.
        metric: String,
        /// The metrics that it has.
        known: Vec<String>,
    },
    /// What does not matter is not above 0.
    #[error("an indifference of {0} leaves no room: it must be above 0")]
    Indifference(f64),
}

/// Finds the best of some variants. Progress is told by run, numbered as they are begun. The first stage is `first` replications of each, at least two.
///
/// # Errors
/// A run fails, variants saw different work that must not, or the metric is missing.
pub fn select(
    grid: &SelectGrid<'_>,
    options: &RunOptions<'_>,
    objective: &Objective,
    procedure: Procedure,
    first: u32,
) -> Result<Selection, SelectError> {
    let mut field = Field::new(grid, options, objective);
    field.extend(&vec![first.max(2); grid.variants.len()])?;
    match procedure {
        Procedure::Sequential { indifference, confidence, most } => {
            let delta = field.indifference(indifference)?;
            let fates = field.one_by_one(KnRules { indifference: delta, confidence }, most)?;
            Ok(field.finish(procedure, Some(delta), None, fates))
        }
        Procedure::Budget(budget) => {
            let (fates, probability) = field.share(u64::from(budget))?;
            Ok(field.finish(procedure, None, probability, fates))
        }
    }
}

/// What is selected from.
pub struct SelectGrid<'a> {
    /// A plan for each variant.
    pub plans: &'a [Plan],
    /// What policies there are.
    pub registry: &'a Arc<Registry>,
    /// The variants.
    pub variants: &'a [Variant],
    /// Whether they must see the same work.
    pub work: Work,
}

/// The variants and what has been measured of them.
struct Field<'a> {
    grid: &'a SelectGrid<'a>,
    options: &'a RunOptions<'a>,
    objective: &'a Objective,
    runs: Vec<Vec<Replication>>,
    /// Runs that have been begun, by which those who watch number them.
    begun: u32,
    same_workload: bool,
}

impl<'a> Field<'a> {
    fn new(grid: &'a SelectGrid<'a>, options: &'a RunOptions<'a>, objective: &'a Objective) -> Self {
        let runs = vec![Vec::new(); grid.variants.len()];
        Self { grid, options, objective, runs, begun: 0, same_workload: true }
    }

    /// Runs so many more replications of each variant, all side by side.
    fn extend(&mut self, more: &[u32]) -> Result<(), SelectError> {
        let mut cells = Vec::new();
        for (variant, (runs, more)) in self.runs.iter().zip(more).enumerate() {
            let next = runs.len() as u32;
            cells.extend((next..next.saturating_add(*more)).map(|replication| (variant, replication)));
        }
        let one = |(index, (variant, replication)): (usize, &(usize, u32))| {
            let plan = self.grid.plans.get(*variant)?;
            let number = self.begun.saturating_add(index as u32);
            Some(super::compare::run_one(
                plan,
                self.grid.registry,
                &Outputs::default(),
                self.options,
                number,
                *replication,
            ))
        };
        let outcomes: Vec<_> = cells.par_iter().enumerate().map(one).collect();
        self.begun = self.begun.saturating_add(cells.len() as u32);
        for ((variant, _), outcome) in cells.iter().zip(outcomes) {
            let label = || self.grid.variants.get(*variant).map(|v| v.label.clone()).unwrap_or_default();
            let Some(outcome) = outcome else { continue };
            let run = outcome.map_err(|error| CompareError::Run { label: label(), error: Box::new(error) })?;
            if let Some(runs) = self.runs.get_mut(*variant) {
                if !run.metrics.contains_key(&self.objective.metric) {
                    return Err(SelectError::NoMetric {
                        label: label(),
                        replication: runs.len(),
                        metric: self.objective.metric.clone(),
                        known: run.metrics.keys().cloned().collect(),
                    });
                }
                runs.push(run);
            }
        }
        self.check_work()
    }

    /// Compares the work of replications that both a variant and the first one have had.
    fn check_work(&mut self) -> Result<(), SelectError> {
        let hashes: Vec<Vec<u64>> = self.runs.iter().map(|r| r.iter().map(|run| run.workload).collect()).collect();
        if let Some(different) = super::compare::first_difference_of(self.grid.variants, &hashes) {
            self.same_workload = false;
            if self.grid.work == Work::Same {
                return Err(CompareError::DifferentWork(Box::new(different)).into());
            }
        }
        Ok(())
    }

    /// A value of the metric, turned so that larger is better.
    fn sample(&self, variant: usize, replication: usize) -> Option<f64> {
        let value = *self.runs.get(variant)?.get(replication)?.metrics.get(&self.objective.metric)?;
        Some(if self.objective.largest { value } else { -value })
    }

    fn samples(&self, variant: usize) -> Vec<f64> {
        let count = self.runs.get(variant).map_or(0, Vec::len);
        (0..count).filter_map(|replication| self.sample(variant, replication)).collect()
    }

    fn indifference(&self, asked: Indifference) -> Result<f64, SelectError> {
        let delta = match asked {
            Indifference::Absolute(delta) => delta,
            Indifference::Relative(part) => {
                let moments: Moments = self.samples(0).into_iter().collect();
                part * moments.mean().unwrap_or(0.0).abs()
            }
        };
        if delta > 0.0 && delta.is_finite() { Ok(delta) } else { Err(SelectError::Indifference(delta)) }
    }

    /// KN. Replications are run ahead in batches for the sake of threads; what comes after a decision is not looked at.
    fn one_by_one(&mut self, rules: KnRules, most: u32) -> Result<Vec<Fate>, SelectError> {
        let count = self.grid.variants.len();
        let first: Vec<Vec<f64>> = (0..count).map(|i| self.samples(i)).collect();
        let mut kn = Kn::new(rules, &first).ok_or(SelectError::Indifference(rules.indifference))?;
        while kn.best().is_none() && kn.taken() < u64::from(most) {
            let next = kn.taken() as usize;
            let remaining = kn.remaining();
            if remaining.iter().any(|i| self.runs.get(*i).is_none_or(|r| r.len() <= next)) {
                let ahead = rayon::current_num_threads().div_ceil(remaining.len().max(1)).max(1) as u32;
                let ahead = ahead.min(most - next as u32);
                self.extend(&(0..count).map(|i| if kn.is_in(i) { ahead } else { 0 }).collect::<Vec<_>>())?;
            }
            if !kn.advance(|i| self.sample(i, next)) {
                break;
            }
        }
        let decided = kn.best().is_some();
        let fate = |i: usize| match kn.left_at(i) {
            Some(at) => (Fate::Dropped(at), at),
            None => (if decided { Fate::Chosen } else { Fate::Undecided }, kn.taken()),
        };
        let fates: Vec<(Fate, u64)> = (0..count).map(fate).collect();
        for (runs, (_, used)) in self.runs.iter_mut().zip(&fates) {
            runs.truncate(*used as usize);
        }
        Ok(fates.into_iter().map(|(fate, _)| fate).collect())
    }

    /// OCBA, in steps of a twentieth of the budget.
    fn share(&mut self, budget: u64) -> Result<(Vec<Fate>, Option<f64>), SelectError> {
        let count = self.grid.variants.len();
        let step = (budget / 20).max(count as u64);
        loop {
            let taken: Vec<u64> = self.runs.iter().map(|r| r.len() as u64).collect();
            let moments: Vec<Moments> = (0..count).map(|i| self.samples(i).into_iter().collect()).collect();
            let means: Vec<f64> = moments.iter().map(|m| m.mean().unwrap_or(0.0)).collect();
            let variances: Vec<f64> = moments.iter().map(|m| m.variance().unwrap_or(0.0)).collect();
            let rest = budget.saturating_sub(taken.iter().sum());
            let more = ocba_step(&means, &variances, &taken, rest.min(step)).filter(|_| rest > 0);
            let Some(more) = more else {
                let top = means.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                let best = means.iter().position(|mean| *mean == top);
                let fate = |i| if Some(i) == best { Fate::Chosen } else { Fate::NotChosen };
                return Ok(((0..count).map(fate).collect(), correct_selection(&means, &variances, &taken)));
            };
            self.extend(&more.into_iter().map(|n| u32::try_from(n).unwrap_or(u32::MAX)).collect::<Vec<_>>())?;
        }
    }

    fn finish(
        self,
        procedure: Procedure,
        indifference: Option<f64>,
        probability: Option<f64>,
        fates: Vec<Fate>,
    ) -> Selection {
        let result = |(variant, replications): (&Variant, Vec<Replication>)| VariantResult {
            label: variant.label.clone(),
            factors: variant.factors.clone(),
            baseline: variant.baseline,
            replications,
        };
        let variants = self.grid.variants.iter().zip(self.runs).map(result).collect();
        let comparison = Comparison { variants, same_workload: self.same_workload };
        Selection { objective: self.objective.clone(), procedure, indifference, probability, comparison, fates }
    }
}
