//! Offload what saves energy here.

use schemars::JsonSchema;
use serde::Deserialize;

use super::best;
use super::local::local;
use crate::json::Watts;
use crate::policy::registry::{BuildError, Plugin};
use crate::policy::{CloudOption, CloudPolicy, ClusterView, TaskView};
use crate::rng::StreamRng;

/// What the device at home draws while it computes, while it waits for the cloud, and while it sends.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Powers {
    /// Computing. Default 0.9 W.
    pub compute: Watts,
    /// Idling. Default 0.3 W.
    pub idle: Watts,
    /// Transmitting. Default 1.3 W.
    pub transmit: Watts,
}

/// The figures of Kumar & Lu's example, an HP iPAQ PDA.
impl Default for Powers {
    fn default() -> Self {
        Self { compute: Watts(0.9), idle: Watts(0.3), transmit: Watts(1.3) }
    }
}

impl Powers {
    /// Joules of the device for `run` seconds of work here.
    pub(super) fn here(&self, run: f64) -> f64 {
        self.compute.get() * run
    }

    /// Joules of the device while the task is away.
    pub(super) fn away(&self, option: &CloudOption) -> f64 {
        self.idle.get() * option.run + self.transmit.get() * option.upload
    }
}

/// Offloads where `P_c W/s_l > P_i W/s_c + P_tx S/BW`: computing here takes more energy than idling while the cloud
/// computes and sending the input. Of several options it takes the one of least energy. Kumar & Lu, IEEE Computer 43(4),
/// 2010.
#[derive(Clone, Copy, Debug, Default)]
pub struct Energy {
    powers: Powers,
}

impl CloudPolicy for Energy {
    fn choose(
        &mut self,
        task: TaskView<'_>,
        options: &[CloudOption],
        view: &ClusterView<'_>,
        _: &mut StreamRng,
    ) -> Option<usize> {
        let least = best(options, |o| self.powers.away(o))?;
        (self.powers.here(local(task, view).run) > self.powers.away(&options[least])).then_some(least)
    }
}

impl Plugin for Energy {
    const NAME: &'static str = "energy";
    const ABOUT: &'static str =
        "offload where computing here takes more energy than sending and waiting (Kumar & Lu 2010)";
    type Params = Powers;

    fn build(powers: Powers) -> Result<Self, BuildError> {
        Ok(Self { powers })
    }
}
