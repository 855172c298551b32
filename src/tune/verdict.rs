//! The final answer: the winner beside the scenario's own setting, where the search has not been.

use std::ops::Range;

use crate::stats::{Interval, mean_interval};

use super::search::{Direction, LEVEL, Measured};
use super::space::{Candidate, Domain, Space};

/// How near to an end of its range a value is told to be at the edge.
const EDGE: f64 = 0.05;

/// What has been shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The winner is better: the whole interval of the difference says so.
    Better,
    /// It is worse than the scenario's own setting.
    Worse,
    /// The interval holds 0.
    NotShown,
    /// There was one run of each, so nothing tells chance from effect.
    OneRun,
    /// One of them could not be measured.
    NotMeasured,
}

impl Answer {
    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Better => "better",
            Self::Worse => "worse",
            Self::NotShown => "no difference shown",
            Self::OneRun => "one run each, no interval",
            Self::NotMeasured => "not measured",
        }
    }
}

/// Winner and own setting on the same fresh replications.
#[derive(Clone, Debug, PartialEq)]
pub struct Final {
    /// Numbers of the replications.
    pub replications: Range<u32>,
    /// The objective of the winner.
    pub winner: Measured,
    /// The objective of the scenario as it stands.
    pub baseline: Measured,
    /// Whether both saw the same tasks in every replication.
    pub same_workload: bool,
}

impl Final {
    /// The paired differences, winner minus own setting.
    fn differences(&self) -> Option<Vec<f64>> {
        let (winner, baseline) = (self.winner.as_ref().ok()?, self.baseline.as_ref().ok()?);
        let same = winner.len() == baseline.len() && !winner.is_empty();
        same.then(|| winner.iter().zip(baseline).map(|(a, b)| a - b).collect())
    }

    /// Mean of the paired differences.
    pub fn difference(&self) -> Option<f64> {
        let differences = self.differences()?;
        Some(differences.iter().sum::<f64>() / differences.len() as f64)
    }

    /// Its 95 % interval (paired t; Law, Simulation Modeling and Analysis, section 10.2.1).
    pub fn interval(&self) -> Option<Interval> {
        mean_interval(&self.differences()?, LEVEL)
    }

    /// What they show.
    pub fn answer(&self, direction: Direction) -> Answer {
        let Some(differences) = self.differences() else { return Answer::NotMeasured };
        let Some(interval) = mean_interval(&differences, LEVEL) else { return Answer::OneRun };
        let (a, b) = (direction.cost(interval.low()), direction.cost(interval.high()));
        if a.max(b) < 0.0 {
            Answer::Better
        } else if a.min(b) > 0.0 {
            Answer::Worse
        } else {
            Answer::NotShown
        }
    }
}

/// Numeric parameters of a candidate that stand within a twentieth of an end of their range, so that better values may
/// lie beyond: path, and the word for the end.
pub fn edges<'s>(space: &'s Space, candidate: &Candidate) -> Vec<(&'s str, &'static str)> {
    let end = |share: f64| match share {
        s if s <= EDGE => Some("lower"),
        s if s >= 1.0 - EDGE => Some("upper"),
        _ => None,
    };
    let numeric = space.parameters.iter().zip(&candidate.shares);
    let numeric = numeric.filter(|(p, _)| !matches!(p.domain, Domain::Choice(_)));
    numeric.filter_map(|(p, &share)| Some((p.path.as_str(), end(share)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(winner: &[f64], baseline: &[f64], direction: Direction) -> Answer {
        let (winner, baseline) = (Ok(winner.to_vec()), Ok(baseline.to_vec()));
        Final { replications: 0..1, winner, baseline, same_workload: true }.answer(direction)
    }

    /// Differences −1, −1, −2: mean −4/3, standard error 1/3, t(2) = 4.302653: −2.77 to 0.10. Differences −3, −3, −4
    /// lie 2 lower, from −4.77 to −1.90.
    #[test]
    fn answers_by_hand() {
        let (base, near, far) = ([10.0, 20.0, 30.0], [9.0, 19.0, 28.0], [7.0, 17.0, 26.0]);
        assert_eq!(answer(&near, &base, Direction::Minimize), Answer::NotShown);
        assert_eq!(answer(&far, &base, Direction::Minimize), Answer::Better);
        assert_eq!(answer(&far, &base, Direction::Maximize), Answer::Worse);
        assert_eq!(answer(&base, &far, Direction::Maximize), Answer::Better);
        assert_eq!(answer(&[1.0], &[2.0], Direction::Minimize), Answer::OneRun);
        assert_eq!(answer(&[], &[], Direction::Minimize), Answer::NotMeasured);
    }

    #[test]
    fn values_near_an_end_are_told() {
        let space = Space { parameters: ["a=0:100", "b=0:100:int", "c=x,y"].map(|t| t.parse().unwrap()).to_vec() };
        assert_eq!(edges(&space, &space.candidate(&[0.04, 0.5, 0.0])), [("a", "lower")]);
        assert_eq!(edges(&space, &space.candidate(&[0.06, 0.99, 0.0])), [("b", "upper")]);
    }
}
