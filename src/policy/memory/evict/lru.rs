//! Least recently used.

use crate::model::memory::cache::{CacheEntry, Eviction, least_idle};
use crate::policy::registry::{BuildError, NoParams, Plugin};

/// The one whose last use lies furthest back.
#[derive(Clone, Copy, Debug, Default)]
pub struct Lru;

impl Eviction for Lru {
    fn victim(&mut self, entries: &mut [CacheEntry]) -> Option<usize> {
        least_idle(entries, |e| e.used)
    }
}

impl Plugin for Lru {
    const NAME: &'static str = "lru";
    const ABOUT: &'static str = "the idle model whose last use lies furthest back goes (Denning 1968)";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self)
    }
}
