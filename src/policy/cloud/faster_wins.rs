//! Offload what ends earlier there.

use super::best;
use super::local::local;
use crate::policy::registry::{BuildError, NoParams, Plugin};
use crate::policy::{CloudOption, CloudPolicy, ClusterView, TaskView};
use crate::rng::StreamRng;

/// Takes the option with the least expected response if that is less than the expected response here.
#[derive(Clone, Copy, Debug, Default)]
pub struct FasterWins;

impl CloudPolicy for FasterWins {
    fn choose(
        &mut self,
        task: TaskView<'_>,
        options: &[CloudOption],
        view: &ClusterView<'_>,
        _: &mut StreamRng,
    ) -> Option<usize> {
        let fastest = best(options, |o| o.quote.response)?;
        (options[fastest].quote.response < local(task, view).response).then_some(fastest)
    }
}

impl Plugin for FasterWins {
    const NAME: &'static str = "faster-wins";
    const ABOUT: &'static str = "offload what is expected to end earlier there than here";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self)
    }
}
