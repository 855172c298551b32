//! Size classes inside fixed slabs.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Deserialize;

use super::contiguous::positive;
use super::holes::Holes;
use crate::json::ByteCount;
use crate::model::memory::{Allocator, Block};
use crate::policy::MemoryPolicy;
use crate::policy::registry::{BuildError, Plugin};
use crate::units::Bytes;

/// A slab that is cut into slots of one class.
#[derive(Clone, Debug)]
struct Cut {
    class: usize,
    used: u64,
    /// Slots from here on were never used.
    fresh: u64,
    /// Slots below that are free again.
    freed: BTreeSet<u64>,
}

/// A request takes a slot of the smallest class that is large enough, in the lowest slab of that class that has one,
/// else in the lowest free slab, which is cut for it. An empty slab is free for any class again. Requests beyond the
/// largest class take whole slabs, first fit (Bonwick, USENIX 1994).
#[derive(Clone, Debug)]
pub struct Slabs {
    size: u64,
    count: u64,
    /// Slot sizes, ascending.
    classes: Vec<u64>,
    /// Free slabs, in slabs.
    whole: Holes,
    cut: BTreeMap<u64, Cut>,
    /// By class, the slabs with a free slot.
    partial: Vec<BTreeSet<u64>>,
    /// Runs of whole slabs that were handed out: how many, by the first.
    runs: BTreeMap<u64, u64>,
    used: u64,
}

impl Slabs {
    /// All of `capacity` free, in slabs of `size`; `classes` ascend and are at most `size`.
    pub fn new(capacity: Bytes, size: u64, classes: Vec<u64>) -> Self {
        let count = capacity.get() / size.max(1);
        let partial = vec![BTreeSet::new(); classes.len()];
        let (cut, runs) = (BTreeMap::new(), BTreeMap::new());
        Self { size: size.max(1), count, classes, whole: Holes::new(count), cut, partial, runs, used: 0 }
    }

    /// The class for `size`, if there is one.
    fn class(&self, size: Bytes) -> Option<usize> {
        let class = self.classes.partition_point(|c| *c < size.get());
        (class < self.classes.len()).then_some(class)
    }

    fn slots(&self, class: usize) -> u64 {
        self.size / self.classes[class]
    }

    fn take_slot(&mut self, class: usize) -> Option<Block> {
        let slab = match self.partial[class].first() {
            Some(slab) => *slab,
            None => {
                let slab = self.whole.first(0, 1)?.start;
                self.whole.take(slab, 1);
                self.cut.insert(slab, Cut { class, used: 0, fresh: 0, freed: BTreeSet::new() });
                self.partial[class].insert(slab);
                slab
            }
        };
        let slots = self.slots(class);
        let cut = self.cut.get_mut(&slab)?;
        let slot = cut.freed.pop_first().unwrap_or_else(|| {
            cut.fresh += 1;
            cut.fresh - 1
        });
        cut.used += 1;
        if cut.used == slots {
            self.partial[class].remove(&slab);
        }
        let length = self.classes[class];
        Some(Block { id: slab * self.size + slot * length, length })
    }

    fn give_slot(&mut self, slab: u64, at: u64) {
        let Some(cut) = self.cut.get_mut(&slab) else { return };
        let class = cut.class;
        cut.used -= 1;
        cut.freed.insert((at - slab * self.size) / self.classes[class]);
        if cut.used > 0 {
            self.partial[class].insert(slab);
        } else {
            self.cut.remove(&slab);
            self.partial[class].remove(&slab);
            self.whole.give(slab, 1);
        }
    }
}

impl Allocator for Slabs {
    fn fits(&self, size: Bytes) -> bool {
        match self.class(size) {
            Some(class) => !self.partial[class].is_empty() || self.whole.longest() > 0,
            None => self.whole.longest() >= size.get().div_ceil(self.size),
        }
    }

    fn allocate(&mut self, size: Bytes) -> Option<Block> {
        let block = match self.class(size) {
            Some(class) => self.take_slot(class)?,
            None => {
                let slabs = size.get().div_ceil(self.size);
                let first = self.whole.first(0, slabs)?.start;
                self.whole.take(first, slabs);
                self.runs.insert(first, slabs);
                Block { id: first * self.size, length: slabs * self.size }
            }
        };
        self.used += block.length;
        Some(block)
    }

    fn release(&mut self, block: Block) {
        if block.length == 0 {
            return;
        }
        self.used -= block.length;
        let slab = block.id / self.size;
        match self.runs.remove(&slab) {
            Some(slabs) => self.whole.give(slab, slabs),
            None => self.give_slot(slab, block.id),
        }
    }

    fn capacity(&self) -> Bytes {
        Bytes(self.count * self.size)
    }

    fn free(&self) -> Bytes {
        Bytes(self.count * self.size - self.used)
    }

    fn largest_free(&self) -> Bytes {
        let slot = self.partial.iter().rposition(|slabs| !slabs.is_empty()).map_or(0, |class| self.classes[class]);
        Bytes(slot.max(self.whole.longest() * self.size))
    }

    fn address(&self, block: Block) -> Option<u64> {
        Some(block.id)
    }

