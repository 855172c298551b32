//! Always the highest frequency.

use crate::policy::Governor;
use crate::policy::registry::{BuildError, NoParams, Plugin};

/// Stays in the highest P-state, as Linux's governor of that name does.
#[derive(Clone, Copy, Debug, Default)]
pub struct Performance;

impl Governor for Performance {
    fn initial(&self, count: usize) -> usize {
        count.saturating_sub(1)
    }
}

impl Plugin for Performance {
    const NAME: &'static str = "performance";
    const ABOUT: &'static str = "always the highest P-state (Linux governor)";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self)
    }
}
