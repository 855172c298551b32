//! A framework's caching allocator.

use std::collections::{BTreeMap, BTreeSet};

use super::holes::Holes;
use crate::model::memory::{Allocator, Block};
use crate::policy::MemoryPolicy;
use crate::policy::registry::{BuildError, NoParams, Plugin};
use crate::units::Bytes;

const KIB: u64 = 1024;
const MIB: u64 = 1024 * KIB;
/// Requests are rounded up to multiples of it.
const ROUND: u64 = 512;
/// Requests up to here are small: they share segments of their own.
const SMALL: u64 = MIB;
/// A segment for small requests.
const SMALL_SEGMENT: u64 = 2 * MIB;
/// A segment for requests below [`OWN_SEGMENT`].
const SEGMENT: u64 = 20 * MIB;
/// Requests from here on get a segment of their own size, rounded up to [`SEGMENT_ROUND`].
const OWN_SEGMENT: u64 = 10 * MIB;
const SEGMENT_ROUND: u64 = 2 * MIB;

/// What a request comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Want {
    size: u64,
    pool: usize,
    segment: u64,
}

impl Want {
    /// `None` where no memory is so large.
    fn new(size: Bytes) -> Option<Self> {
        let size = size.get().max(1).checked_next_multiple_of(ROUND)?;
        let segment = match () {
            () if size <= SMALL => SMALL_SEGMENT,
            () if size < OWN_SEGMENT => SEGMENT,
            () => size.checked_next_multiple_of(SEGMENT_ROUND)?,
        };
        Some(Self { size, pool: usize::from(size > SMALL), segment })
    }

    /// What may be left of a block of its pool before that is split.
    const fn least_rest(pool: usize) -> u64 {
        if pool == 0 { ROUND } else { SMALL + 1 }
    }
}

/// Part of a segment.
#[derive(Clone, Copy, Debug)]
struct Piece {
    length: u64,
    /// Start of its segment.
    segment: u64,
    is_free: bool,
}

/// Memory taken from the device.
#[derive(Clone, Copy, Debug)]
struct Segment {
    length: u64,
    pool: usize,
    /// Bytes of it that are handed out.
    used: u64,
}

/// Segments are taken from the device first fit and kept when they are empty. A request takes the smallest free piece of
/// its pool that is large enough, which is split where enough is left; without one, a new segment; where there is no
/// room for that, all empty segments go back to the device first (the rules and sizes of PyTorch's CUDA caching
/// allocator; Guo et al., GMLake, ASPLOS 2024). So what is reserved is more than what is allocated, and tasks split
/// segments for each other. O(log n), but for the return of segments.
#[derive(Clone, Debug)]
pub struct Arena {
    capacity: u64,
    used: u64,
    /// The device's memory outside of segments.
    device: Holes,
    /// The same with empty segments returned.
    returned: Holes,
    segments: BTreeMap<u64, Segment>,
    pieces: BTreeMap<u64, Piece>,
    /// Free pieces of small and of large segments, by length and start.
    cached: [BTreeSet<(u64, u64)>; 2],
}

impl Arena {
    /// All of `capacity` free.
    pub fn new(capacity: Bytes) -> Self {
        let holes = Holes::new(capacity.get());
        Self {
            capacity: capacity.get(),
            used: 0,
            device: holes.clone(),
            returned: holes,
            segments: BTreeMap::new(),
            pieces: BTreeMap::new(),
            cached: [BTreeSet::new(), BTreeSet::new()],
        }
    }

    fn cached_piece(&self, want: Want) -> Option<u64> {
        self.cached[want.pool].range((want.size, 0)..).next().map(|(_, start)| *start)
    }

    /// A new segment; its start.
    fn grow(&mut self, want: Want) -> Option<u64> {
        self.returned.first(0, want.segment)?;
        if self.device.first(0, want.segment).is_none() {
            self.return_empty();
        }
        let start = self.device.first(0, want.segment)?.start;
        self.device.take(start, want.segment);
        self.segments.insert(start, Segment { length: want.segment, pool: want.pool, used: 0 });
        self.pieces.insert(start, Piece { length: want.segment, segment: start, is_free: true });
        self.cached[want.pool].insert((want.segment, start));
        Some(start)
    }

