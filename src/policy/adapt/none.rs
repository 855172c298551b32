//! Nothing learns.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::policy::Adaptive;
use crate::policy::registry::{BuildError, Plugin};

/// Policies stay as they are.
#[derive(Clone, Copy, Debug, Default)]
pub struct Fixed;

/// No parameters.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Params {}

impl Adaptive for Fixed {
    fn learns(&self) -> bool {
        false
    }
}

impl Plugin for Fixed {
    const NAME: &'static str = "none";
    const ABOUT: &'static str = "nothing is learnt";
    type Params = Params;

    fn build(_: Params) -> Result<Self, BuildError> {
        Ok(Self)
    }
}
