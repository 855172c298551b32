//! Shapes of tasks.

use crate::units::{Bytes, Share};

/// All that decides where a task fits. Where one task of a shape finds no place, no other one does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shape {
    /// The first class with the same pools, and the same answer to whether all must be in one node.
    pub class: u32,
    /// Gang width.
    pub units: u32,
    /// Equal parts that may be in different nodes.
    pub instances: u32,
    /// Part of each unit.
    pub share: Share,
    /// Device memory per unit.
    pub memory: Bytes,
    /// Standard deviation of the memory that it uses, per unit.
    pub memory_sd: Bytes,
    /// Host processors of each instance, in thousandths.
    pub host_cpus: u64,
    /// Host memory of each instance.
    pub host_memory: Bytes,
}

impl Shape {
    /// Units times share, in millionths of a unit.
    pub fn demand(&self) -> u64 {
        u64::from(self.units) * u64::from(self.share.0)
    }
}
