//! Free memory as holes at addresses, neighbours always merged.
//!
//! The holes stand in a search tree by address, each node of which knows the longest hole below it, and in a set by
//! length: every question takes O(log n). The tree is a treap (Seidel & Aragon, Algorithmica 1996) whose priorities
//! are a fixed hash of the address, so that it is the same in every run.

use std::collections::BTreeSet;

const NONE: u32 = u32::MAX;

#[derive(Clone, Copy, Debug)]
struct Node {
    start: u64,
    length: u64,
    /// The longest hole of this node and those below it.
    longest: u64,
    priority: u64,
    left: u32,
    right: u32,
}

/// A hole: where it starts, how long it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hole {
    pub start: u64,
    pub length: u64,
}

impl Hole {
    pub const fn end(self) -> u64 {
        self.start + self.length
    }
}

/// The free parts of an address space.
#[derive(Clone, Debug)]
pub(super) struct Holes {
    nodes: Vec<Node>,
    vacant: Vec<u32>,
    root: u32,
    by_length: BTreeSet<(u64, u64)>,
    free: u64,
}

/// The mixing step of SplitMix64 (Steele, Lea & Flood, OOPSLA 2014).
const fn mixed(x: u64) -> u64 {
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

impl Holes {
    /// One hole from 0 to `capacity`.
    pub fn new(capacity: u64) -> Self {
        let mut holes = Self { nodes: Vec::new(), vacant: Vec::new(), root: NONE, by_length: BTreeSet::new(), free: 0 };
        holes.insert(Hole { start: 0, length: capacity });
        holes
    }

    /// Bytes in all holes.
    pub const fn free(&self) -> u64 {
        self.free
    }

    /// The length of the longest hole.
    pub fn longest(&self) -> u64 {
        self.by_length.last().map_or(0, |(length, _)| *length)
    }

    /// The hole of the lowest address of at least `size` that starts at `from` or later.
    pub fn first(&self, from: u64, size: u64) -> Option<Hole> {
        self.find(self.root, from, size)
    }

    /// The shortest hole of at least `size`, of several the lowest.
    pub fn shortest(&self, size: u64) -> Option<Hole> {
        self.by_length.range((size, 0)..).next().map(|(length, start)| Hole { start: *start, length: *length })
    }

    /// The longest hole, of several the lowest, if it has at least `size`.
    pub fn largest(&self, size: u64) -> Option<Hole> {
        let longest = self.longest();
        self.shortest(longest.max(1)).filter(|hole| hole.length >= size)
    }

    /// The last hole that starts at `at` or before.
    pub fn at_or_before(&self, at: u64) -> Option<Hole> {
        let (mut node, mut found) = (self.root, None);
        while let Some(n) = self.node(node) {
            if n.start <= at {
                found = Some(Hole { start: n.start, length: n.length });
                node = n.right;
            } else {
                node = n.left;
            }
        }
        found
    }

    /// Takes `[start, start + length)` out of the hole that holds it; `false` where it is not free.
    pub fn take(&mut self, start: u64, length: u64) -> bool {
        let Some(hole) = self.at_or_before(start).filter(|h| start + length <= h.end()) else { return false };
        self.remove(hole);
        self.insert(Hole { start: hole.start, length: start - hole.start });
        self.insert(Hole { start: start + length, length: hole.end() - start - length });
        true
    }

    /// Makes `[start, start + length)`, which is not free, a hole, merged with its neighbours.
    pub fn give(&mut self, start: u64, length: u64) {
        if length == 0 {
            return;
        }
        let mut hole = Hole { start, length };
        if let Some(next) = self.first(hole.end(), 0).filter(|next| next.start == hole.end()) {
            self.remove(next);
            hole.length += next.length;
        }
        if let Some(before) = self.at_or_before(start).filter(|before| before.end() == start) {
            self.remove(before);
            hole = Hole { start: before.start, length: before.length + hole.length };
        }
        self.insert(hole);
    }

    /// All holes, ascending.
    pub fn iter(&self) -> impl Iterator<Item = Hole> {
        let mut from = Some(0);
        std::iter::from_fn(move || {
            let hole = self.first(from?, 0)?;
            from = hole.start.checked_add(1);
            Some(hole)
        })
    }

    /// Whether no two holes touch, both orders agree and the sum is right.
    pub fn check(&self) -> Result<(), String> {
        let (mut end, mut sum, mut count) = (None, 0, 0);
        for hole in self.iter() {
            if end.is_some_and(|e| e >= hole.start) {
                return Err(format!("the hole at {} overlaps or touches the one before it", hole.start));
            }
            if !self.by_length.contains(&(hole.length, hole.start)) {
                return Err(format!("the hole at {} is not known by its length", hole.start));
            }
            end = Some(hole.end());
            sum += hole.length;
            count += 1;
        }
        if sum != self.free || count != self.by_length.len() {
            return Err("the sum of the holes is not what is free".into());
        }
        Ok(())
    }

    fn node(&self, index: u32) -> Option<&Node> {
        self.nodes.get(index as usize)
    }

    fn find(&self, node: u32, from: u64, size: u64) -> Option<Hole> {
        let n = self.node(node).filter(|n| n.longest >= size)?;
        if n.start < from {
            return self.find(n.right, from, size);
        }
        if let Some(hole) = self.find(n.left, from, size) {
            return Some(hole);
        }
        if n.length >= size {
            return Some(Hole { start: n.start, length: n.length });
        }
        self.find(n.right, from, size)
    }

    fn insert(&mut self, hole: Hole) {
        let Hole { start, length } = hole;
        if length == 0 {
            return;
        }
        let node = Node { start, length, longest: length, priority: mixed(start), left: NONE, right: NONE };
        let index = match self.vacant.pop() {
            Some(index) => {
                self.nodes[index as usize] = node;
                index
            }
            None => {
                self.nodes.push(node);
                (self.nodes.len() - 1) as u32
            }
        };
        let (left, right) = self.split(self.root, start);
        let left = self.merge(left, index);
        self.root = self.merge(left, right);
        self.by_length.insert((length, start));
        self.free += length;
    }

    fn remove(&mut self, hole: Hole) {
        let (left, rest) = self.split(self.root, hole.start);
        let (index, right) = self.split(rest, hole.start + 1);
        self.root = self.merge(left, right);
        if index != NONE {
            self.vacant.push(index);
            self.by_length.remove(&(hole.length, hole.start));
            self.free -= hole.length;
        }
    }

    /// Those that start before `key`, and the others.
    fn split(&mut self, node: u32, key: u64) -> (u32, u32) {
        let Some(n) = self.node(node).copied() else { return (NONE, NONE) };
        if n.start < key {
            let (left, right) = self.split(n.right, key);
            self.nodes[node as usize].right = left;
            self.renew(node);
            (node, right)
        } else {
            let (left, right) = self.split(n.left, key);
            self.nodes[node as usize].left = right;
            self.renew(node);
            (left, node)
        }
    }

    /// One tree of two, of which all of the first start before all of the second.
    fn merge(&mut self, left: u32, right: u32) -> u32 {
        let (Some(l), Some(r)) = (self.node(left).copied(), self.node(right).copied()) else {
            return if left == NONE { right } else { left };
        };
        if l.priority >= r.priority {
            let below = self.merge(l.right, right);
            self.nodes[left as usize].right = below;
            self.renew(left);
            left
        } else {
            let below = self.merge(left, r.left);
            self.nodes[right as usize].left = below;
            self.renew(right);
            right
        }
    }

    fn renew(&mut self, node: u32) {
        let Some(n) = self.node(node).copied() else { return };
        let below = |child: u32| self.node(child).map_or(0, |c| c.longest);
        let longest = n.length.max(below(n.left)).max(below(n.right));
        self.nodes[node as usize].longest = longest;
    }
}
