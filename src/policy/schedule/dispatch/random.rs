//! A line drawn by lot.

use std::collections::BTreeMap;

use rand::RngExt;

use crate::model::world::Site;
use crate::policy::{ClusterView, TaskView};
use crate::rng::StreamRng;
use crate::units::{PoolId, UnitId};

use super::{Choose, Load, gather, pools};

/// Uniform among the units that could hold the task. Of several units for a gang, the pool is drawn by its size.
#[derive(Clone, Copy, Debug, Default)]
pub struct Random;

impl Choose for Random {
    fn choose(
        &mut self,
        task: TaskView<'_>,
        _load: &mut Load,
        view: &ClusterView<'_>,
        rng: &mut StreamRng,
    ) -> Option<Site> {
        let pool = draw_pool(&pools(task, view), view, rng)?;
        gather(task, view, Lots::new(&[pool], view, rng))
    }
}

/// A pool drawn by the number of its units.
pub(super) fn draw_pool(pools: &[PoolId], view: &ClusterView<'_>, rng: &mut StreamRng) -> Option<PoolId> {
    match pools {
        [] => None,
        [one] => Some(*one),
        several => {
            let drawn = Lots::new(several, view, rng).next()?;
            Some(view.pool_of(drawn))
        }
    }
}

/// The units of some pools in random order, each once. Only what is asked for is drawn: O(log k) for the k-th
/// (Fisher & Yates 1938, on a sparse table).
pub(super) struct Lots<'a> {
    pools: Vec<&'a [UnitId]>,
    drawn: u32,
    count: u32,
    moved: BTreeMap<u32, u32>,
    rng: &'a mut StreamRng,
}

impl<'a> Lots<'a> {
    pub(super) fn new(pools: &[PoolId], view: &ClusterView<'a>, rng: &'a mut StreamRng) -> Self {
        let pools: Vec<&[UnitId]> = pools.iter().map(|pool| view.pool_units(*pool)).collect();
        let count = pools.iter().map(|units| units.len() as u32).sum();
        Self { pools, drawn: 0, count, moved: BTreeMap::new(), rng }
    }

    fn unit(&self, mut index: usize) -> Option<UnitId> {
        for units in &self.pools {
            match units.get(index) {
                Some(unit) => return Some(*unit),
                None => index -= units.len(),
            }
        }
        None
    }
}

impl Iterator for Lots<'_> {
    type Item = UnitId;

    fn next(&mut self) -> Option<UnitId> {
        if self.drawn >= self.count {
            return None;
        }
        let lot = self.rng.random_range(self.drawn..self.count);
        let here = self.moved.get(&self.drawn).copied().unwrap_or(self.drawn);
        let found = self.moved.insert(lot, here).unwrap_or(lot);
        let found = if lot == self.drawn { here } else { found };
        self.drawn += 1;
        self.unit(found as usize)
    }
}
