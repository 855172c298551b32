//! A set of small integers that finds its lowest member at or after a point in a few instructions.

/// Bits in three levels of 64-way summaries: 262,144 members per top word.
#[derive(Clone, Debug, Default)]
pub struct FreeSet {
    levels: [Vec<u64>; 3],
    len: usize,
}

impl FreeSet {
    /// The set {0, …, n − 1}.
    pub fn full(n: usize) -> Self {
        let mut set = Self { levels: [words(n), words(n.div_ceil(64)), words(n.div_ceil(4096))], len: 0 };
        for i in 0..n {
            set.insert(i as u32);
        }
        set
    }

    /// How many members there are.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// True for the empty set.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether `i` is a member.
    pub fn contains(&self, i: u32) -> bool {
        self.levels[0].get(i as usize / 64).is_some_and(|w| w >> (i % 64) & 1 == 1)
    }

    /// Adds `i`.
    pub fn insert(&mut self, i: u32) {
        if self.contains(i) {
            return;
        }
        self.len += 1;
        let mut at = i as usize;
        for level in &mut self.levels {
            if let Some(word) = level.get_mut(at / 64) {
                *word |= 1 << (at % 64);
            }
            at /= 64;
        }
    }

    /// Removes `i`.
    pub fn remove(&mut self, i: u32) {
        if !self.contains(i) {
            return;
        }
        self.len -= 1;
        let mut at = i as usize;
        for level in &mut self.levels {
            let Some(word) = level.get_mut(at / 64) else { return };
            *word &= !(1 << (at % 64));
            if *word != 0 {
                return;
            }
            at /= 64;
        }
    }

    /// The lowest member that is not below `from`.
    pub fn next(&self, from: u32) -> Option<u32> {
        let mut at = from as usize;
        for (depth, level) in self.levels.iter().enumerate() {
            if let Some(found) = first_at_or_after(level, at, depth == 2) {
                return Some(self.descend(found, depth) as u32);
            }
            // Nothing left in this word: look for the next non-empty word one level up.
            at = at / 64 + 1;
        }
        None
    }

    /// All members, ascending.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        let mut next = self.next(0);
        std::iter::from_fn(move || {
            let found = next?;
            next = self.next(found + 1);
            Some(found)
        })
    }

    fn descend(&self, mut at: usize, depth: usize) -> usize {
        for level in self.levels[..depth].iter().rev() {
            at = at * 64 + level[at].trailing_zeros() as usize;
        }
        at
    }
}

fn words(n: usize) -> Vec<u64> {
    vec![0; n.div_ceil(64)]
}

/// The first set bit at or after `at` within its word, or in any later word where `scan` is set.
fn first_at_or_after(level: &[u64], at: usize, scan: bool) -> Option<usize> {
    let first = at / 64;
    let word = level.get(first)? & (u64::MAX << (at % 64));
    if word != 0 {
        return Some(first * 64 + word.trailing_zeros() as usize);
    }
    if !scan {
        return None;
    }
    (first + 1..level.len()).find(|&w| level[w] != 0).map(|w| w * 64 + level[w].trailing_zeros() as usize)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn agrees_with_a_tree_set(n in 1usize..9000, moves in prop::collection::vec((any::<bool>(), 0u32..9000), 0..300), from in 0u32..9100) {
            let mut fast = FreeSet::full(n);
            let mut plain: BTreeSet<u32> = (0..n as u32).collect();
            for (add, i) in moves {
                let i = i % n as u32;
                if add { fast.insert(i); plain.insert(i); } else { fast.remove(i); plain.remove(&i); }
            }
            prop_assert_eq!(fast.len(), plain.len());
            prop_assert_eq!(fast.next(from), plain.range(from..).next().copied());
            prop_assert_eq!(fast.iter().collect::<Vec<_>>(), plain.into_iter().collect::<Vec<_>>());
        }
    }

    #[test]
    fn finds_a_far_member() {
        let mut set = FreeSet::full(600_000);
        for i in 0..599_999 {
            set.remove(i);
        }
        assert_eq!(set.next(3), Some(599_999));
    }
}
