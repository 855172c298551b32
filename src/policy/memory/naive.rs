//! The same rules written plainly, one look at everything per request: what the fast ones must agree with.

use proptest::prelude::*;

use crate::model::memory::Allocator;
use crate::units::Bytes;

/// A slow allocator: places by address and length.
pub(super) trait Slow {
    fn allocate(&mut self, size: u64) -> Option<(u64, u64)>;
    fn release(&mut self, start: u64);
}

/// Requests of a size, and releases of one of the live blocks.
pub(super) fn moves() -> impl Strategy<Value = Vec<(bool, u64)>> {
    prop::collection::vec((any::<bool>(), 1u64..40), 1..150)
}

/// Both place the same requests at the same addresses; the fast one's invariants hold throughout.
pub(super) fn agree(
    mut fast: impl Allocator,
    mut slow: impl Slow,
    moves: &[(bool, u64)],
) -> Result<(), proptest::test_runner::TestCaseError> {
    let mut live = Vec::new();
    for &(take, size) in moves {
        if take {
            let fitted = fast.fits(Bytes(size));
            let block = fast.allocate(Bytes(size));
            prop_assert_eq!(fitted, block.is_some());
            let placed = block.map(|b| (fast.address(b).unwrap(), b.length));
            prop_assert_eq!(placed, slow.allocate(size));
            live.extend(block);
            prop_assert!(block.is_none_or(|b| b.length >= size));
        } else if !live.is_empty() {
            let block = live.swap_remove(size as usize % live.len());
            slow.release(fast.address(block).unwrap());
            fast.release(block);
        }
        prop_assert_eq!(fast.check(), Ok(()));
        let used: u64 = live.iter().map(|b| b.length).sum();
        prop_assert_eq!(fast.free().get() + used, fast.capacity().get());
        let largest = fast.largest_free();
        prop_assert!(largest <= fast.free());
        prop_assert!(largest == Bytes(0) || fast.fits(largest));
        prop_assert!(fast.reserved().is_none_or(|r| r.get() >= used && r <= fast.capacity()));
    }
    Ok(())
}

/// Which hole a block goes into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rule {
    First,
    Best,
    Worst,
    Next,
}

/// Memory byte by byte.
pub(super) struct Fit {
    owner: Vec<Option<u64>>,
    align: u64,
    rule: Rule,
    last: u64,
}

impl Fit {
    pub fn new(capacity: u64, align: u64, rule: Rule) -> Self {
        Self { owner: vec![None; (capacity / align * align) as usize], align, rule, last: 0 }
    }

    fn holes(&self) -> Vec<(u64, u64)> {
        let mut holes: Vec<(u64, u64)> = Vec::new();
        for (at, owner) in (0..).zip(&self.owner) {
            match holes.last_mut() {
                _ if owner.is_some() => {}
                Some((start, length)) if *start + *length == at => *length += 1,
                _ => holes.push((at, 1)),
            }
        }
        holes
    }
}

impl Slow for Fit {
    fn allocate(&mut self, size: u64) -> Option<(u64, u64)> {
        let size = size.div_ceil(self.align) * self.align;
        let enough: Vec<(u64, u64)> = self.holes().into_iter().filter(|h| h.1 >= size).collect();
        let start = match self.rule {
            Rule::First => enough.first(),
            Rule::Best => enough.iter().min_by_key(|h| (h.1, h.0)),
            Rule::Worst => enough.iter().min_by_key(|h| (u64::MAX - h.1, h.0)),
            Rule::Next => enough.iter().find(|h| h.0 + h.1 > self.last).or(enough.first()),
        }?
        .0;
        self.owner[start as usize..(start + size) as usize].fill(Some(start));
        self.last = start + size;
        Some((start, size))
    }

    fn release(&mut self, start: u64) {
        self.owner.iter_mut().filter(|o| **o == Some(start)).for_each(|o| *o = None);
    }
}

/// A block that is whole or halved.
enum Tree {
    Free,
    Used,
    Halves(Box<[Self; 2]>),
}

impl Tree {
    /// Free whole blocks below, as (length, start).
    fn free(&self, start: u64, length: u64, found: &mut Vec<(u64, u64)>) {
        match self {
            Self::Free => found.push((length, start)),
            Self::Used => {}
            Self::Halves(halves) => {
                halves[0].free(start, length / 2, found);
                halves[1].free(start + length / 2, length / 2, found);
            }
        }
    }

