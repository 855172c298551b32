//! Contiguous blocks in a linear address space: first fit and best fit.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::memory::{Allocator, Block};
use crate::policy::MemoryPolicy;
use crate::policy::registry::{BuildError, NoParams, Plugin};
use crate::units::Bytes;

/// Which hole a block goes into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rule {
    /// The lowest address.
    First,
    /// The smallest sufficient hole, ties to the lowest address.
    Best,
}

/// Holes by address and by size, neighbours always merged. Best fit takes O(log n); first fit walks
/// the holes. Source: Knuth, TAOCP 1, section 2.5.
#[derive(Clone, Debug)]
pub struct Contiguous {
    capacity: u64,
    free: u64,
    by_address: BTreeMap<u64, u64>,
    by_size: BTreeSet<(u64, u64)>,
    rule: Rule,
}

impl Contiguous {
    fn new(capacity: Bytes, rule: Rule) -> Self {
        let mut space =
            Self { capacity: capacity.get(), free: 0, by_address: BTreeMap::new(), by_size: BTreeSet::new(), rule };
        space.add_hole(0, capacity.get());
        space
    }

    fn add_hole(&mut self, start: u64, length: u64) {
        if length > 0 {
            self.by_address.insert(start, length);
            self.by_size.insert((length, start));
            self.free += length;
        }
    }

    fn remove_hole(&mut self, start: u64) -> u64 {
        let length = self.by_address.remove(&start).unwrap_or(0);
        self.by_size.remove(&(length, start));
        self.free -= length;
        length
    }

    fn choose(&self, size: u64) -> Option<u64> {
        match self.rule {
            Rule::First => self.by_address.iter().find(|(_, length)| **length >= size).map(|(start, _)| *start),
            Rule::Best => self.by_size.range((size, 0)..).next().map(|(_, start)| *start),
        }
    }
}

impl Allocator for Contiguous {
    fn fits(&self, size: Bytes) -> bool {
        size <= self.largest_free()
    }

    fn allocate(&mut self, size: Bytes) -> Option<Block> {
        let start = self.choose(size.get())?;
        let length = self.remove_hole(start);
        self.add_hole(start + size.get(), length - size.get());
        Some(Block { start, length: size.get() })
    }

    fn release(&mut self, block: Block) {
        if block.length == 0 {
            return;
        }
        let (mut start, mut length) = (block.start, block.length);
        if self.by_address.contains_key(&(start + length)) {
            length += self.remove_hole(start + length);
        }
        let before = self.by_address.range(..start).next_back().map(|(s, l)| (*s, *l));
        if let Some((s, l)) = before
            && s + l == start
        {
            self.remove_hole(s);
            start = s;
            length += l;
        }
        self.add_hole(start, length);
    }

    fn free(&self) -> Bytes {
        Bytes(self.free)
    }

    fn largest_free(&self) -> Bytes {
        Bytes(self.by_size.last().map_or(0, |(length, _)| *length))
    }

    fn check(&self) -> Result<(), String> {
        let mut end = None;
        for (start, length) in &self.by_address {
            if end.is_some_and(|e| e >= *start) {
                return Err(format!("the hole at {start} overlaps or touches the one before it"));
            }
            end = Some(start + length);
        }
        if end.is_some_and(|e| e > self.capacity) {
            return Err("a hole lies beyond the capacity".into());
        }
        if self.by_address.values().sum::<u64>() != self.free || self.by_size.len() != self.by_address.len() {
            return Err("the sum of the holes is not what is free".into());
        }
        Ok(())
    }
}

/// First fit: the lowest hole that is large enough.
#[derive(Clone, Copy, Debug, Default)]
pub struct FirstFit;

/// Best fit: the smallest hole that is large enough.
#[derive(Clone, Copy, Debug, Default)]
pub struct BestFit;

impl MemoryPolicy for FirstFit {
    fn allocator(&self, capacity: Bytes) -> Option<Box<dyn Allocator>> {
        Some(Box::new(Contiguous::new(capacity, Rule::First)))
    }
}

impl MemoryPolicy for BestFit {
    fn allocator(&self, capacity: Bytes) -> Option<Box<dyn Allocator>> {
        Some(Box::new(Contiguous::new(capacity, Rule::Best)))
    }
}

impl Plugin for FirstFit {
    const NAME: &'static str = "first-fit";
    const ABOUT: &'static str = "contiguous blocks, lowest hole that is large enough (Knuth, TAOCP 1)";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self)
    }
}

impl Plugin for BestFit {
    const NAME: &'static str = "best-fit";
    const ABOUT: &'static str = "contiguous blocks, smallest hole that is large enough (Knuth, TAOCP 1)";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A written sequence on 100 bytes: after A=30, B=20, C=30 and freeing A and C the holes are
    /// [0,30) and [50,100). A request of 25 goes to 0 under first fit and, 30 < 50, under best fit too;
    /// after that a request of 5 goes to 25 under both; then 40 must go to 50.
    #[test]
    fn follows_a_sequence_by_hand() {
        for rule in [Rule::First, Rule::Best] {
            let mut s = Contiguous::new(Bytes(100), rule);
            let a = s.allocate(Bytes(30)).unwrap();
            let b = s.allocate(Bytes(20)).unwrap();
            let c = s.allocate(Bytes(30)).unwrap();
            assert_eq!((a.start, b.start, c.start), (0, 30, 50));
            s.release(a);
            s.release(c);
            assert_eq!((s.free().get(), s.largest_free().get()), (80, 50));
            assert_eq!(s.allocate(Bytes(25)).unwrap().start, 0);
            assert_eq!(s.allocate(Bytes(5)).unwrap().start, 25);
            assert_eq!(s.allocate(Bytes(40)).unwrap().start, 50);
            assert!(!s.fits(Bytes(11)) && s.allocate(Bytes(11)).is_none());
        }
    }

    /// Holes [0,30) and [40,60): a request of 15 shows the difference.
    #[test]
    fn best_fit_takes_the_smaller_hole() {
        let at = |rule| {
            let mut s = Contiguous::new(Bytes(70), rule);
            let first = s.allocate(Bytes(30)).unwrap();
            s.allocate(Bytes(10)).unwrap();
            let second = s.allocate(Bytes(20)).unwrap();
            s.allocate(Bytes(10)).unwrap();
            s.release(first);
            s.release(second);
            s.allocate(Bytes(15)).unwrap().start
        };
        assert_eq!((at(Rule::First), at(Rule::Best)), (0, 40));
    }

    proptest! {
        #[test]
        fn never_overlaps_and_always_merges(best in any::<bool>(), moves in prop::collection::vec((any::<bool>(), 1u64..40), 1..200)) {
            let mut s = Contiguous::new(Bytes(200), if best { Rule::Best } else { Rule::First });
            let mut live: Vec<Block> = Vec::new();
            for (take, size) in moves {
                if take {
                    let fitted = s.fits(Bytes(size));
                    let block = s.allocate(Bytes(size));
                    prop_assert_eq!(fitted, block.is_some());
                    if let Some(b) = block {
                        prop_assert!(live.iter().all(|l| b.start + b.length <= l.start || l.start + l.length <= b.start));
                        live.push(b);
                    }
                } else if !live.is_empty() {
                    let b = live.swap_remove(size as usize % live.len());
                    s.release(b);
                }
                prop_assert_eq!(s.check(), Ok(()));
                prop_assert_eq!(s.free().get() + live.iter().map(|l| l.length).sum::<u64>(), 200);
            }
        }
    }
}
