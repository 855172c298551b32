//! The least important goes.

use crate::model::memory::cache::{CacheEntry, Eviction, least_idle};
use crate::policy::registry::{BuildError, NoParams, Plugin};

/// The one of the lowest priority; of equals, the least recently used.
#[derive(Clone, Copy, Debug, Default)]
pub struct LowestPriority;

impl Eviction for LowestPriority {
    fn victim(&mut self, entries: &mut [CacheEntry]) -> Option<usize> {
        least_idle(entries, |e| e.priority)
    }
}

impl Plugin for LowestPriority {
    const NAME: &'static str = "lowest-priority";
    const ABOUT: &'static str = "the idle model of the lowest priority goes";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self)
    }
}