    /// Gives all empty segments back to the device.
    fn return_empty(&mut self) {
        let empty: Vec<(u64, Segment)> =
            self.segments.iter().filter(|(_, s)| s.used == 0).map(|(a, s)| (*a, *s)).collect();
        for (start, segment) in empty {
            self.segments.remove(&start);
            self.pieces.remove(&start);
            self.cached[segment.pool].remove(&(segment.length, start));
            self.device.give(start, segment.length);
        }
    }

    /// Hands out `size` bytes of the free piece at `start`.
    fn carve(&mut self, start: u64, size: u64) -> Option<Block> {
        let piece = self.pieces.get_mut(&start)?;
        let segment = self.segments.get_mut(&piece.segment)?;
        self.cached[segment.pool].remove(&(piece.length, start));
        if segment.used == 0 {
            self.returned.take(piece.segment, segment.length);
        }
        piece.is_free = false;
        let rest = piece.length - size;
        let (length, home) = if rest >= Want::least_rest(segment.pool) {
            piece.length = size;
            (size, Some(piece.segment))
        } else {
            (piece.length, None)
        };
        segment.used += length;
        if let Some(home) = home {
            self.cached[segment.pool].insert((rest, start + size));
            self.pieces.insert(start + size, Piece { length: rest, segment: home, is_free: true });
        }
        self.used += length;
        Some(Block { id: start, length })
    }

    /// The free piece at `start`, if it belongs to `segment`, taken out.
    fn take_free(&mut self, start: u64, segment: u64, pool: usize) -> Option<u64> {
        let piece = *self.pieces.get(&start).filter(|p| p.is_free && p.segment == segment)?;
        self.pieces.remove(&start);
        self.cached[pool].remove(&(piece.length, start));
        Some(piece.length)
    }
}

/// The largest request for which a hole of `hole` bytes has room for a segment.
fn largest_request(hole: u64) -> u64 {
    match hole {
        OWN_SEGMENT.. => hole / SEGMENT_ROUND * SEGMENT_ROUND,
        SMALL_SEGMENT.. => SMALL,
        _ => 0,
    }
}

impl Allocator for Arena {
    fn fits(&self, size: Bytes) -> bool {
        Want::new(size).is_some_and(|want| self.cached_piece(want).is_some() || self.returned.longest() >= want.segment)
    }

    fn allocate(&mut self, size: Bytes) -> Option<Block> {
        let want = Want::new(size)?;
        let start = match self.cached_piece(want) {
            Some(start) => start,
            None => self.grow(want)?,
        };
        self.carve(start, want.size)
    }

    fn release(&mut self, block: Block) {
        let Some(piece) = self.pieces.get(&block.id).copied().filter(|p| block.length > 0 && !p.is_free) else {
            return;
        };
        let Some(segment) = self.segments.get_mut(&piece.segment) else { return };
        segment.used -= piece.length;
        let Segment { length: whole, pool, used } = *segment;
        self.used -= piece.length;
        self.pieces.remove(&block.id);
        let (mut start, mut length) = (block.id, piece.length);
        length += self.take_free(start + length, piece.segment, pool).unwrap_or(0);
        let before = self.pieces.range(..start).next_back().map(|(at, _)| *at);
        if let Some(at) = before
            && let Some(more) = self.take_free(at, piece.segment, pool)
        {
            (start, length) = (at, length + more);
        }
        self.pieces.insert(start, Piece { length, segment: piece.segment, is_free: true });
        self.cached[pool].insert((length, start));
        if used == 0 {
            self.returned.give(piece.segment, whole);
        }
    }

    fn capacity(&self) -> Bytes {
        Bytes(self.capacity)
    }

    fn free(&self) -> Bytes {
        Bytes(self.capacity - self.used)
    }

    fn largest_free(&self) -> Bytes {
        let [small, large] = &self.cached;
        let longest = |pool: &BTreeSet<(u64, u64)>| pool.last().map_or(0, |(length, _)| *length);
        // What is more than small does not go into a segment for small requests.
        let cached = longest(small).min(SMALL).max(longest(large));
        Bytes(largest_request(self.returned.longest()).max(cached))
    }

    fn address(&self, block: Block) -> Option<u64> {
        Some(block.id)
    }

    fn reserved(&self) -> Option<Bytes> {
        Some(Bytes(self.capacity - self.device.free()))
    }

