//! Shapes of tasks, how common each is, and what of a node's free share they cannot use.
//!
//! Weng et al., "Beware of Fragmentation: Scheduling GPU-Sharing Workloads with Fragmentation Gradient
//! Descent", USENIX ATC 2023.

use std::collections::BTreeMap;

use crate::units::{PoolId, Share};

/// What tasks of one shape ask of a node. The derived order is that of the fields.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shape {
    /// Host processors in thousandths.
    pub host_cpus: u64,
    /// Part of each unit.
    pub share: Share,
    /// Units; 0 for a task that needs only its host.
    pub units: u32,
    /// Pools whose units it can use, ascending.
    pub pools: Vec<PoolId>,
}

/// Shapes with how many tasks have each, the most common first; among equally common ones the larger shape.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shapes {
    entries: Vec<(Shape, u64)>,
    total: u64,
}

impl Shapes {
    /// The part of the tasks that common shapes cover, as in the study.
    pub const COMMON: f64 = 0.95;

    /// The shapes of a tally.
    pub fn new(tally: BTreeMap<Shape, u64>) -> Self {
        let mut entries: Vec<(Shape, u64)> = tally.into_iter().filter(|(_, n)| *n > 0).collect();
        entries.sort_by(|a, b| (b.1, &b.0).cmp(&(a.1, &a.0)));
        Self::of(entries)
    }

    fn of(entries: Vec<(Shape, u64)>) -> Self {
        let total = entries.iter().fold(0, |sum: u64, (_, n)| sum.saturating_add(*n));
        Self { entries, total }
    }

    /// The most common shapes, as few as have together at least `part` (in [0, 1]) of the tasks.
    #[must_use]
    pub fn covering(&self, part: f64) -> Self {
        let wanted = part * self.total as f64;
        let mut covered = 0.0;
        let common = self.entries.iter().take_while(|(_, n)| {
            let open = covered < wanted;
            covered += *n as f64;
            open
        });
        Self::of(common.cloned().collect())
    }

    /// Shapes and how many tasks have each.
    pub fn entries(&self) -> &[(Shape, u64)] {
        &self.entries
    }

    /// How many tasks they have together. A shape's popularity is its count over this.
    pub const fn total(&self) -> u64 {
        self.total
    }

    /// The fragment of a node, `F_n = Σ p_m F_n(m)`, in millionths of a unit times [`Shapes::total`]: a whole
    /// number, so that equal fragments are equal.
    ///
    /// `F_n(m)` is all free share where a task of shape `m` cannot run on the node or needs no units; otherwise
    /// the free share of those units that are too small for it or that it cannot use. `cpus` are the node's free
    /// processors in thousandths, `free` its units' pools and free shares, units of one pool side by side. Host
    /// memory does not count, as in the study.
    pub fn fragment(&self, cpus: u64, free: &[(PoolId, Share)]) -> u128 {
        let idle: u64 = free.iter().map(|(_, share)| u64::from(share.0)).sum();
        if idle == 0 {
            return 0;
        }
        let of = |(shape, count): &(Shape, u64)| u128::from(*count) * u128::from(unusable(shape, cpus, free, idle));
        self.entries.iter().map(of).sum()
    }

    /// [`Shapes::fragment`] as units of free share.
    pub fn in_units(&self, fragment: u128) -> f64 {
        if self.total == 0 { 0.0 } else { fragment as f64 / self.total as f64 / f64::from(Share::WHOLE.0) }
    }
}

/// Millionths of free share on a node with `idle` in all that tasks of `shape` cannot use.
fn unusable(shape: &Shape, cpus: u64, free: &[(PoolId, Share)], idle: u64) -> u64 {
    if shape.units == 0 || cpus < shape.host_cpus {
        return idle;
    }
    // A gang is of one pool.
    let (mut fits, mut together, mut at) = (false, 0, None);
    let mut too_small = 0;
    for &(pool, share) in free {
        if at != Some(pool) {
            (at, together) = (Some(pool), 0);
        }
        if share >= shape.share && shape.pools.binary_search(&pool).is_ok() {
            together += 1;
            fits |= together == shape.units;
        } else {
            too_small += u64::from(share.0);
        }
    }
    if fits { too_small } else { idle }
}

/// What each node looked like when it was last seen, and how often it has changed: the key of what is
/// remembered about a node.
#[derive(Clone, Debug, Default)]
pub struct NodeWatch {
    seen: Vec<Vec<u64>>,
    versions: Vec<u64>,
}