    fn take(&mut self, start: u64, length: u64, at: u64, size: u64) {
        if length == size {
            *self = Self::Used;
            return;
        }
        if matches!(self, Self::Free) {
            *self = Self::Halves(Box::new([Self::Free, Self::Free]));
        }
        let Self::Halves(halves) = self else { unreachable!() };
        let upper = at >= start + length / 2;
        halves[usize::from(upper)].take(start + if upper { length / 2 } else { 0 }, length / 2, at, size);
    }

    fn give(&mut self, start: u64, length: u64, at: u64) {
        let Self::Halves(halves) = self else {
            *self = Self::Free;
            return;
        };
        let upper = at >= start + length / 2;
        halves[usize::from(upper)].give(start + if upper { length / 2 } else { 0 }, length / 2, at);
        if matches!(**halves, [Self::Free, Self::Free]) {
            *self = Self::Free;
        }
    }
}

/// Buddies as trees; lengths and addresses in smallest blocks.
pub(super) struct Buddy {
    trees: Vec<(u64, u64, Tree)>,
    smallest: u64,
}

impl Buddy {
    pub fn new(capacity: u64, smallest: u64) -> Self {
        let (mut rest, mut start, mut trees) = (capacity / smallest, 0, Vec::new());
        while rest > 0 {
            let length = 1 << rest.ilog2();
            trees.push((start, length, Tree::Free));
            start += length;
            rest -= length;
        }
        Self { trees, smallest }
    }
}

impl Slow for Buddy {
    fn allocate(&mut self, size: u64) -> Option<(u64, u64)> {
        let size = size.div_ceil(self.smallest).next_power_of_two();
        let mut free = Vec::new();
        self.trees.iter().for_each(|(start, length, tree)| tree.free(*start, *length, &mut free));
        let (_, at) = free.into_iter().filter(|f| f.0 >= size).min()?;
        let (start, length, tree) = self.trees.iter_mut().find(|t| at < t.0 + t.1).unwrap();
        tree.take(*start, *length, at, size);
        Some((at * self.smallest, size * self.smallest))
    }

    fn release(&mut self, start: u64) {
        let at = start / self.smallest;
        let (start, length, tree) = self.trees.iter_mut().find(|t| at < t.0 + t.1).unwrap();
        tree.give(*start, *length, at);
    }
}

/// Slabs with the state of each slot: `None` free, a class with its slots, or part of a run with its first slab.
enum SlabState {
    Free,
    Cut(u64, Vec<bool>),
    Run(usize),
}

pub(super) struct Slab {
    size: u64,
    classes: Vec<u64>,
    slabs: Vec<SlabState>,
}

impl Slab {
    pub fn new(capacity: u64, size: u64, classes: Vec<u64>) -> Self {
        Self { size, classes, slabs: (0..capacity / size).map(|_| SlabState::Free).collect() }
    }
}

impl Slow for Slab {
    fn allocate(&mut self, size: u64) -> Option<(u64, u64)> {
        let Some(class) = self.classes.iter().copied().find(|c| *c >= size) else {
            let n = size.div_ceil(self.size) as usize;
            let all_free = |w: &[SlabState]| w.iter().all(|s| matches!(s, SlabState::Free));
            let first = self.slabs.windows(n).position(all_free)?;
            self.slabs[first..first + n].iter_mut().for_each(|s| *s = SlabState::Run(first));
            return Some((first as u64 * self.size, n as u64 * self.size));
        };
        let partial = |s: &SlabState| matches!(s, SlabState::Cut(c, slots) if *c == class && slots.contains(&false));
        let free = |s: &SlabState| matches!(s, SlabState::Free);
        let slab = self.slabs.iter().position(partial).or_else(|| self.slabs.iter().position(free))?;
        if free(&self.slabs[slab]) {
            self.slabs[slab] = SlabState::Cut(class, vec![false; (self.size / class) as usize]);
        }
        let SlabState::Cut(_, slots) = &mut self.slabs[slab] else { unreachable!() };
        let slot = slots.iter().position(|used| !used).unwrap();
        slots[slot] = true;
        Some((slab as u64 * self.size + slot as u64 * class, class))
    }

    fn release(&mut self, start: u64) {
        let slab = (start / self.size) as usize;
        match &mut self.slabs[slab] {
            SlabState::Cut(class, slots) => {
                slots[((start - slab as u64 * self.size) / *class) as usize] = false;
                if !slots.contains(&true) {
                    self.slabs[slab] = SlabState::Free;
                }
            }
            _ => {
                let run = |s: &&mut SlabState| matches!(s, SlabState::Run(first) if *first == slab);
                self.slabs.iter_mut().filter(run).for_each(|s| *s = SlabState::Free);
            }
        }
    }
}

