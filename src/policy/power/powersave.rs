//! Always the lowest frequency.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::policy::Governor;
use crate::policy::registry::{BuildError, Plugin};

/// Stays in the lowest P-state, as Linux's governor of that name does.
#[derive(Clone, Copy, Debug, Default)]
pub struct Powersave;

/// No parameters.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Params {}

impl Governor for Powersave {
    fn initial(&self, _count: usize) -> usize {
        0
    }
}

impl Plugin for Powersave {
    const NAME: &'static str = "powersave";
    const ABOUT: &'static str = "always the lowest P-state (Linux governor)";
    type Params = Params;

    fn build(_: Params) -> Result<Self, BuildError> {
        Ok(Self)
    }
}
