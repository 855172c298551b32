//! First come, first served, each on the type that runs it fastest.

use crate::policy::registry::{BuildError, Plugin};

use super::allocation::{Allocation, Shares};
use super::job::{Job, UnitType};
use super::{RoundBased, Timing};

/// In order of arrival each job gets the whole of its time on the type, of those with room for its width, where its
/// throughput is highest (ties: the first device name); the first job that fits nowhere ends the allocation. A job
/// that could only go where its throughput is 0 is passed over. Each allocation is made from nothing, so that a job
/// may change its type; in a round only jobs with an allocation run.
///
/// Source: `fifo_perf` of Narayanan et al., OSDI 2020.
#[derive(Default)]
pub struct FifoPerf;

/// Rounds by the allocation of `FifoPerf`.
pub type GavelFifoPerf = RoundBased<FifoPerf>;

impl Allocation for FifoPerf {
    fn shares(&mut self, jobs: &[(u64, &Job)], types: &[UnitType], _now: f64) -> Shares {
        let mut room: Vec<u32> = types.iter().map(|t| t.count).collect();
        let mut shares = vec![vec![0.0; types.len()]; jobs.len()];
        for ((_, job), share) in jobs.iter().zip(&mut shares) {
            let fits = (0..types.len()).filter(|k| room[*k] >= job.width);
            let faster = |a: usize, b: usize| if job.throughput[b] > job.throughput[a] { b } else { a };
            let Some(best) = fits.reduce(faster) else { break };
            if job.throughput[best] > 0.0 {
                room[best] -= job.width;
                share[best] = 1.0;
            }
        }
        shares
    }

    fn fills_gaps(&self) -> bool {
        false
    }
}

impl Plugin for GavelFifoPerf {
    const NAME: &'static str = "gavel-fifo-perf";
    const ABOUT: &'static str =
        "in rounds, order of arrival, each on its fastest type with room (Narayanan et al. 2020)";
    type Params = Timing;

    fn build(params: Timing) -> Result<Self, BuildError> {
        Self::new(FifoPerf, params)
    }
}

#[cfg(test)]
mod tests {
    use super::super::job::samples::{job, types};
    use super::*;

    /// Types `a` with 2 units and `b` with 3; jobs by throughput and width.
    fn shares(jobs: &[([f64; 2], u32)]) -> Vec<Vec<f64>> {
        let jobs: Vec<Job> = jobs.iter().map(|(throughput, width)| job(throughput, *width, 1.0)).collect();
        let numbered: Vec<(u64, &Job)> = jobs.iter().enumerate().map(|(i, j)| (i as u64, j)).collect();
        FifoPerf.shares(&numbered, &types(&[2, 3]), 0.0)
    }

    const NONE: [f64; 2] = [0.0, 0.0];
    const A: [f64; 2] = [1.0, 0.0];
    const B: [f64; 2] = [0.0, 1.0];

    /// The pair takes `a`; the next one would be faster there, but there is no room; of two equal types the first name.
    #[test]
    fn the_fastest_type_with_room() {
        assert_eq!(shares(&[([2.0, 1.0], 2), ([9.0, 1.0], 1), ([1.0, 2.0], 1)]), [A, B, B]);
        assert_eq!(shares(&[([3.0, 3.0], 1)]), [A]);
    }

    /// `a` is full and `b` has one unit: the pair fits nowhere, and the single job behind it must wait too. A job whose
    /// only type is full is passed over, as long as another has room.
    #[test]
    fn what_does_not_fit_ends_it_and_what_cannot_run_is_passed_over() {
        let (pair, two) = (([2.0, 1.0], 2), ([1.0, 2.0], 2));
        assert_eq!(shares(&[pair, two, pair, ([1.0, 1.0], 1)]), [A, B, NONE, NONE]);
        assert_eq!(shares(&[pair, ([5.0, 0.0], 1), two]), [A, NONE, B]);
    }
}