    fn reserved(&self) -> Option<Bytes> {
        Some(Bytes((self.count - self.whole.free()) * self.size))
    }

    fn check(&self) -> Result<(), String> {
        self.whole.check()?;
        let mut used: u64 = self.runs.values().map(|slabs| slabs * self.size).sum();
        let mut pieces: Vec<(u64, u64)> = self.whole.iter().map(|hole| (hole.start, hole.length)).collect();
        pieces.extend(self.runs.iter().map(|(first, slabs)| (*first, *slabs)));
        for (slab, cut) in &self.cut {
            pieces.push((*slab, 1));
            used += cut.used * self.classes[cut.class];
            let is_partial = self.partial[cut.class].contains(slab);
            if cut.used == 0 || cut.used + cut.freed.len() as u64 != cut.fresh || cut.fresh > self.slots(cut.class) {
                return Err(format!("the slots of slab {slab} are not those of its class"));
            }
            if is_partial != (cut.used < self.slots(cut.class)) {
                return Err(format!("slab {slab} is listed wrongly among those with a free slot"));
            }
        }
        pieces.sort_unstable();
        let end = pieces.iter().try_fold(0, |end, (start, length)| (*start == end).then_some(end + length));
        if end != Some(self.count) || used != self.used {
            return Err("slabs overlap, or the sum of the slots is not what is used".into());
        }
        Ok(())
    }
}

/// Size classes inside fixed slabs.
#[derive(Clone, Debug)]
pub struct Slab {
    size: u64,
    classes: Vec<u64>,
}

/// Parameters of [`Slab`].
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// Size of a slab. Default 1 GiB.
    pub slab: Option<ByteCount>,
    /// Sizes of the slots. Default: the slab's, and that halved up to eight times.
    pub classes: Vec<ByteCount>,
}

impl MemoryPolicy for Slab {
    fn allocator(&self, capacity: Bytes) -> Option<Box<dyn Allocator>> {
        Some(Box::new(Slabs::new(capacity, self.size, self.classes.clone())))
    }
}

impl Plugin for Slab {
    const NAME: &'static str = "slab";
    const ABOUT: &'static str = "size classes inside fixed slabs, empty slabs returned (Bonwick, USENIX 1994)";
    type Params = Params;

    fn build(params: Params) -> Result<Self, BuildError> {
        let size = positive(params.slab, 1 << 30, "slab")?;
        let mut classes: Vec<u64> = params.classes.iter().map(|c| c.get()).collect();
        if let Some(wrong) = classes.iter().position(|c| !(1..=size).contains(c)) {
            let found = classes[wrong];
            let error = BuildError::new(format_args!("found {found} B, expected 1 B to the slab's {size} B"));
            return Err(error.inside(wrong.to_string()).inside("classes"));
        }
        if classes.is_empty() {
            classes = (0..=8).map(|halvings| size >> halvings).filter(|c| *c > 0).collect();
        }
        classes.sort_unstable();
        classes.dedup();
        Ok(Self { size, classes })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::memory::naive;
    use proptest::prelude::*;

    /// Slabs of 100 with slots of 20 and 50, four of them. 15, 20: slots 0 and 20 of slab 0. 30: slot 0 of slab 1, 50: its
    /// slot 50. 60 and 40: 60 is beyond the largest class and takes all of slab 2, 40 a new slab of class 50: slab 3.
    /// 150 needs two slabs side by side: none. When both of slab 1 and that of slab 2 have gone it fits, at 100.
    #[test]
    fn follows_a_sequence_by_hand() {
        let mut s = Slabs::new(Bytes(450), 100, vec![20, 50]);
        let blocks = [15, 20, 30, 50, 60, 40].map(|size| s.allocate(Bytes(size)).unwrap());
        assert_eq!(blocks.map(|b| b.id), [0, 20, 100, 150, 200, 300]);
        assert_eq!(blocks.map(|b| b.length), [20, 20, 50, 50, 100, 50]);
        assert_eq!((s.free().get(), s.reserved()), (400 - 290, Some(Bytes(400))));
        // One slot of 50 in slab 3, three of 20 in slab 0.
        assert_eq!(s.largest_free(), Bytes(50));
        assert!(!s.fits(Bytes(150)));
        for block in [blocks[2], blocks[3], blocks[4]] {
            s.release(block);
        }
        assert_eq!((s.check(), s.largest_free(), s.reserved()), (Ok(()), Bytes(200), Some(Bytes(200))));
        assert_eq!(s.allocate(Bytes(150)).map(|b| (b.id, b.length)), Some((100, 200)));
        // The lowest slot that is free again comes first.
        s.release(blocks[0]);
        assert_eq!(s.allocate(Bytes(1)).map(|b| b.id), Some(0));
    }

    proptest! {
        #[test]
        fn places_as_the_slow_slabs_do(capacity in 1u64..300, size in 8u64..40, moves in naive::moves()) {
            let classes = vec![3, 8];
            let fast = Slabs::new(Bytes(capacity), size, classes.clone());
            naive::agree(fast, naive::Slab::new(capacity, size, classes), &moves)?;
        }
    }
}