    fn check(&self) -> Result<(), String> {
        self.device.check()?;
        self.returned.check()?;
        let (mut used, mut end) = (0, 0);
        let mut before: Option<Piece> = None;
        for (start, piece) in &self.pieces {
            let starts_segment = *start == piece.segment;
            if *start < end || (!starts_segment && *start != end) {
                return Err(format!("the piece at {start} overlaps the one before it, or leaves a gap"));
            }
            let merges = before.is_some_and(|b| b.segment == piece.segment && b.is_free && piece.is_free);
            if merges {
                return Err(format!("the free piece at {start} is not merged with the one before it"));
            }
            used += if piece.is_free { 0 } else { piece.length };
            end = start + piece.length;
            before = Some(*piece);
        }
        let reserved: u64 = self.segments.values().map(|s| s.length).sum();
        let empty: u64 = self.segments.values().filter(|s| s.used == 0).map(|s| s.length).sum();
        let pieces: u64 = self.pieces.values().map(|p| p.length).sum();
        let sums = used == self.used
            && used == self.segments.values().map(|s| s.used).sum::<u64>()
            && pieces == reserved
            && reserved == self.capacity - self.device.free()
            && self.returned.free() == self.device.free() + empty;
        if sums { Ok(()) } else { Err("pieces, segments and the device do not add up".into()) }
    }
}

/// A framework's caching allocator.
#[derive(Clone, Copy, Debug, Default)]
pub struct CachingArena;

impl MemoryPolicy for CachingArena {
    fn allocator(&self, capacity: Bytes) -> Option<Box<dyn Allocator>> {
        Some(Box::new(Arena::new(capacity)))
    }
}

impl Plugin for CachingArena {
    const NAME: &'static str = "caching-arena";
    const ABOUT: &'static str = "segments kept and split as in PyTorch's CUDA caching allocator (cf. GMLake 2024)";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::memory::naive;
    use proptest::prelude::*;

    /// 60 MiB. 600 B take 1024 of a segment of 2 MiB at 0; 5 MiB the start of one of 20 MiB at 2; 16.5 MiB one of 18 of
    /// their own at 22, all of it but 1.5 MiB. So 40 are reserved. 16 MiB at 40 make that 56; gone, they stay reserved.
    /// 15.5 MiB are then taken from those 16, and what is left, half a MiB, is too little to split off. When that and the
    /// 16.5 are gone, 24 MiB find no room at 56: the empty segments go back (22 to 60 is free then), and they lie at 22.
    #[test]
    fn follows_a_sequence_by_hand() {
        let mut s = Arena::new(Bytes(60 * MIB));
        let take = |s: &mut Arena, size| s.allocate(Bytes(size)).unwrap();
        let small = take(&mut s, 600);
        let medium = take(&mut s, 5 * MIB);
        let large = take(&mut s, 33 * MIB / 2);
        assert_eq!([small, medium, large].map(|b| b.id), [0, 2 * MIB, 22 * MIB]);
        assert_eq!([small, medium, large].map(|b| b.length), [1024, 5 * MIB, 33 * MIB / 2]);
        assert_eq!(s.reserved(), Some(Bytes(40 * MIB)));
        let more = take(&mut s, 16 * MIB);
        s.release(more);
        assert_eq!((more.id, s.reserved()), (40 * MIB, Some(Bytes(56 * MIB))));
        let again = take(&mut s, 31 * MIB / 2);
        assert_eq!((again.id, again.length), (40 * MIB, 16 * MIB));
        s.release(again);
        s.release(large);
        assert!(s.fits(Bytes(38 * MIB)) && !s.fits(Bytes(38 * MIB + 1)));
        let last = take(&mut s, 24 * MIB);
        assert_eq!((last.id, s.reserved(), s.check()), (22 * MIB, Some(Bytes(46 * MIB)), Ok(())));
        // The rest of the segment of 20: 15 MiB are cached.
        assert_eq!(s.largest_free(), Bytes(15 * MIB));
        assert_eq!(take(&mut s, 15 * MIB).id, 7 * MIB);
    }

    proptest! {
        #[test]
        fn places_as_the_slow_arena_does(capacity in 1u64..130, moves in naive::moves()) {
            // From 100 kB, which is small, to 15 MiB.
            let moves: Vec<_> = moves.iter().map(|(take, size)| (*take, size * size * 10_000)).collect();
            let fast = Arena::new(Bytes(capacity * MIB));
            naive::agree(fast, naive::Arena::new(capacity * MIB), &moves)?;
        }
    }
}
