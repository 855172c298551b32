//! Offload what would miss its deadline here.

use schemars::JsonSchema;
use serde::Deserialize;

use super::best;
use super::local::local;
use crate::dist::normal_quantile;
use crate::policy::registry::{BuildError, Plugin};
use crate::policy::{CloudOption, CloudPolicy, CloudQuote, ClusterView, Route, TaskView};
use crate::rng::StreamRng;
use crate::units::SimTime;

/// Stays if the task is expected to meet its deadline here; leaves by the cheapest option that is expected to meet it;
/// if none is, takes the earliest end. Tasks without a deadline stay.
///
/// Expected is a quantile: a response plus `z` of its standard deviations, that of the latency and of the run, whose
/// coefficient of variation around its estimate is a parameter. After Van den Bossche et al., IEEE CLOUD 2010.
#[derive(Clone, Copy, Debug, Default)]
pub struct DeadlineAware {
    z: f64,
    cv: f64,
}

/// Parameters of [`DeadlineAware`].
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// Probability, in [0.5, 1), with which a response must meet the deadline, as if it were normal. Default 0.5: the
    /// mean counts.
    pub quantile: f64,
    /// Standard deviation of a run over its estimate. Default 0.
    pub cv: f64,
}

impl Default for Params {
    fn default() -> Self {
        Self { quantile: 0.5, cv: 0.0 }
    }
}

impl DeadlineAware {
    /// The quantile of a response with a run of `run` and another standard deviation of `spread` seconds.
    fn quantile(self, response: f64, run: f64, spread: f64) -> f64 {
        if self.z == 0.0 {
            return response;
        }
        let of_run = self.cv * run;
        response + self.z * (spread * spread + of_run * of_run).sqrt()
    }

    fn decide(self, task: TaskView<'_>, options: &[CloudOption], view: &ClusterView<'_>) -> Option<usize> {
        if task.deadline() == SimTime::NEVER {
            return None;
        }
        let slack = (task.deadline() - view.now()).as_secs_f64();
        let here = local(task, view);
        let here = if here.run.is_finite() { self.quantile(here.response, here.run, 0.0) } else { f64::INFINITY };
        if here <= slack {
            return None;
        }
        let there = |o: &CloudOption| self.quantile(o.quote.response, o.run, o.spread);
        let feasible = best(options, |o| if there(o) <= slack { o.quote.usd } else { f64::INFINITY })?;
        if there(&options[feasible]) <= slack {
            return Some(feasible);
        }
        let earliest = best(options, there)?;
        (here > there(&options[earliest])).then_some(earliest)
    }
}

impl CloudPolicy for DeadlineAware {
    fn route(&mut self, task: TaskView<'_>, quote: CloudQuote, view: &ClusterView<'_>, _: &mut StreamRng) -> Route {
        let only = CloudOption { number: 0, region: 0, spot: false, quote, spread: 0.0, run: 0.0, upload: 0.0 };
        if self.decide(task, &[only], view).is_some() { Route::Cloud } else { Route::Local }
    }

    fn choose(
        &mut self,
        task: TaskView<'_>,
        options: &[CloudOption],
        view: &ClusterView<'_>,
        _: &mut StreamRng,
    ) -> Option<usize> {
        self.decide(task, options, view)
    }
}

impl Plugin for DeadlineAware {
    const NAME: &'static str = "deadline-aware";
    const ABOUT: &'static str = "offload what is expected to miss its deadline here, by the cheapest way that makes it (Van den Bossche et al. 2010)";
    type Params = Params;

    fn build(params: Params) -> Result<Self, BuildError> {
        let Params { quantile, cv } = params;
        if !(0.5..1.0).contains(&quantile) {
            let found = format_args!("found {quantile}, expected a probability in [0.5, 1)");
            return Err(BuildError::new(found).inside("quantile"));
        }
        if !(0.0..=1000.0).contains(&cv) {
            return Err(BuildError::new(format_args!("found {cv}, expected a number from 0 to 1000")).inside("cv"));
        }
        let z = if quantile == 0.5 { 0.0 } else { normal_quantile(quantile) };
        Ok(Self { z, cv })
    }
}
