//! What has failed.

use crate::units::{NodeId, Power, UnitId};

/// What can fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// One unit.
    Unit(UnitId),
    /// A node, with all its units and its host resources.
    Node(NodeId),
}

/// What is down, and why: a unit may be down for itself, with its node, or both.
#[derive(Clone, Debug)]
pub struct Outages {
    /// What each device of a failed unit draws.
    pub power: Power,
    units: Vec<u32>,
    /// Units with a reason.
    down: u32,
    nodes: Vec<u32>,
}

impl Outages {
    /// All is well with so many units and nodes.
    pub fn new(units: usize, nodes: usize, power: Power) -> Self {
        Self { power, units: vec![0; units], down: 0, nodes: vec![0; nodes] }
    }

    /// One reason more for `unit` to be down; `true` where it is the first.
    pub fn hit_unit(&mut self, unit: UnitId) -> bool {
        let first = raise(&mut self.units, unit.index());
        self.down += u32::from(first);
        first
    }

    /// How many units are down.
    pub fn units_down(&self) -> u32 {
        self.down
    }

    /// One reason less; `true` where it was the last.
    pub fn mend_unit(&mut self, unit: UnitId) -> bool {
        let last = lower(&mut self.units, unit.index());
        self.down -= u32::from(last);
        last
    }

    /// One reason more for `node` to be down; `true` where it is the first.
    pub fn hit_node(&mut self, node: NodeId) -> bool {
        raise(&mut self.nodes, node.index())
    }

    /// One reason less; `true` where it was the last.
    pub fn mend_node(&mut self, node: NodeId) -> bool {
        lower(&mut self.nodes, node.index())
    }
}

fn raise(reasons: &mut [u32], at: usize) -> bool {
    let Some(count) = reasons.get_mut(at) else { return false };
    *count += 1;
    *count == 1
}

fn lower(reasons: &mut [u32], at: usize) -> bool {
    let Some(count) = reasons.get_mut(at).filter(|c| **c > 0) else { return false };
    *count -= 1;
    *count == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_with_two_reasons_is_down_until_both_are_gone() {
        let mut outages = Outages::new(1, 1, Power::ZERO);
        let unit = UnitId(0);
        assert_eq!([outages.hit_unit(unit), outages.hit_unit(unit)], [true, false]);
        assert_eq!(outages.units_down(), 1);
        assert_eq!([outages.mend_unit(unit), outages.mend_unit(unit), outages.mend_unit(unit)], [false, true, false]);
        assert_eq!(outages.units_down(), 0);
        assert!(!outages.hit_unit(UnitId(7)), "there is no such unit");
    }
}