/// Slices as (start, length, used).
pub(super) struct Slices(Vec<(u64, u64, bool)>);

impl Slices {
    pub fn new(capacity: u64, sizes: &[u64]) -> Self {
        let mut slices: Vec<(u64, u64, bool)> = Vec::new();
        for &size in sizes {
            let end = slices.last().map_or(0, |s| s.0 + s.1);
            if end + size <= capacity {
                slices.push((end, size, false));
            }
        }
        Self(slices)
    }
}

impl Slow for Slices {
    fn allocate(&mut self, size: u64) -> Option<(u64, u64)> {
        let slice = self.0.iter_mut().filter(|s| !s.2 && s.1 >= size).min_by_key(|s| (s.1, s.0))?;
        slice.2 = true;
        Some((slice.0, slice.1))
    }

    fn release(&mut self, start: u64) {
        self.0.iter_mut().filter(|s| s.0 == start).for_each(|s| s.2 = false);
    }
}

/// A segment with its pieces in order: length, and whether it is used.
struct Segment {
    start: u64,
    is_small: bool,
    pieces: Vec<(u64, bool)>,
}

impl Segment {
    fn length(&self) -> u64 {
        self.pieces.iter().map(|p| p.0).sum()
    }

    fn is_empty(&self) -> bool {
        self.pieces.iter().all(|p| !p.1)
    }
}

pub(super) struct Arena {
    capacity: u64,
    segments: Vec<Segment>,
}

impl Arena {
    pub fn new(capacity: u64) -> Self {
        Self { capacity, segments: Vec::new() }
    }

    /// The lowest gap between segments.
    fn gap(&self, length: u64) -> Option<u64> {
        let mut starts: Vec<u64> = self.segments.iter().map(|s| s.start + s.length()).collect();
        starts.push(0);
        starts.sort_unstable();
        let apart = |at: u64| self.segments.iter().all(|s| at + length <= s.start || s.start + s.length() <= at);
        starts.into_iter().find(|at| at + length <= self.capacity && apart(*at))
    }

    /// Length, start, segment and position of the free pieces that would do.
    fn candidates(&self, size: u64, is_small: bool) -> Vec<(u64, u64, usize, usize)> {
        let mut found = Vec::new();
        for (i, segment) in self.segments.iter().enumerate().filter(|(_, s)| s.is_small == is_small) {
            let mut at = segment.start;
            for (k, (length, used)) in segment.pieces.iter().enumerate() {
                if !used && *length >= size {
                    found.push((*length, at, i, k));
                }
                at += length;
            }
        }
        found
    }
}

impl Slow for Arena {
    fn allocate(&mut self, size: u64) -> Option<(u64, u64)> {
        const MIB: u64 = 1 << 20;
        let size = size.div_ceil(512) * 512;
        let is_small = size <= MIB;
        if self.candidates(size, is_small).is_empty() {
            let length = match size {
                _ if is_small => 2 * MIB,
                _ if size < 10 * MIB => 20 * MIB,
                _ => size.div_ceil(2 * MIB) * 2 * MIB,
            };
            if self.gap(length).is_none() {
                // Segments come back only where that helps.
                let (kept, empty) = std::mem::take(&mut self.segments).into_iter().partition(|s| !s.is_empty());
                self.segments = kept;
                if self.gap(length).is_none() {
                    let empty: Vec<Segment> = empty;
                    self.segments.extend(empty);
                    return None;
                }
            }
            let start = self.gap(length)?;
            self.segments.push(Segment { start, is_small, pieces: vec![(length, false)] });
        }
        let (length, at, i, k) = self.candidates(size, is_small).into_iter().min()?;
        let rest = length - size;
        let splits = if is_small { rest >= 512 } else { rest > MIB };
        let pieces = &mut self.segments[i].pieces;
        pieces[k] = (if splits { size } else { length }, true);
        let taken = pieces[k].0;
        if splits {
            pieces.insert(k + 1, (rest, false));
        }
        Some((at, taken))
    }

    fn release(&mut self, start: u64) {
        let segment = self.segments.iter_mut().find(|s| s.start <= start && start < s.start + s.length()).unwrap();
        let mut at = segment.start;
        let mut merged: Vec<(u64, bool)> = Vec::new();
        for (length, used) in std::mem::take(&mut segment.pieces) {
            let used = used && at != start;
            match merged.last_mut() {
                Some((before, false)) if !used => *before += length,
                _ => merged.push((length, used)),
            }
            at += length;
        }
        segment.pieces = merged;
    }
}
