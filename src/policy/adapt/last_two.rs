//! Run times predicted from the user's last two.

use std::collections::BTreeMap;

use crate::model::task::Status;
use crate::policy::registry::{BuildError, NoParams, Plugin};
use crate::policy::{Adaptive, TaskView};
use crate::units::SimDuration;

/// The mean of the user's last two run times, never above the user's own estimate, takes the estimate's
/// place in scheduling; kills still follow the user's estimate. A user without two ended tasks is
/// believed. Source: Tsafrir, Etsion & Feitelson, IEEE TPDS 2007.
#[derive(Clone, Debug, Default)]
pub struct LastTwo {
    history: BTreeMap<u32, (SimDuration, Option<SimDuration>)>,
}

impl Adaptive for LastTwo {
    fn predict(&mut self, task: TaskView<'_>) -> Option<SimDuration> {
        let (last, before) = self.history.get(&task.user())?;
        let mean = last.as_nanos() / 2 + (*before)?.as_nanos() / 2;
        Some(SimDuration::from_nanos(mean.max(1)).min(task.user_estimate()))
    }

    fn on_end(&mut self, task: TaskView<'_>, status: Status, run: SimDuration) {
        if matches!(status, Status::Completed | Status::Killed) {
            let before = self.history.get(&task.user()).map(|(last, _)| *last);
            self.history.insert(task.user(), (run, before));
        }
    }
}

impl Plugin for LastTwo {
    const NAME: &'static str = "last-two";
    const ABOUT: &'static str = "estimates become the mean of the user's last two run times (Tsafrir et al. 2007)";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self::default())
    }
}
