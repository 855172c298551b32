//! The best of a few.

use std::collections::BTreeSet;

use rand::RngExt;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::world::Site;
use crate::policy::registry::{BuildError, Plugin};
use crate::policy::schedule::{Placement, PoolFilter};
use crate::policy::{ClusterView, TaskView};
use crate::rng::StreamRng;
use crate::units::{NodeId, UnitId};

use super::jsq::Jsq;
use super::ranked::{Rank, Ranking, fitting, has_room};

/// Draws `d` distinct units for each that the task needs, among those that fit in the fastest pool with room, and
/// takes the ones with the fewest residents. A task that stays in one node: `d` nodes, then the units with the
/// fewest residents in it. Ties: lowest number.
///
/// Mitzenmacher, IEEE TPDS 2001; for gangs, batch sampling (Ousterhout et al., SOSP 2013).
#[derive(Clone, Copy, Debug)]
pub struct PowerOfD {
    d: u32,
}

/// Parameters of [`PowerOfD`].
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PowerOfDParams {
    /// How many are looked at for each unit; default 2.
    #[serde(default = "two")]
    d: u32,
}

fn two() -> u32 {
    2
}

/// `count` of `items`, distinct and uniform, in their order (Floyd's algorithm: Bentley, CACM 1987).
fn sample<T: Copy>(items: &[T], count: usize, rng: &mut StreamRng) -> Vec<T> {
    let n = items.len();
    let mut chosen = BTreeSet::new();
    for last in n - count.min(n)..n {
        let drawn = rng.random_range(0..=last);
        if !chosen.insert(drawn) {
            chosen.insert(last);
        }
    }
    chosen.into_iter().filter_map(|i| items.get(i).copied()).collect()
}

/// The `count` of `items` with the lowest ranks.
fn best<T: Copy + Ord>(items: Vec<T>, count: usize, mut rank: impl FnMut(T) -> Rank) -> Vec<T> {
    let mut ranked: Vec<(Rank, T)> = items.into_iter().map(|item| (rank(item), item)).collect();
    ranked.sort_unstable();
    ranked.into_iter().take(count).map(|(_, item)| item).collect()
}

impl PowerOfD {
    fn node(
        &self,
        task: TaskView<'_>,
        nodes: &[NodeId],
        view: &ClusterView<'_>,
        rng: &mut StreamRng,
    ) -> Option<NodeId> {
        let drawn = sample(nodes, self.d as usize, rng);
        best(drawn, 1, |n| Jsq.node(task, n, view)).first().copied()
    }
}

impl Placement for PowerOfD {
    fn place(
        &mut self,
        task: TaskView<'_>,
        pools: PoolFilter,
        view: &ClusterView<'_>,
        rng: &mut StreamRng,
        site: &mut Site,
    ) -> bool {
        let width = task.units() as usize;
        if width == 0 {
            let fit: Vec<NodeId> = view.nodes().filter(|n| view.node_fits(task, *n)).collect();
            site.nodes.extend(self.node(task, &fit, view, rng));
            return !site.nodes.is_empty();
        }
        for option in view.options(task).iter().filter(|o| pools.allows(o.pool)) {
            if view.free_share(option.pool) < task.demand() {
                continue;
            }
            let units: Vec<UnitId> = if view.one_node(task) {
                let fits = |n: &NodeId| view.node_fits(task, *n) && has_room(task, *n, option.pool, view);
                let fit: Vec<NodeId> = view.nodes().filter(fits).collect();
                let Some(node) = self.node(task, &fit, view, rng) else { continue };
                site.nodes.push(node);
                fitting(task, node, option.pool, view).collect()
            } else {
                let fit: Vec<UnitId> =
                    view.pool_units(option.pool).iter().copied().filter(|u| view.fits(task, *u)).collect();
                if fit.len() < width {
                    continue;
                }
                sample(&fit, width.saturating_mul(self.d as usize), rng)
            };
            site.units = best(units, width, |u| Jsq.unit(task, u, view));
            site.units.sort_unstable();
            return true;
        }
        false
    }
}

impl Plugin for PowerOfD {
    const NAME: &'static str = "power-of-d";
    const ABOUT: &'static str = "the unit with the fewest tasks among `d` random ones (Mitzenmacher 2001)";
    type Params = PowerOfDParams;

    fn build(params: PowerOfDParams) -> Result<Self, BuildError> {
        if params.d == 0 {
            return Err(BuildError::new("found 0, expected a whole number of at least 1").inside("d"));
        }
        Ok(Self { d: params.d })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Purpose, Streams};

    /// Of 5 items 2: each of the 10 pairs in a tenth of 20,000 draws, which is 2,000 with a standard deviation of
    /// 42.4; 5 of them for ten pairs fail by chance in 6 of a million seeds.
    #[test]
    fn samples_are_distinct_and_uniform() {
        let mut rng = Streams::new(7, 0).stream(Purpose::Scheduler, 0);
        let mut counts = std::collections::BTreeMap::new();
        for _ in 0..20_000 {
            let drawn = sample(&[10, 11, 12, 13, 14], 2, &mut rng);
            assert!(drawn.len() == 2 && drawn[0] < drawn[1]);
            *counts.entry(drawn).or_insert(0i32) += 1;
        }
        assert_eq!(counts.len(), 10);
        assert!(counts.values().all(|n| (n - 2000).abs() < 212), "{counts:?}");
        assert_eq!(sample(&[3, 4], 5, &mut rng), [3, 4]);
        assert!(sample::<u32>(&[], 2, &mut rng).is_empty());
    }
}
