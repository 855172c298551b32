//! Always on.

use crate::policy::registry::{BuildError, NoParams, Plugin};
use crate::policy::{SleepPolicy, UnitView};

use super::{Descent, IdlePeriod};

/// Units never sleep.
#[derive(Clone, Copy, Debug, Default)]
pub struct Never;

impl SleepPolicy for Never {
    fn descend(&mut self, _unit: UnitView<'_>, _period: IdlePeriod) -> Option<Descent> {
        None
    }
}

impl Plugin for Never {
    const NAME: &'static str = "never";
    const ABOUT: &'static str = "units stay awake";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self)
    }
}
