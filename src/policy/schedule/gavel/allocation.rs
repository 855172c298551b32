//! What share of its time each job should spend on each type of units.

use super::job::{Job, UnitType};

/// Shares of time by job and type.
pub type Shares = Vec<Vec<f64>>;

/// A rule for shares.
///
/// What it returns is feasible: all shares are at least 0, those of a job add up to at most 1, and on each type the
/// shares times the widths to at most its units.
pub trait Allocation: Send + 'static {
    /// The shares of `jobs`, which are in order of arrival, at `now` seconds.
    fn shares(&mut self, jobs: &[(u64, &Job)], types: &[UnitType], now: f64) -> Shares;

    /// Whether units that the shares leave idle in a round are given to jobs without a share.
    fn fills_gaps(&self) -> bool {
        true
    }
}

impl Allocation for Box<dyn Allocation> {
    fn shares(&mut self, jobs: &[(u64, &Job)], types: &[UnitType], now: f64) -> Shares {
        (**self).shares(jobs, types, now)
    }

    fn fills_gaps(&self) -> bool {
        (**self).fills_gaps()
    }
}
