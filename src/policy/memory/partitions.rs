//! Static partitions.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Deserialize;

use crate::json::ByteCount;
use crate::model::memory::{Allocator, Block};
use crate::policy::MemoryPolicy;
use crate::policy::registry::{BuildError, Plugin};
use crate::units::Bytes;

/// Slices whose sizes never change, one task each; a task gets the smallest that is large enough, of several the lowest.
#[derive(Clone, Debug)]
pub struct Slices {
    capacity: u64,
    /// Free slices by length and start.
    free: BTreeSet<(u64, u64)>,
    /// Lengths of the others by start.
    live: BTreeMap<u64, u64>,
    used: u64,
}

impl Slices {
    /// Slices of these sizes from address 0 on; those that reach beyond `capacity` are left out.
    pub fn new(capacity: Bytes, sizes: &[u64]) -> Self {
        let (mut free, mut end) = (BTreeSet::new(), 0u64);
        for &size in sizes {
            let Some(next) = end.checked_add(size).filter(|next| *next <= capacity.get()) else { continue };
            free.insert((size, end));
            end = next;
        }
        Self { capacity: end, free, live: BTreeMap::new(), used: 0 }
    }
}

impl Allocator for Slices {
    fn fits(&self, size: Bytes) -> bool {
        size <= self.largest_free()
    }

    fn allocate(&mut self, size: Bytes) -> Option<Block> {
        let found = *self.free.range((size.get(), 0)..).next()?;
        self.free.remove(&found);
        let (length, start) = found;
        self.live.insert(start, length);
        self.used += length;
        Some(Block { id: start, length })
    }

    fn release(&mut self, block: Block) {
        if block.length > 0
            && let Some(length) = self.live.remove(&block.id)
        {
            self.free.insert((length, block.id));
            self.used -= length;
        }
    }

    fn capacity(&self) -> Bytes {
        Bytes(self.capacity)
    }

    fn free(&self) -> Bytes {
        Bytes(self.capacity - self.used)
    }

    fn largest_free(&self) -> Bytes {
        Bytes(self.free.last().map_or(0, |(length, _)| *length))
    }

    fn address(&self, block: Block) -> Option<u64> {
        self.live.contains_key(&block.id).then_some(block.id)
    }

    fn check(&self) -> Result<(), String> {
        let mut pieces: Vec<(u64, u64)> = self.free.iter().map(|(length, start)| (*start, *length)).collect();
        pieces.extend(self.live.iter().map(|(start, length)| (*start, *length)));
        pieces.sort_unstable();
        let end = pieces.iter().try_fold(0, |end, (start, length)| (*start == end).then_some(end + length));
        if end != Some(self.capacity) || self.live.values().sum::<u64>() != self.used {
            return Err("the slices are not the capacity".into());
        }
        Ok(())
    }
}

/// One instance profile of a multi-instance GPU with eight memory slices, seven of which have processors: its
/// sevenths of the processors and eighths of the memory (NVIDIA Multi-Instance GPU User Guide, profiles of the A100).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum Profile {
    /// One eighth of the memory.
    #[serde(rename = "1g")]
    One,
    /// Two eighths.
    #[serde(rename = "2g")]
    Two,
    /// Half.
    #[serde(rename = "3g")]
    Three,
    /// Half.
    #[serde(rename = "4g")]
    Four,
    /// All.
    #[serde(rename = "7g")]
    Seven,
}

impl Profile {
    /// Sevenths of the processors, eighths of the memory.
    const fn slices(self) -> (u64, u64) {
        match self {
            Self::One => (1, 1),
            Self::Two => (2, 2),
            Self::Three => (3, 4),
            Self::Four => (4, 4),
            Self::Seven => (7, 8),
        }
    }
}

/// How a memory is cut.
#[derive(Clone, Debug)]
enum Cut {
    Sizes(Vec<u64>),
    Profiles(Vec<Profile>),
}

/// Static partitions.
#[derive(Clone, Debug)]
pub struct Partitions(Cut);

/// Parameters of [`Partitions`]: one of the two.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// Sizes of the slices, from address 0 on; on a device too small for one of them it is left out.
    pub sizes: Option<Vec<ByteCount>>,
    /// Slices as multi-instance GPUs have them. Default `["3g", "2g", "1g", "1g"]`.
    pub profiles: Option<Vec<Profile>>,
}

