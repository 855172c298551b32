//! Always the highest frequency.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::policy::Governor;
use crate::policy::registry::{BuildError, Plugin};

/// Stays in the highest P-state, as Linux's governor of that name does.
#[derive(Clone, Copy, Debug, Default)]
pub struct Performance;

/// No parameters.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Params {}

impl Governor for Performance {
    fn initial(&self, count: usize) -> usize {
        count.saturating_sub(1)
    }
}

impl Plugin for Performance {
    const NAME: &'static str = "performance";
    const ABOUT: &'static str = "always the highest P-state (Linux governor)";
    type Params = Params;

    fn build(_: Params) -> Result<Self, BuildError> {
        Ok(Self)
    }
}
