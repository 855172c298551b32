//! First in, first out.

use crate::model::memory::cache::{CacheEntry, Eviction, least_idle};
use crate::policy::registry::{BuildError, NoParams, Plugin};

/// The one that came first.
#[derive(Clone, Copy, Debug, Default)]
pub struct Fifo;

impl Eviction for Fifo {
    fn victim(&mut self, entries: &mut [CacheEntry]) -> Option<usize> {
        least_idle(entries, |e| e.inserted)
    }
}

impl Plugin for Fifo {
    const NAME: &'static str = "fifo";
    const ABOUT: &'static str = "the idle model that came first goes";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self)
    }
}
