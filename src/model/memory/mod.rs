//! Device memory of one unit.

mod admission;
mod compaction;
mod sizing;

pub use admission::Admission;
pub use compaction::{Compaction, CompactionWhen};
pub use sizing::{FirstSize, Observed, Waste, first_allocation};

use crate::units::Bytes;

/// A piece of memory that was handed out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// What its allocator knows it by.
    pub id: u64,
    /// Length in bytes, at least what was asked for.
    pub length: u64,
}

impl Block {
    /// No memory at all; releasing it does nothing.
    pub const EMPTY: Self = Self { id: 0, length: 0 };
}

/// Why memory keeps a task waiting.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MemoryFailure {
    /// Bytes enough were free, but not in one piece.
    pub by_fragmentation: bool,
    /// External fragmentation, in millionths: the mean over the units that had a free share for the task.
    pub external: u32,
}

/// How one unit's memory is handed out.
pub trait Allocator: Send {
    /// Whether `size` could be placed now.
    fn fits(&self, size: Bytes) -> bool;

    /// Places `size`, or `None` where it does not fit.
    fn allocate(&mut self, size: Bytes) -> Option<Block>;

    /// Gives a block back.
    fn release(&mut self, block: Block);

    /// Bytes that can be handed out at most: the device's memory, less what the rule cannot use.
    fn capacity(&self) -> Bytes;

    /// Bytes of the capacity that are not handed out.
    fn free(&self) -> Bytes;

    /// The largest request that would succeed.
    fn largest_free(&self) -> Bytes;

    /// The first byte of a block; `None` where its pages lie anywhere.
    fn address(&self, block: Block) -> Option<u64>;

    /// Bytes that are handed out or kept back for later requests; `None` where nothing is kept back.
    fn reserved(&self) -> Option<Bytes> {
        None
    }

    /// Bytes that must be moved so that all that is free is in one piece; `None` where blocks cannot be moved.
    fn to_move(&self) -> Option<Bytes> {
        None
    }

    /// Moves all blocks together, towards address 0. Blocks keep their ids.
    fn compact(&mut self) {}

    /// Checks the allocator's own invariants; the text names the broken one.
    fn check(&self) -> Result<(), String>;
}

/// External fragmentation `1 − largest free / total free`, 0 where nothing is free, in millionths.
pub fn external_fragmentation(space: &dyn Allocator) -> u32 {
    let (free, largest) = (space.free().get(), space.largest_free().get());
    if free == 0 {
        return 0;
    }
    let used = u128::from(largest) * 1_000_000 / u128::from(free);
    1_000_000 - used.min(1_000_000) as u32
}
