//! Which tasks go to the cloud, one rule per file.

mod always;
mod deadline_aware;
mod energy;
mod faster_wins;
mod knapsack_burst;
mod local;
mod lyapunov;
mod never;
mod probabilistic;
mod spot_then_on_demand;
mod threshold;
mod weighted_cost;

pub use always::Always;
pub use deadline_aware::DeadlineAware;
pub use energy::Energy;
pub use faster_wins::FasterWins;
pub use knapsack_burst::KnapsackBurst;
pub use lyapunov::Lyapunov;
pub use never::Never;
pub use probabilistic::Probabilistic;
pub use spot_then_on_demand::SpotThenOnDemand;
pub use threshold::{Default, Threshold};
pub use weighted_cost::WeightedCost;

use crate::rng::StreamRng;
use crate::units::SimDuration;

use super::{ClusterView, TaskView};

/// Where a ready task goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// Into the scheduler's queue.
    Local,
    /// To the cloud.
    Cloud,
}

/// What the cloud would be like for one task, in expectation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CloudQuote {
    /// Expected seconds from now to the end of the task.
    pub response: f64,
    /// Expected price.
    pub usd: f64,
}

/// One way to run a task in the cloud: a type of instance in a region, on demand or spot.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CloudOption {
    /// Its number: the same for the same region, type and terms all through a run.
    pub number: u16,
    /// Number of the region, in the order of the scenario.
    pub region: u16,
    /// Whether the provider may take the instance back.
    pub spot: bool,
    /// What to expect.
    pub quote: CloudQuote,
    /// Standard deviation of the response in seconds, as far as latencies and boots make it.
    pub spread: f64,
    /// Expected seconds of the run itself.
    pub run: f64,
    /// Expected seconds of the upload, the round trip apart.
    pub upload: f64,
}

/// A waiting task, and how it could leave.
pub struct Candidate<'a> {
    /// The task.
    pub task: TaskView<'a>,
    /// Its options.
    pub options: Vec<CloudOption>,
}

/// Position of the cheapest option on demand, else of the cheapest of all; of several the first.
pub fn cheapest(options: &[CloudOption]) -> Option<usize> {
    let cost = |o: &CloudOption| o.quote.usd;
    best(options, |o| if o.spot { f64::INFINITY } else { cost(o) })
        .filter(|at| !options[*at].spot)
        .or_else(|| best(options, cost))
}

/// Position of the option of least `cost`; of several the first.
pub fn best(options: &[CloudOption], cost: impl Fn(&CloudOption) -> f64) -> Option<usize> {
    let costs = options.iter().map(cost).enumerate();
    costs.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(at, _)| at)
}

/// Decides which tasks go to the cloud. A policy that takes the cheapest offer implements [`CloudPolicy::route`], one
/// that chooses among offers [`CloudPolicy::choose`].
pub trait CloudPolicy: Send {
    /// Where `task` goes if `quote` is the only offer. Asked only for tasks that may leave.
    fn route(&mut self, task: TaskView<'_>, quote: CloudQuote, view: &ClusterView<'_>, rng: &mut StreamRng) -> Route {
        let (_, _, _, _) = (task, quote, view, rng);
        Route::Local
    }

    /// Which of `options`, by position, `task` takes; `None` stays. Asked when a task becomes ready, and again when
    /// it has lost a spot instance; only for tasks that may leave, and only with options to choose from.
    fn choose(
        &mut self,
        task: TaskView<'_>,
        options: &[CloudOption],
        view: &ClusterView<'_>,
        rng: &mut StreamRng,
    ) -> Option<usize> {
        let option = cheapest(options)?;
        (self.route(task, options[option].quote, view, rng) == Route::Cloud).then_some(option)
    }

    /// How often [`CloudPolicy::burst`] is asked; `None` never.
    fn period(&self) -> Option<SimDuration> {
        None
    }

    /// Which of the waiting tasks leave now: positions of candidates, and of their options.
    fn burst(&mut self, candidates: &[Candidate<'_>], view: &ClusterView<'_>) -> Vec<(usize, usize)> {
        let (_, _) = (candidates, view);
        Vec::new()
    }
}
