//! Nothing learns.

use crate::policy::Adaptive;
use crate::policy::registry::{BuildError, NoParams, Plugin};

/// Policies stay as they are.
#[derive(Clone, Copy, Debug, Default)]
pub struct Fixed;

impl Adaptive for Fixed {
    fn learns(&self) -> bool {
        false
    }
}

impl Plugin for Fixed {
    const NAME: &'static str = "none";
    const ABOUT: &'static str = "nothing is learnt";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self)
    }
}
