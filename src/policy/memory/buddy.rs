//! The binary buddy system.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Deserialize;

use super::contiguous::positive;
use crate::json::ByteCount;
use crate::model::memory::{Allocator, Block};
use crate::policy::MemoryPolicy;
use crate::policy::registry::{BuildError, Plugin};
use crate::units::Bytes;

/// Requests are rounded up to a power of two of the smallest block; the smallest free block that is large enough is
/// halved, the lower half first, until it fits; two free halves of one block are one again (Knowlton, CACM 1965).
///
/// A memory that is no power of two of smallest blocks is a forest: one tree for each binary digit of its size, the
/// largest at address 0. What is less than a smallest block is not used. Addresses count in smallest blocks, so the
/// buddy of a block is at its address XOR its size.
#[derive(Clone, Debug)]
pub struct Buddies {
    smallest: u64,
    blocks: u64,
    free: u64,
    /// Free blocks of `2^k` smallest ones, by `k`.
    by_order: Vec<BTreeSet<u64>>,
    /// Order of each block that was handed out.
    live: BTreeMap<u64, u32>,
}

impl Buddies {
    /// All of `capacity` free.
    pub fn new(capacity: Bytes, smallest: u64) -> Self {
        let smallest = smallest.max(1);
        let blocks = capacity.get() / smallest;
        let orders = u64::BITS - blocks.leading_zeros();
        let mut by_order = vec![BTreeSet::new(); orders as usize];
        let mut start = 0;
        for order in (0..orders).rev().filter(|order| blocks >> order & 1 == 1) {
            by_order[order as usize].insert(start);
            start += 1 << order;
        }
        Self { smallest, blocks, free: blocks, by_order, live: BTreeMap::new() }
    }

    /// The order of the block for `size`.
    fn order(&self, size: Bytes) -> u32 {
        let blocks = size.get().max(1).div_ceil(self.smallest);
        u64::BITS - (blocks - 1).leading_zeros()
    }

    /// The smallest order of at least `order` that has a free block.
    fn with_free(&self, order: u32) -> Option<u32> {
        (order..self.by_order.len() as u32).find(|k| !self.by_order[*k as usize].is_empty())
    }
}

impl Allocator for Buddies {
    fn fits(&self, size: Bytes) -> bool {
        self.with_free(self.order(size)).is_some()
    }

    fn allocate(&mut self, size: Bytes) -> Option<Block> {
        let order = self.order(size);
        let found = self.with_free(order)?;
        let start = self.by_order.get_mut(found as usize)?.pop_first()?;
        for half in order..found {
            self.by_order[half as usize].insert(start + (1 << half));
        }
        self.live.insert(start, order);
        self.free -= 1 << order;
        Some(Block { id: start, length: self.smallest << order })
    }

    fn release(&mut self, block: Block) {
        if block.length == 0 {
            return;
        }
        let Some(mut order) = self.live.remove(&block.id) else { return };
        self.free += 1 << order;
        let mut start = block.id;
        while self.by_order[order as usize].remove(&(start ^ (1 << order))) {
            start &= !(1 << order);
            order += 1;
        }
        self.by_order[order as usize].insert(start);
    }

    fn capacity(&self) -> Bytes {
        Bytes(self.blocks * self.smallest)
    }

    fn free(&self) -> Bytes {
        Bytes(self.free * self.smallest)
    }

    fn largest_free(&self) -> Bytes {
        let largest = self.by_order.iter().rposition(|free| !free.is_empty());
        Bytes(largest.map_or(0, |order| self.smallest << order))
    }

    fn address(&self, block: Block) -> Option<u64> {
        self.live.contains_key(&block.id).then_some(block.id * self.smallest)
    }

    fn check(&self) -> Result<(), String> {
        let mut pieces: Vec<(u64, u32)> = self.live.iter().map(|(start, order)| (*start, *order)).collect();
        let mut free = 0;
        for (order, starts) in (0..).zip(&self.by_order) {
            for start in starts {
                if starts.contains(&(start ^ (1 << order))) {
                    return Err(format!("the buddies at {start} and {} are both free", start ^ (1 << order)));
                }
                free += 1u64 << order;
                pieces.push((*start, order));
            }
        }
        pieces.sort_unstable();
        let mut end = 0;
        for (start, order) in pieces {
            if start != end || start % (1 << order) != 0 {
                return Err(format!("the block at {start} overlaps, leaves a gap, or is not aligned to its size"));
            }
            end = start + (1 << order);
        }
        if end != self.blocks || free != self.free {
            return Err("free and used blocks are not the capacity".into());
        }
        Ok(())
    }
}

/// The binary buddy system with a smallest block.
#[derive(Clone, Copy, Debug)]
pub struct Buddy {
    smallest: u64,
}

/// Parameters of [`Buddy`].
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// Size of the smallest block. Default 2 MiB, the large page of current devices.
    pub smallest: Option<ByteCount>,
}

