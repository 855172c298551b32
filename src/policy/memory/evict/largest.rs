//! The largest goes.

use crate::model::memory::cache::{CacheEntry, Eviction, least_idle};
use crate::policy::registry::{BuildError, NoParams, Plugin};

/// The one of most bytes; of equals, the least recently used.
#[derive(Clone, Copy, Debug, Default)]
pub struct Largest;

impl Eviction for Largest {
    fn victim(&mut self, entries: &mut [CacheEntry]) -> Option<usize> {
        least_idle(entries, |e| u64::MAX - e.size)
    }
}

impl Plugin for Largest {
    const NAME: &'static str = "largest";
    const ABOUT: &'static str = "the largest idle model goes: few loads for much room";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self)
    }
}
