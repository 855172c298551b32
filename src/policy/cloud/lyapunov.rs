//! Offload within an average budget by drift plus penalty.

use schemars::JsonSchema;
use serde::Deserialize;

use super::best;
use super::local::local;
use crate::json::Dollars;
use crate::policy::registry::{BuildError, Plugin};
use crate::policy::{CloudOption, CloudPolicy, ClusterView, TaskView};
use crate::rng::StreamRng;
use crate::units::SimTime;

/// Takes the place of least `V · L + Z · USD`, `L` being the expected response: the penalty and the drift of a virtual
/// queue of money, `Z ← max(0, Z − budget · Δt) + USD`. In the long run it spends the budget at most; a larger `V`
/// comes closer to the best mean response, and takes longer to keep the budget. Neely, Stochastic Network
/// Optimization, 2010.
#[derive(Clone, Copy, Debug)]
pub struct Lyapunov {
    v: f64,
    /// USD per second.
    budget: f64,
    /// USD spent beyond the budget.
    debt: f64,
    since: SimTime,
}

/// Parameters of [`Lyapunov`].
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// Weight of a second of response against a squared dollar of debt. Default 0.001.
    pub v: f64,
    /// What may be spent in an hour, on average. Default 1 USD.
    pub budget_per_hour: Dollars,
}

impl Default for Params {
    fn default() -> Self {
        Self { v: 0.001, budget_per_hour: Dollars(1.0) }
    }
}

impl CloudPolicy for Lyapunov {
    fn choose(
        &mut self,
        task: TaskView<'_>,
        options: &[CloudOption],
        view: &ClusterView<'_>,
        _: &mut StreamRng,
    ) -> Option<usize> {
        let passed = (view.now() - self.since).as_secs_f64();
        self.since = view.now();
        self.debt = (self.debt - self.budget * passed).max(0.0);
        let (v, debt) = (self.v, self.debt);
        let there = |o: &CloudOption| v * o.quote.response + debt * o.quote.usd;
        let least = best(options, there)?;
        if there(&options[least]) >= v * local(task, view).response {
            return None;
        }
        self.debt += options[least].quote.usd;
        Some(least)
    }
}

impl Plugin for Lyapunov {
    const NAME: &'static str = "lyapunov";
    const ABOUT: &'static str = "least response within an average budget by drift plus penalty (Neely 2010)";
    type Params = Params;

    fn build(params: Params) -> Result<Self, BuildError> {
        if !(params.v > 0.0 && params.v <= 1e12) {
            let found = format_args!("found {}, expected a number in (0, 1e12]", params.v);
            return Err(BuildError::new(found).inside("v"));
        }
        let budget = params.budget_per_hour.get() / 3600.0;
        Ok(Self { v: params.v, budget, debt: 0.0, since: SimTime::ZERO })
    }
}
