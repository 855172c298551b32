//! How device memory is handed out, one rule per file.

mod buddy;
mod caching_arena;
mod contiguous;
mod counter;
mod holes;
#[cfg(test)]
mod naive;
mod paged;
mod partitions;
mod simple;
mod slab;

pub use buddy::{Buddies, Buddy};
pub use caching_arena::{Arena, CachingArena};
pub use contiguous::{BestFit, ByFit, Contiguous, Dynamic, FirstFit, Fit, NextFit, WorstFit};
pub use counter::Counter;
pub use paged::{Paged, Pages};
pub use partitions::{Partitions, Slices};
pub use simple::Simple;
pub use slab::{Slab, Slabs};

use crate::model::memory::{Allocator, Compaction};
use crate::units::Bytes;

/// Decides how device memory is handed out.
pub trait MemoryPolicy: Send {
    /// The allocator for a unit with `capacity` bytes; `None` counts bytes only.
    fn allocator(&self, capacity: Bytes) -> Option<Box<dyn Allocator>>;

    /// When blocks are moved together; `None` is never.
    fn compaction(&self) -> Option<Compaction> {
        None
    }
}
