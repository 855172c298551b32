//! Device memory of one unit.

pub mod cache;
pub mod dynamics;
pub mod phases;
pub mod pressure;
pub mod spill;

use crate::units::Bytes;

/// A placed block: where it starts, how long it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// First byte.
    pub start: u64,
    /// Length in bytes, at least what was asked for.
    pub length: u64,
}

/// How one unit's memory is handed out.
pub trait Allocator: Send {
    /// Whether `size` could be placed now.
    fn fits(&self, size: Bytes) -> bool;

    /// Places `size`, or `None` where it does not fit.
    fn allocate(&mut self, size: Bytes) -> Option<Block>;

    /// Gives a block back.
    fn release(&mut self, block: Block);

    /// Bytes that are not handed out.
    fn free(&self) -> Bytes;

    /// The largest request that would succeed.
    fn largest_free(&self) -> Bytes;

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