impl MemoryPolicy for Partitions {
    fn allocator(&self, capacity: Bytes) -> Option<Box<dyn Allocator>> {
        let eighth = capacity.get() / 8;
        Some(Box::new(match &self.0 {
            Cut::Sizes(sizes) => Slices::new(capacity, sizes),
            Cut::Profiles(profiles) => {
                let sizes: Vec<u64> = profiles.iter().map(|p| eighth * p.slices().1).collect();
                Slices::new(capacity, &sizes)
            }
        }))
    }
}

impl Plugin for Partitions {
    const NAME: &'static str = "partitions";
    const ABOUT: &'static str = "static slices, the smallest that is large enough (NVIDIA multi-instance GPU guide)";
    type Params = Params;

    fn build(params: Params) -> Result<Self, BuildError> {
        match (params.sizes, params.profiles) {
            (Some(_), Some(_)) => Err(BuildError::new("found `sizes` and `profiles`, expected one of them")),
            (Some(sizes), None) => {
                if sizes.is_empty() || sizes.iter().any(|s| s.get() == 0) {
                    return Err(BuildError::new("found no slice, or one of 0 B, expected sizes > 0").inside("sizes"));
                }
                Ok(Self(Cut::Sizes(sizes.iter().map(|s| s.get()).collect())))
            }
            (None, profiles) => {
                let default = || vec![Profile::Three, Profile::Two, Profile::One, Profile::One];
                let profiles = profiles.unwrap_or_else(default);
                let sum = |part: fn((u64, u64)) -> u64| profiles.iter().map(|p| part(p.slices())).sum::<u64>();
                let (processors, memory) = (sum(|s| s.0), sum(|s| s.1));
                if profiles.is_empty() || processors > 7 || memory > 8 {
                    let found =
                        format_args!("found {processors} sevenths of processors and {memory} eighths of memory");
                    let error = BuildError::new(format_args!("{found}, expected 1 to 7 and 1 to 8"));
                    return Err(error.inside("profiles"));
                }
                Ok(Self(Cut::Profiles(profiles)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::memory::naive;
    use proptest::prelude::*;

    /// Slices of 40, 20, 10 and 10 of 80. 8 goes to the lower one of 10, at 60, then 9 to the other; 5 must take that of
    /// 20, at 40, and 15 that of 40. Then nothing fits. When the second of 10 is back, 10 fit and 11 do not.
    #[test]
    fn a_task_gets_the_smallest_that_is_large_enough() {
        let mut s = Slices::new(Bytes(80), &[40, 20, 10, 10]);
        let blocks = [8, 9, 5, 15].map(|size| s.allocate(Bytes(size)).unwrap());
        assert_eq!(blocks.map(|b| (b.id, b.length)), [(60, 10), (70, 10), (40, 20), (0, 40)]);
        assert!(!s.fits(Bytes(1)));
        s.release(blocks[1]);
        assert_eq!([s.fits(Bytes(10)), s.fits(Bytes(11))], [true, false]);
        assert_eq!(s.check(), Ok(()));
    }

    #[test]
    fn profiles_are_eighths_of_the_memory() {
        let build = |params: serde_json::Value| Partitions::build(serde_json::from_value(params).unwrap());
        let slices = build(serde_json::json!({"profiles": ["4g", "2g", "1g"]})).unwrap();
        let space = slices.allocator(Bytes(40)).unwrap();
        assert_eq!((space.capacity(), space.largest_free()), (Bytes(35), Bytes(20)));
        for wrong in [
            serde_json::json!({"profiles": ["4g", "4g"]}),
            serde_json::json!({"profiles": []}),
            serde_json::json!({"sizes": [0]}),
            serde_json::json!({"sizes": [1], "profiles": ["7g"]}),
        ] {
            assert!(build(wrong.clone()).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn places_as_the_slow_slices_do(sizes in prop::collection::vec(1u64..50, 1..12), moves in naive::moves()) {
            let fast = Slices::new(Bytes(200), &sizes);
            naive::agree(fast, naive::Slices::new(200, &sizes), &moves)?;
        }
    }
}
