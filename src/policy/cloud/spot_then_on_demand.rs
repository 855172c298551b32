//! Spot instances as long as there is time to lose one.

use schemars::JsonSchema;
use serde::Deserialize;

use super::threshold::Threshold;
use super::{best, cheapest};
use crate::json::Seconds;
use crate::policy::registry::{BuildError, Plugin};
use crate::policy::{CloudOption, CloudPolicy, ClusterView, TaskView};
use crate::rng::StreamRng;
use crate::units::SimTime;

/// Offloads while `backlog` tasks wait: to the cheapest spot instance while the slack exceeds what an instance on demand
/// would take by more than `margin`, then to the cheapest on demand. A task that has lost its instance is asked again,
/// with what is left of it and of its slack; it does not come home. After Proteus (Harlap et al., EuroSys 2017).
#[derive(Clone, Copy, Debug)]
pub struct SpotThenOnDemand {
    backlog: Threshold,
    margin: f64,
}

/// Parameters of [`SpotThenOnDemand`].
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// Waiting tasks from which on a newcomer leaves. Default 0: all leave.
    pub backlog: usize,
    /// Slack that a task must have beyond its time on demand. Default 60 s.
    pub margin: Seconds,
}

impl Default for Params {
    fn default() -> Self {
        Self { backlog: 0, margin: Seconds(60.0) }
    }
}

impl CloudPolicy for SpotThenOnDemand {
    fn choose(
        &mut self,
        task: TaskView<'_>,
        options: &[CloudOption],
        view: &ClusterView<'_>,
        _: &mut StreamRng,
    ) -> Option<usize> {
        if !task.is_away() && !self.backlog.is_reached(task, view) {
            return None;
        }
        let on_demand = cheapest(options)?;
        let spot = best(options, |o| if o.spot { o.quote.usd } else { f64::INFINITY })?;
        if !options[spot].spot {
            return Some(on_demand);
        }
        let slack = (task.deadline() - view.now()).as_secs_f64();
        let has_time = task.deadline() == SimTime::NEVER || slack > options[on_demand].quote.response + self.margin;
        Some(if has_time { spot } else { on_demand })
    }
}

impl Plugin for SpotThenOnDemand {
    const NAME: &'static str = "spot-then-on-demand";
    const ABOUT: &'static str = "spot while there is time to lose an instance, then on demand (Harlap et al. 2017)";
    type Params = Params;

    fn build(params: Params) -> Result<Self, BuildError> {
        Ok(Self { backlog: Threshold::tasks(params.backlog), margin: params.margin.get() })
    }
}
