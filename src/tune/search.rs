//! What every search shares: who measures, what was measured, which is best.

use std::cmp::Ordering;
use std::ops::Range;

use crate::stats::{Interval, mean_interval};

use super::space::Candidate;

/// Confidence of all intervals.
pub(super) const LEVEL: f64 = 0.95;

/// Which values are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Low ones.
    Minimize,
    /// High ones.
    Maximize,
}

impl Direction {
    /// A value as a cost: the lower, the better.
    pub fn cost(self, value: f64) -> f64 {
        match self {
            Self::Minimize => value,
            Self::Maximize => -value,
        }
    }

    /// Its word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Minimize => "minimize",
            Self::Maximize => "maximize",
        }
    }
}

/// The objective in each replication, or why there is none: such a candidate is worse than all that can be measured.
pub type Measured = Result<Vec<f64>, String>;

/// Who measures candidates: the simulator, or a function in a test.
pub trait Evaluate {
    /// What ends the search: an interruption, a bug.
    type Error;

    /// The objective of each candidate in each replication of a range, in their order.
    ///
    /// # Errors
    /// The search cannot go on. What is wrong with one candidate only is no error.
    fn evaluate(&mut self, candidates: &[&Candidate], replications: Range<u32>) -> Result<Vec<Measured>, Self::Error>;
}

/// A candidate after a stage of the search.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluation {
    /// Its number, from 0.
    pub candidate: usize,
    /// Rung of successive halving; iteration of expected improvement, 0 for the first design.
    pub stage: u32,
    /// The objective in every replication so far.
    pub outcome: Measured,
}

impl Evaluation {
    /// The mean over replications; `None` for a candidate that failed.
    pub fn mean(&self) -> Option<f64> {
        let values = self.outcome.as_ref().ok().filter(|v| !v.is_empty())?;
        Some(values.iter().sum::<f64>() / values.len() as f64)
    }

    /// The 95 % interval of the mean, with two replications or more.
    pub fn interval(&self) -> Option<Interval> {
        mean_interval(self.outcome.as_ref().ok()?, LEVEL)
    }

    /// How many replications it is over.
    pub fn replications(&self) -> usize {
        self.outcome.as_ref().map_or(0, Vec::len)
    }

    /// The better first; failures last; the earlier candidate where nothing tells them apart.
    pub fn order(&self, other: &Self, direction: Direction) -> Ordering {
        let cost = |e: &Self| e.mean().map(|m| direction.cost(m));
        let by_cost = match (cost(self), cost(other)) {
            (Some(a), Some(b)) => a.total_cmp(&b),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        };
        by_cost.then(self.candidate.cmp(&other.candidate))
    }
}

/// A search from its first candidate to its last.
#[derive(Clone, Debug, PartialEq)]
pub struct Trail {
    /// Which way is better.
    pub direction: Direction,
    /// All candidates by number.
    pub candidates: Vec<Candidate>,
    /// In the order in which they were made.
    pub evaluations: Vec<Evaluation>,
    /// Replications 0 to this number, not included, have been used.
    pub replications: u32,
}

impl Trail {
    /// The last evaluation of each candidate, the best first: one that came to a later rung before one that did not.
    pub fn ranking(&self, rungs: bool) -> Vec<&Evaluation> {
        let mut last: Vec<Option<&Evaluation>> = vec![None; self.candidates.len()];
        for evaluation in &self.evaluations {
            if let Some(place) = last.get_mut(evaluation.candidate) {
                *place = Some(evaluation);
            }
        }
        let mut ranked: Vec<&Evaluation> = last.into_iter().flatten().collect();
        ranked.sort_by(|a, b| {
            let failed = a.mean().is_none().cmp(&b.mean().is_none());
            let rung = if rungs { b.stage.cmp(&a.stage) } else { Ordering::Equal };
            failed.then(rung).then_with(|| a.order(b, self.direction))
        });
        ranked
    }

    /// The best mean of any candidate after each evaluation, `None` until one could be measured.
    pub fn best_so_far(&self) -> Vec<Option<f64>> {
        let mut best: Option<&Evaluation> = None;
        let mut all = Vec::with_capacity(self.evaluations.len());
        for evaluation in &self.evaluations {
            if evaluation.mean().is_some() && best.is_none_or(|b| evaluation.order(b, self.direction).is_lt()) {
                best = Some(evaluation);
            }
            all.push(best.and_then(Evaluation::mean));
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evaluation(candidate: usize, stage: u32, outcome: Measured) -> Evaluation {
        Evaluation { candidate, stage, outcome }
    }

    #[test]
    fn failures_are_worst_and_ties_go_to_the_earlier() {
        let empty = Candidate { values: Vec::new(), shares: Vec::new() };
        let trail = |direction| Trail {
            direction,
            candidates: vec![empty.clone(); 4],
            evaluations: vec![
                evaluation(0, 0, Err("deadlock".to_owned())),
                evaluation(1, 0, Ok(vec![2.0, 4.0])),
                evaluation(2, 0, Ok(vec![3.0, 3.0])),
                evaluation(3, 0, Ok(vec![1.0, 1.0])),
                evaluation(2, 1, Ok(vec![3.0, 3.0, 9.0])),
            ],
            replications: 3,
        };
        let order = |t: &Trail, rungs| t.ranking(rungs).iter().map(|e| e.candidate).collect::<Vec<_>>();
        assert_eq!(order(&trail(Direction::Minimize), false), [3, 1, 2, 0]);
        assert_eq!(order(&trail(Direction::Minimize), true), [2, 3, 1, 0]);
        assert_eq!(order(&trail(Direction::Maximize), false), [2, 1, 3, 0]);
        assert_eq!(trail(Direction::Minimize).best_so_far(), [None, Some(3.0), Some(3.0), Some(1.0), Some(1.0)]);
        assert_eq!(trail(Direction::Maximize).best_so_far(), [None, Some(3.0), Some(3.0), Some(3.0), Some(5.0)]);
    }
}
