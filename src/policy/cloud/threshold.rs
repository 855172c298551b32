//! Offload while the local backlog is long.

use schemars::JsonSchema;
use serde::Deserialize;

use super::local::local;
use crate::json::Seconds;
use crate::policy::registry::{BuildError, Plugin};
use crate::policy::{CloudPolicy, CloudQuote, ClusterView, Route, TaskView};
use crate::rng::StreamRng;

/// What backlog is too long.
#[derive(Clone, Copy, Debug)]
enum Limit {
    /// So many waiting tasks.
    Tasks(usize),
    /// So many seconds of expected wait.
    Seconds(f64),
}

/// Offloads a task that finds `backlog` or more tasks waiting, or would expect to wait `seconds` or more.
#[derive(Clone, Copy, Debug)]
pub struct Threshold(Limit);

/// Parameters of [`Threshold`]: one of the two.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// Waiting tasks from which on a newcomer leaves. Default 10.
    pub backlog: Option<usize>,
    /// Expected wait from which on a newcomer leaves.
    pub seconds: Option<Seconds>,
}

impl Threshold {
    /// By waiting tasks.
    pub(super) const fn tasks(backlog: usize) -> Self {
        Self(Limit::Tasks(backlog))
    }

    fn new(params: &Params) -> Result<Self, BuildError> {
        match (params.backlog, params.seconds) {
            (Some(_), Some(_)) => {
                Err(BuildError::new("found both `backlog` and `seconds`, expected one of them").inside("seconds"))
            }
            (_, Some(seconds)) => Ok(Self(Limit::Seconds(seconds.get()))),
            (backlog, None) => Ok(Self(Limit::Tasks(backlog.unwrap_or(10)))),
        }
    }

    /// Whether the backlog is too long for `task`.
    pub(super) fn is_reached(self, task: TaskView<'_>, view: &ClusterView<'_>) -> bool {
        match self.0 {
            Limit::Tasks(backlog) => view.waiting() >= backlog,
            Limit::Seconds(seconds) => local(task, view).wait() >= seconds,
        }
    }
}

impl CloudPolicy for Threshold {
    fn route(&mut self, task: TaskView<'_>, _: CloudQuote, view: &ClusterView<'_>, _: &mut StreamRng) -> Route {
        if self.is_reached(task, view) { Route::Cloud } else { Route::Local }
    }
}

impl Plugin for Threshold {
    const NAME: &'static str = "threshold";
    const ABOUT: &'static str =
        "offload while at least `backlog` tasks wait, or the expected wait is `seconds` or more";
    type Params = Params;

    fn build(params: Params) -> Result<Self, BuildError> {
        Self::new(&params)
    }
}

/// The policy that is meant where none is named: [`Threshold`].
#[derive(Clone, Copy, Debug)]
pub struct Default(Threshold);

impl CloudPolicy for Default {
    fn route(&mut self, t: TaskView<'_>, quote: CloudQuote, view: &ClusterView<'_>, rng: &mut StreamRng) -> Route {
        self.0.route(t, quote, view, rng)
    }
}

impl Plugin for Default {
    const NAME: &'static str = "default";
    const ABOUT: &'static str = "another name of threshold";
    type Params = Params;

    fn build(params: Params) -> Result<Self, BuildError> {
        Threshold::new(&params).map(Self)
    }
}
