//! Finds the first position at or after a point that has enough of something, in logarithmic time.

/// What positions have, or need.
pub trait Amount: Copy + PartialEq {
    /// Nothing at all.
    const NONE: Self;

    /// The larger of the two; of several quantities each for itself.
    fn or(self, other: Self) -> Self;

    /// Whether it is enough for `need`.
    fn covers(self, need: Self) -> bool;
}

impl Amount for u32 {
    const NONE: Self = 0;

    fn or(self, other: Self) -> Self {
        self.max(other)
    }

    fn covers(self, need: Self) -> bool {
        self >= need
    }
}

/// A binary tree whose leaves are the positions and whose inner nodes have the most of what is below them.
#[derive(Clone, Debug)]
pub struct MaxTree<A> {
    len: usize,
    /// Leaves with padding: a power of two. The root is `nodes[1]`, the children of `i` are `2i` and `2i + 1`.
    leaves: usize,
    nodes: Vec<A>,
}

impl<A: Amount> MaxTree<A> {
    /// Positions 0, 1, … with these amounts.
    pub fn new(amounts: impl ExactSizeIterator<Item = A>) -> Self {
        let len = amounts.len();
        let leaves = len.next_power_of_two();
        let mut nodes = vec![A::NONE; 2 * leaves];
        for (leaf, amount) in nodes[leaves..].iter_mut().zip(amounts) {
            *leaf = amount;
        }
        for i in (1..leaves).rev() {
            nodes[i] = nodes[2 * i].or(nodes[2 * i + 1]);
        }
        Self { len, leaves, nodes }
    }

    /// Sets what position `at` has.
    pub fn set(&mut self, at: u32, amount: A) {
        let mut i = self.leaves + at as usize;
        let Some(leaf) = self.nodes.get_mut(i).filter(|leaf| **leaf != amount) else { return };
        *leaf = amount;
        while i > 1 {
            i /= 2;
            let most = self.nodes[2 * i].or(self.nodes[2 * i + 1]);
            if self.nodes[i] == most {
                return;
            }
            self.nodes[i] = most;
        }
    }

    /// The first position, not below `from`, that has enough for `need`.
    pub fn next(&self, from: u32, need: A) -> Option<u32> {
        if from as usize >= self.len {
            return None;
        }
        let mut i = self.leaves + from as usize;
        loop {
            if self.nodes[i].covers(need) {
                if i >= self.leaves {
                    let at = i - self.leaves;
                    return (at < self.len).then_some(at as u32);
                }
                i *= 2;
                continue;
            }
            // The next subtree to the right: up while this is a right child, then over.
            while i % 2 == 1 {
                i /= 2;
            }
            if i == 0 {
                return None;
            }
            i += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[derive(Clone, Copy, Debug, PartialEq)]
    struct Two(u8, u8);

    impl Amount for Two {
        const NONE: Self = Self(0, 0);
        fn or(self, other: Self) -> Self {
            Self(self.0.max(other.0), self.1.max(other.1))
        }
        fn covers(self, need: Self) -> bool {
            self.0 >= need.0 && self.1 >= need.1
        }
    }

    proptest! {
        #[test]
        fn agrees_with_a_scan(
            mut plain in prop::collection::vec((0u8..6, 0u8..6), 1..70),
            moves in prop::collection::vec((0usize..70, 0u8..6, 0u8..6), 0..60),
            from in 0u32..75, need in (0u8..7, 0u8..7),
        ) {
            let mut tree = MaxTree::new(plain.clone().into_iter().map(|(a, b)| Two(a, b)));
            for (at, a, b) in moves {
                let at = at % plain.len();
                plain[at] = (a, b);
                tree.set(at as u32, Two(a, b));
            }
            let expected = (from as usize..plain.len()).find(|i| plain[*i].0 >= need.0 && plain[*i].1 >= need.1);
            prop_assert_eq!(tree.next(from, Two(need.0, need.1)), expected.map(|i| i as u32));
        }
    }

    #[test]
    fn an_empty_tree_has_nothing() {
        assert_eq!(MaxTree::<u32>::new([].into_iter()).next(0, 0), None);
    }
}
