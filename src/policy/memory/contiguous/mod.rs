//! Contiguous blocks in a linear address space; which hole a block goes into is a rule of its own.

mod best_fit;
mod dynamic;
mod first_fit;
mod next_fit;
mod params;
#[cfg(test)]
mod tests;
mod worst_fit;

pub use best_fit::BestFit;
pub use dynamic::Dynamic;
pub use first_fit::FirstFit;
pub use next_fit::NextFit;
pub use params::ByFit;
pub(super) use params::positive;
pub use worst_fit::WorstFit;

use super::holes::{Hole, Holes};
use crate::model::memory::{Allocator, Block};
use crate::units::Bytes;

/// Chooses the hole for a block.
pub trait Fit: Default + Send + 'static {
    /// How scenarios call it.
    const NAME: &'static str;
    /// One line about it.
    const ABOUT: &'static str;

    /// The hole for `size` bytes, `last` being the end of the block that was placed last.
    fn choose(space: &Space<'_>, size: u64, last: u64) -> Option<u64>;
}

/// The holes as a rule sees them. A hole is told by its start and its length.
pub struct Space<'a>(&'a Holes);

impl Space<'_> {
    /// The lowest hole of at least `size` that starts at `from` or later.
    pub fn first(&self, from: u64, size: u64) -> Option<(u64, u64)> {
        self.0.first(from, size).map(|h| (h.start, h.length))
    }

    /// The shortest hole of at least `size`, of several the lowest.
    pub fn shortest(&self, size: u64) -> Option<(u64, u64)> {
        self.0.shortest(size).map(|h| (h.start, h.length))
    }

    /// The longest hole, of several the lowest, if it has at least `size`.
    pub fn longest(&self, size: u64) -> Option<(u64, u64)> {
        self.0.largest(size).map(|h| (h.start, h.length))
    }

    /// The last hole that starts at `at` or before.
    pub fn at_or_before(&self, at: u64) -> Option<(u64, u64)> {
        self.0.at_or_before(at).map(|h| (h.start, h.length))
    }
}

/// Blocks and holes, neighbouring holes always merged. O(log n) per operation. Source: Knuth, TAOCP 1, section 2.5.
#[derive(Clone, Debug)]
pub struct Contiguous<F> {
    capacity: u64,
    /// Blocks start at multiples of it, and their lengths are multiples.
    align: u64,
    holes: Holes,
    /// Start and length of each block by its id; length 0 where the id is not in use.
    live: Vec<(u64, u64)>,
    vacant: Vec<u64>,
    /// End of the block that was placed last.
    last: u64,
    fit: std::marker::PhantomData<F>,
}

impl<F: Fit> Contiguous<F> {
    /// All of `capacity` free, in multiples of `align`.
    pub fn new(capacity: Bytes, align: u64) -> Self {
        let align = align.max(1);
        let capacity = capacity.get() / align * align;
        Self {
            capacity,
            align,
            holes: Holes::new(capacity),
            live: Vec::new(),
            vacant: Vec::new(),
            last: 0,
            fit: std::marker::PhantomData,
        }
    }

    /// What `size` takes; `None` where no memory is so large.
    fn rounded(&self, size: Bytes) -> Option<u64> {
        size.get().max(1).checked_next_multiple_of(self.align)
    }

    fn enter(&mut self, start: u64, length: u64) -> Block {
        let id = match self.vacant.pop() {
            Some(id) => id,
            None => {
                self.live.push((0, 0));
                self.live.len() as u64 - 1
            }
        };
        if let Some(place) = self.live.get_mut(id as usize) {
            *place = (start, length);
        }
        Block { id, length }
    }

    /// Indices of the blocks in use, by address.
    fn by_address(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.live.len()).filter(|i| self.live[*i].1 > 0).collect();
        order.sort_unstable_by_key(|i| self.live[*i].0);
        order
    }
}

impl<F: Fit> Allocator for Contiguous<F> {
    fn fits(&self, size: Bytes) -> bool {
        self.rounded(size).is_some_and(|size| size <= self.holes.longest())
    }

    fn allocate(&mut self, size: Bytes) -> Option<Block> {
        let size = self.rounded(size)?;
        let start = F::choose(&Space(&self.holes), size, self.last)?;
        if !self.holes.take(start, size) {
            return None;
        }
        self.last = start + size;
        Some(self.enter(start, size))
    }

    fn release(&mut self, block: Block) {
        let Some(place) = self.live.get_mut(block.id as usize).filter(|_| block.length > 0) else { return };
        let (start, length) = std::mem::take(place);
        if length > 0 {
            self.vacant.push(block.id);
            self.holes.give(start, length);
        }
    }

    fn capacity(&self) -> Bytes {
        Bytes(self.capacity)
    }

    fn free(&self) -> Bytes {
        Bytes(self.holes.free())
    }

    fn largest_free(&self) -> Bytes {
        Bytes(self.holes.longest())
    }

    fn address(&self, block: Block) -> Option<u64> {
        self.live.get(block.id as usize).filter(|(_, length)| *length > 0).map(|(start, _)| *start)
    }

    /// All that lies above the lowest hole.
    fn to_move(&self) -> Option<Bytes> {
        let lowest = self.holes.first(0, 0).map_or(self.capacity, |h| h.start);
        Some(Bytes(self.capacity - lowest - self.holes.free()))
    }

    fn compact(&mut self) {
        let mut end = 0;
        for i in self.by_address() {
            self.live[i].0 = end;
            end += self.live[i].1;
        }
        self.holes = Holes::new(self.capacity);
        self.holes.take(0, end);
        self.last = end;
    }

    fn check(&self) -> Result<(), String> {
        self.holes.check()?;
        // Blocks and holes cover the memory without a gap.
        let mut pieces: Vec<(u64, u64)> = self.by_address().into_iter().map(|i| self.live[i]).collect();
        if let Some((start, _)) = pieces.iter().find(|(s, l)| s % self.align != 0 || l % self.align != 0) {
            return Err(format!("the block at {start} is not aligned to {}", self.align));
        }
        pieces.extend(self.holes.iter().map(|Hole { start, length }| (start, length)));
        pieces.sort_unstable();
        let end = pieces.iter().try_fold(0, |end, (start, length)| (*start == end).then_some(end + length));
        if end != Some(self.capacity) {
            return Err("blocks and holes overlap, or leave a gap".into());
        }
        Ok(())
    }
}
