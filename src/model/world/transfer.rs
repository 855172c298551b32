//! Data between units.

use crate::units::{SimTime, UnitId};

use super::super::task::Task;
use super::World;

impl World {
    /// When the data of all tasks before `task` that have completed is on `units`: where it was made at once,
    /// elsewhere after the link's time. A gang has the data of every unit that it holds.
    pub fn input_at(&self, task: &Task, units: &[UnitId]) -> SimTime {
        let Some(link) = &self.cluster.link else { return SimTime::ZERO };
        let arrival = |input: &super::super::task::Input| {
            let here = input.on.as_slice().iter().any(|u| units.contains(u));
            if here { input.since } else { input.since + link.time(input.bytes) }
        };
        task.inputs.iter().map(arrival).max().unwrap_or(SimTime::ZERO)
    }
}
