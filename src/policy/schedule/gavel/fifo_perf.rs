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

/// Rounds by the allocation of [`FifoPerf`].
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