impl MemoryPolicy for Buddy {
    fn allocator(&self, capacity: Bytes) -> Option<Box<dyn Allocator>> {
        Some(Box::new(Buddies::new(capacity, self.smallest)))
    }
}

impl Plugin for Buddy {
    const NAME: &'static str = "buddy";
    const ABOUT: &'static str = "binary buddies: powers of two of a smallest block (Knowlton, CACM 1965)";
    type Params = Params;

    fn build(params: Params) -> Result<Self, BuildError> {
        Ok(Self { smallest: positive(params.smallest, 2 << 20, "smallest")? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::memory::naive;
    use crate::rng::{Purpose, Streams};
    use proptest::prelude::*;
    use rand::Rng;

    /// 1024 bytes, smallest block 64, as in the textbooks: A asks for 100 and gets [0,128), B for 240 and gets
    /// [256,512), C for 64 and gets [128,192), D for 256 and gets [512,768). B goes; A goes: [0,128) cannot merge
    /// because of C. E asks for 75 and gets [0,128) back. C goes: [128,192) joins [192,256). E goes: [0,256) joins
    /// [256,512). D goes: all is one again.
    #[test]
    fn follows_a_sequence_by_hand() {
        let mut s = Buddies::new(Bytes(1024), 64);
        let take = |s: &mut Buddies, size| {
            let block = s.allocate(Bytes(size)).unwrap();
            (block, s.address(block).unwrap(), block.length)
        };
        let (a, at, length) = take(&mut s, 100);
        assert_eq!((at, length), (0, 128));
        let (b, at, length) = take(&mut s, 240);
        assert_eq!((at, length), (256, 256));
        let (c, at, length) = take(&mut s, 64);
        assert_eq!((at, length), (128, 64));
        let (d, at, length) = take(&mut s, 256);
        assert_eq!((at, length), (512, 256));
        assert_eq!((s.free().get(), s.largest_free().get()), (1024 - 704, 256));
        s.release(b);
        s.release(a);
        assert_eq!((s.free().get(), s.largest_free().get()), (704, 256));
        let (e, at, length) = take(&mut s, 75);
        assert_eq!((at, length), (0, 128));
        s.release(c);
        s.release(e);
        assert_eq!(s.largest_free().get(), 512);
        s.release(d);
        assert_eq!((s.free().get(), s.largest_free().get(), s.check()), (1024, 1024, Ok(())));
    }

    /// 13 + a half blocks of 10: trees of 8, 4 and 1 at 0, 80 and 120; the half is not used. A block of 1 comes from the
    /// tree of 1, the next one splits the tree of 4, and 9 blocks, which need 16, never fit.
    #[test]
    fn a_capacity_that_is_no_power_of_two_is_a_forest() {
        let mut s = Buddies::new(Bytes(135), 10);
        assert_eq!((s.capacity().get(), s.largest_free().get()), (130, 80));
        assert!(s.fits(Bytes(80)) && !s.fits(Bytes(81)));
        let blocks = [10, 1, 25].map(|size| s.allocate(Bytes(size)).unwrap());
        // 25 bytes are three blocks, so four: only the tree of 8 has them, at 0, and then 8 are nowhere.
        assert_eq!(blocks.map(|b| (b.id, b.length)), [(12, 10), (8, 10), (0, 40)]);
        assert!(!s.fits(Bytes(80)) && s.fits(Bytes(40)));
        assert_eq!(s.check(), Ok(()));
    }

    /// Of sizes that are uniform up to a power of two, half are rounded up by a third of themselves on average, and so are
    /// half of the others, and so on: `(1/2 + 1/8 + …) / (1/2) = 4/3` bytes are given per byte asked for (Knuth, TAOCP 1,
    /// exercise 2.5-31 speaks of it). The ratio of 40,000 requests has a standard error below 0.001: 0.006 is six of them.
    #[test]
    fn uniform_sizes_take_a_third_more_than_they_ask_for() {
        let mut rng = Streams::new(7, 0).stream(Purpose::Arrivals, 0);
        let mut s = Buddies::new(Bytes(1 << 24), 1);
        let (mut asked, mut given, mut live) = (0, 0, std::collections::VecDeque::new());
        for _ in 0..40_000 {
            let size = rng.next_u64() % 4096 + 1;
            let block = s.allocate(Bytes(size)).unwrap();
            (asked, given) = (asked + size, given + block.length);
            live.push_back(block);
            if live.len() > 500 {
                s.release(live.pop_front().unwrap());
            }
        }
        let ratio = given as f64 / asked as f64;
        assert!((ratio - 4.0 / 3.0).abs() < 0.006, "{ratio}");
        assert_eq!(s.check(), Ok(()));
    }

    proptest! {
        #[test]
        fn places_as_the_slow_buddy_does(capacity in 1u64..300, smallest in 1u64..9, moves in naive::moves()) {
            let fast = Buddies::new(Bytes(capacity), smallest);
            let slow = naive::Buddy::new(capacity, smallest);
            naive::agree(fast, slow, &moves)?;
        }
    }
}
