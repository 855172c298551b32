//! How device memory is handed out, one rule per file.

mod contiguous;
mod counter;
pub mod evict;

pub use contiguous::{BestFit, Contiguous, FirstFit};
pub use counter::Counter;

use crate::model::memory::Allocator;
use crate::units::Bytes;

/// Decides how device memory is handed out.
pub trait MemoryPolicy: Send {
    /// The allocator for a unit with `capacity` bytes; `None` counts bytes only.
    fn allocator(&self, capacity: Bytes) -> Option<Box<dyn Allocator>>;
}
