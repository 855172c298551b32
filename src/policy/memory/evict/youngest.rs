//! The youngest goes.

use crate::model::memory::cache::{CacheEntry, Eviction, least_idle};
use crate::policy::registry::{BuildError, NoParams, Plugin};

/// The one that came last.
#[derive(Clone, Copy, Debug, Default)]
pub struct Youngest;

impl Eviction for Youngest {
    fn victim(&mut self, entries: &mut [CacheEntry]) -> Option<usize> {
        least_idle(entries, |e| u64::MAX - e.inserted)
    }
}

impl Plugin for Youngest {
    const NAME: &'static str = "youngest";
    const ABOUT: &'static str = "the idle model that came last goes";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self)
    }
}
