//! Always the lowest frequency.

use crate::policy::Governor;
use crate::policy::registry::{BuildError, NoParams, Plugin};

/// Stays in the lowest P-state, as Linux's governor of that name does.
#[derive(Clone, Copy, Debug, Default)]
pub struct Powersave;

impl Governor for Powersave {
    fn initial(&self, _count: usize) -> usize {
        0
    }
}

impl Plugin for Powersave {
    const NAME: &'static str = "powersave";
    const ABOUT: &'static str = "always the lowest P-state (Linux governor)";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self)
    }
}
