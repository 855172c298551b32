//! Least frequently used.

use crate::model::memory::cache::{CacheEntry, Eviction, least_idle};
use crate::policy::registry::{BuildError, NoParams, Plugin};

/// The one with the fewest uses since it came; of equals, the least recently used.
#[derive(Clone, Copy, Debug, Default)]
pub struct Lfu;

impl Eviction for Lfu {
    fn victim(&mut self, entries: &mut [CacheEntry]) -> Option<usize> {
        least_idle(entries, |e| e.uses)
    }
}

impl Plugin for Lfu {
    const NAME: &'static str = "lfu";
    const ABOUT: &'static str = "the idle model with the fewest uses since it came goes";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self)
    }
}