impl NodeWatch {
    /// Takes a look at node number `node`; `true` where it is another than last time, or new.
    pub fn look(&mut self, node: usize, state: &[u64]) -> bool {
        if self.seen.len() <= node {
            self.seen.resize(node + 1, Vec::new());
            self.versions.resize(node + 1, 0);
        }
        let (Some(seen), Some(version)) = (self.seen.get_mut(node), self.versions.get_mut(node)) else { return true };
        if *version > 0 && seen == state {
            return false;
        }
        seen.clear();
        seen.extend_from_slice(state);
        *version += 1;
        true
    }

    /// How often the node has changed, from 1 after the first look; 0 for one never seen.
    pub fn version(&self, node: usize) -> u64 {
        self.versions.get(node).copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: PoolId = PoolId(0);
    const B: PoolId = PoolId(1);

    fn shape(cpus: u64, milli: u32, units: u32, pools: &[PoolId]) -> Shape {
        Shape { host_cpus: cpus, share: Share(milli * 1000), units, pools: pools.to_vec() }
    }

    fn free(milli: &[u32]) -> Vec<(PoolId, Share)> {
        milli.iter().map(|m| (A, Share(m * 1000))).collect()
    }

    /// A node with 8 processors and units with 0.3, 0.6 and 1 free, 1.9 in all.
    ///
    /// | shape | tasks | fragment |
    /// |---|---|---|
    /// | 1 × 0.5, 4 cpus | 4 | 0.3: the first is too small |
    /// | 2 × 1, 4 cpus | 3 | 1.9: one whole unit is not two |
    /// | 1 × 0.2, 9 cpus | 2 | 1.9: processors |
    /// | host only | 1 | 1.9 |
    ///
    /// Sum 4 · 0.3 + 6 · 1.9 = 12.6 over 10 tasks: 1.26.
    #[test]
    fn a_fragment_by_hand() {
        let whole = shape(4000, 1000, 2, &[A]);
        let tally = [
            (shape(4000, 500, 1, &[A]), 4),
            (whole, 3),
            (shape(9000, 200, 1, &[A]), 2),
            (Shape { units: 0, ..shape(1000, 1000, 0, &[]) }, 1),
        ];
        let shapes = Shapes::new(tally.into());
        let fragment = shapes.fragment(8000, &free(&[300, 600, 1000]));
        assert_eq!((shapes.total(), fragment), (10, 12_600_000));
        assert_eq!(shapes.in_units(fragment), 1.26);
        assert_eq!(shapes.fragment(8000, &free(&[0, 0])), 0);
        // With two whole units the pairs fit: 4 · 0.3 + 3 · 0.3 + 3 · 2.3.
        assert_eq!(shapes.fragment(8000, &free(&[300, 1000, 1000])), 9_000_000);
    }

    /// A pair needs two units of one model; what it cannot use is a fragment even where it runs.
    #[test]
    fn pools_count_apart() {
        let mixed = |a: usize, b: usize| [vec![(A, Share::WHOLE); a], vec![(B, Share::WHOLE); b]].concat();
        let pair = Shapes::new([(shape(0, 1000, 2, &[A, B]), 1)].into());
        assert_eq!(pair.fragment(0, &mixed(1, 1)), 2_000_000);
        assert_eq!(pair.fragment(0, &mixed(1, 2)), 0);
        let only = Shapes::new([(shape(0, 1000, 1, &[A]), 1)].into());
        assert_eq!(only.fragment(0, &mixed(1, 2)), 2_000_000);
        assert_eq!(only.fragment(0, &mixed(0, 2)), 2_000_000);
    }

    /// 50, 30, 15 and 5 of 100 tasks: 0.8 needs two shapes, 0.81 three. Equals: the larger first.
    #[test]
    fn the_most_common_shapes_cover_a_part() {
        let of = |cpus: u64| shape(cpus, 1000, 1, &[A]);
        let shapes = Shapes::new([(of(1), 15), (of(2), 50), (of(3), 5), (of(4), 30)].into());
        for (part, count) in [(0.0, 0), (0.5, 1), (0.8, 2), (0.81, 3), (1.0, 4)] {
            assert_eq!(shapes.covering(part).entries().len(), count, "{part}");
        }
        assert_eq!(shapes.covering(0.81).total(), 95);
        let equals = Shapes::new([(of(1), 2), (of(2), 2)].into());
        assert_eq!(equals.covering(0.5).entries()[0].0, of(2));
    }

    #[test]
    fn a_change_of_a_node_is_seen_once() {
        let mut watch = NodeWatch::default();
        assert_eq!(watch.version(3), 0);
        for (state, changed, version) in [([1, 2], true, 1), ([1, 2], false, 1), ([1, 3], true, 2)] {
            assert_eq!((watch.look(3, &state), watch.version(3)), (changed, version));
        }
    }
}
