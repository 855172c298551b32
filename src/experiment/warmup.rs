//! Where the warm-up ends, by pilot replications and MSER-5.

use std::sync::Arc;

use rayon::prelude::*;

use crate::policy::registry::Registry;
use crate::scenario::Plan;
use crate::sink::{Series, TaskValue};
use crate::stats::{MSER_BATCH, mser5};
use crate::units::SimTime;

use super::run::{RunError, RunOptions, observe};

/// Pilot replications of each plan.
pub const PILOTS: u32 = 10;

/// The pilots' numbers start here, beyond those of any experiment, so that what is measured is not what the
/// warm-up was chosen on.
const FIRST_PILOT: u32 = 1 << 31;

/// What the pilots of one plan say.
#[derive(Clone, Debug, PartialEq)]
pub struct Pilot {
    /// Tasks to leave out of the beginning.
    pub delete: usize,
    /// Tasks that every pilot replication has.
    pub tasks: usize,
    /// The latest arrival, over the pilots, of the first task that is kept: zero where none is left out.
    pub start: SimTime,
    /// Mean arrival and mean value of each task over the pilots, in order of arrival: what a Welch plot shows.
    pub means: Vec<(f64, f64)>,
}

/// The warm-up of one plan or several.
#[derive(Clone, Debug, PartialEq)]
pub struct WarmUp {
    /// The latest of all plans' starts: it serves all of them.
    pub start: SimTime,
    /// Each plan's own, in their order.
    pub pilots: Vec<Pilot>,
}

impl WarmUp {
    /// The pilot that decided: the first of those with the latest start.
    pub fn deciding(&self) -> Option<&Pilot> {
        self.pilots.iter().find(|p| p.start == self.start)
    }
}

/// Why no warm-up was found.
#[derive(Debug, thiserror::Error)]
pub enum WarmUpError {
    /// A pilot failed.
    #[error("{error}")]
    Run {
        /// Which plan, by its place in the list.
        plan: usize,
        /// Why.
        error: RunError,
    },
    /// Too few tasks.
    #[error(
        "MSER-5 needs at least {need} tasks that ended before any that did not, and the pilots have {tasks}: run longer"
    )]
    Short {
        /// Which plan.
        plan: usize,
        /// What there is.
        tasks: usize,
        /// What is needed.
        need: usize,
    },
    /// The best cut is in the second half.
    #[error(
        "MSER-5 would cut {delete} of {tasks} tasks, more than half: the series has not settled; run longer, or the load is too high to settle"
    )]
    Unsettled {
        /// Which plan.
        plan: usize,
        /// The best cut.
        delete: usize,
        /// Tasks in the series.
        tasks: usize,
    },
}

/// Runs pilot replications of every plan from an empty machine and finds the warm-up that serves them all.
///
/// Each plan's series of `value` in order of arrival is averaged over its pilots (Welch 1983) and cut by
/// [`mser5`]; the cut becomes a time by the arrival of the first task that is kept. The plans' own warm-ups play
/// no part.
///
/// # Errors
/// The first plan whose pilots failed, have too few tasks, or do not settle within their first half.
pub fn find_warmup(
    plans: &[&Plan],
    registry: &Arc<Registry>,
    options: &RunOptions<'_>,
    value: TaskValue,
) -> Result<WarmUp, WarmUpError> {
    let pilot = |(number, plan): (usize, &&Plan)| pilot(number, plan, registry, options, value);
    let pilots: Vec<Pilot> = plans.iter().enumerate().map(pilot).collect::<Result<_, _>>()?;
    let start = pilots.iter().map(|p| p.start).max().unwrap_or(SimTime::ZERO);
    Ok(WarmUp { start, pilots })
}

fn pilot(
    number: usize,
    plan: &Plan,
    registry: &Arc<Registry>,
    options: &RunOptions<'_>,
    value: TaskValue,
) -> Result<Pilot, WarmUpError> {
    let one = |replication: u32| {
        let (simulation, _) = observe(plan, registry, options, replication, |_| Series::new(value))?;
        Ok(simulation.observer.finish())
    };
    let runs: Vec<Result<_, RunError>> = (FIRST_PILOT..FIRST_PILOT + PILOTS).into_par_iter().map(one).collect();
    let failed = |error| WarmUpError::Run { plan: number, error };
    let series: Vec<Vec<(SimTime, f64)>> = runs.into_iter().collect::<Result<_, _>>().map_err(failed)?;
    let tasks = series.iter().map(Vec::len).min().unwrap_or(0);
    let means = average(&series, tasks);
    let values: Vec<f64> = means.iter().map(|(_, value)| *value).collect();
    let Some(cut) = mser5(&values) else {
        return Err(WarmUpError::Short { plan: number, tasks, need: 10 * MSER_BATCH });
    };
    if !cut.is_settled {
        return Err(WarmUpError::Unsettled { plan: number, delete: cut.delete, tasks });
    }
    let kept = series.iter().filter_map(|s| s.get(cut.delete)).map(|(arrival, _)| *arrival).max();
    let start = kept.filter(|_| cut.delete > 0).unwrap_or(SimTime::ZERO);
    Ok(Pilot { delete: cut.delete, tasks, start, means })
}

/// The means of the first `length` entries over all series.
fn average(series: &[Vec<(SimTime, f64)>], length: usize) -> Vec<(f64, f64)> {
    let count = series.len().max(1) as f64;
    let mut sums = vec![(0.0, 0.0); length];
    for one in series {
        for (sum, (arrival, value)) in sums.iter_mut().zip(one) {
            sum.0 += arrival.as_secs_f64();
            sum.1 += value;
        }
    }
    sums.into_iter().map(|(arrival, value)| (arrival / count, value / count)).collect()
}
