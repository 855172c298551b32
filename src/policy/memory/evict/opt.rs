//! Belady's bound.

use std::collections::VecDeque;

use crate::model::memory::cache::{CacheEntry, Eviction};

/// The one that is used again last, or never (Belady 1966). It must know all accesses before they come, so it is a
/// bound to compare with and cannot be named in a scenario; with entries of equal size no rule has fewer misses.
#[derive(Clone, Debug)]
pub struct Opt {
    to_come: VecDeque<u32>,
}

impl Opt {
    /// For these accesses, in their order.
    pub fn new(accesses: &[u32]) -> Self {
        Self { to_come: accesses.iter().copied().collect() }
    }
}

impl Eviction for Opt {
    fn touch(&mut self, _: &mut CacheEntry) {
        self.to_come.pop_front();
    }

    fn victim(&mut self, entries: &mut [CacheEntry]) -> Option<usize> {
        let next = |e: &CacheEntry| self.to_come.iter().position(|key| *key == e.key).unwrap_or(usize::MAX);
        let idle = entries.iter().enumerate().filter(|(_, e)| e.users == 0);
        // Of those that are never used again, the first.
        idle.max_by_key(|(at, e)| (next(e), usize::MAX - at)).map(|(at, _)| at)
    }
}
