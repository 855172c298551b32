//! The node whose fragmentation grows the least.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::fragmentation::{NodeWatch, Shapes};
use crate::model::world::Site;
use crate::policy::registry::{BuildError, Plugin};
use crate::policy::schedule::{Placement, PoolFilter};
use crate::policy::{ClusterView, TaskView};
use crate::rng::StreamRng;
use crate::units::{Bytes, NodeId, PoolId, Share, UnitId};

use super::by_node::{Seats, take, usable};
use super::{BestFit, place_ranked};

/// Fragmentation gradient descent (Weng et al., USENIX ATC 2023).
///
/// A node's fragmentation is the free share that tasks of the workload's common shapes cannot use, weighted by their
/// popularity ([`Shapes::fragment`]). Each node that can hold the task has a score: the greatest whole number in
/// `100 sigmoid((F_before − F_after) / 1000)`, F in thousandths of a unit. The best score wins; ties: the node whose
/// name comes first. On the node a part of one unit goes where the score is best, ties: the lowest number; whole
/// units and gangs go where the least that suffices is free, then the lowest numbers, as in the study.
///
/// A task that needs only its host is scored alike. A gang that no node can hold, and that need not stay in one,
/// is placed by [`BestFit`].
#[derive(Debug)]
pub struct Fgd {
    coverage: f64,
    known: Option<Known>,
    watch: NodeWatch,
    /// Fragments by node as they are.
    before: Vec<u128>,
    scores: BTreeMap<Ask, Vec<(u64, Option<u8>)>>,
}

/// What does not change in a run.
#[derive(Debug)]
struct Known {
    shapes: Shapes,
    /// Nodes in the order of their names, then numbers.
    by_name: Vec<NodeId>,
}

/// Scores are the same for tasks that ask for the same and for no device memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Ask {
    class: u32,
    units: u32,
    share: Share,
    host_cpus: u64,
    host_memory: Bytes,
}

/// With more different asks than this the oldest knowledge is worth little: all of it is forgotten.
const MOST_ASKS: usize = 1024;

/// Parameters of [`Fgd`].
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FgdParams {
    /// Part of the tasks whose shapes count, the most common first; default 0.95.
    #[serde(default = "most")]
    coverage: f64,
}

fn most() -> f64 {
    Shapes::COMMON
}

/// `100 sigmoid((before − after) / 1000)` in thousandths of a unit, rounded down; fragments as [`Shapes::fragment`].
fn score(before: u128, after: u128, total: u64) -> u8 {
    // Whole numbers first: no change is exactly 50.
    let fall = before as i128 - after as i128;
    let x = fall as f64 / total.max(1) as f64 / f64::from(Share::WHOLE.0);
    (100.0 / (1.0 + libm::exp(-x))) as u8
}

/// A node's units as pools and free shares, `taken` being gone from `from`; units of one pool side by side.
fn free_after(node: NodeId, from: &[UnitId], taken: Share, view: &ClusterView<'_>) -> Vec<(PoolId, Share)> {
    let units = view.node_units(node).map(|id| {
        let free = view.unit(id).free();
        let left = if from.contains(&id) { Share(free.0.saturating_sub(taken.0)) } else { free };
        (view.pool_of(id), left)
    });
    let mut free: Vec<(PoolId, Share)> = units.collect();
    free.sort_by_key(|(pool, _)| *pool);
    free
}

impl Fgd {
    /// Brings what is remembered of nodes up to date.
    fn look(&mut self, view: &ClusterView<'_>) {
        let coverage = self.coverage;
        let known = self.known.get_or_insert_with(|| {
            let mut by_name: Vec<NodeId> = view.nodes().collect();
            by_name.sort_by_key(|n| (view.node_name(*n), *n));
            Known { shapes: view.shapes().covering(coverage), by_name }
        });
        self.before.resize(known.by_name.len(), 0);
        let mut state = Vec::new();
        for (node, before) in view.nodes().zip(&mut self.before) {
            let (cpus, memory, _) = view.node_free(node);
            state.clear();
            state.extend([cpus, memory.get()]);
            state.extend(view.node_units(node).map(|u| u64::from(view.unit(u).free().0)));
            if self.watch.look(node.index(), &state) {
                *before = known.shapes.fragment(cpus, &free_after(node, &[], Share::ZERO, view));
            }
        }
    }

    /// The score of `node` and the units that it would give; `None` where `task` does not fit.
    fn weigh(
        &self,
        task: TaskView<'_>,
        node: NodeId,
        usable: &[PoolId],
        view: &ClusterView<'_>,
    ) -> Option<(u8, Vec<UnitId>)> {
        let shapes = &self.known.as_ref()?.shapes;
        if !view.node_fits(task, node) {
            return None;
        }
        let (cpus, _, _) = view.node_free(node);
        let left = cpus.saturating_sub(task.host_cpus());
        let before = self.before.get(node.index()).copied()?;
        let of = |units: &[UnitId]| {
            score(before, shapes.fragment(left, &free_after(node, units, task.share(), view)), shapes.total())
        };
        let width = task.units() as usize;
        if width == 0 {
            return Some((of(&[]), Vec::new()));
        }
        let mut best: Option<(u8, Vec<UnitId>)> = None;
        let mut consider = |units: Vec<UnitId>| {
            let score = of(&units);
            if best.as_ref().is_none_or(|(b, _)| score > *b) {
                best = Some((score, units));
            }
        };
        Seats::default().each(task, node, usable, view, |units| {
            if units.len() < width {
                return;
            }
            if width > 1 || task.share() == Share::WHOLE {
                let mut site = Site::default();
                take(width, units.to_vec(), &mut site, |u| view.unit(u).free());
                consider(site.units);
                return;
            }
            let mut tried: Vec<Share> = Vec::new();
            for &unit in units {
                // Units with as much free score the same, and the lowest number wins.
                let free = view.unit(unit).free();
                if !tried.contains(&free) {
                    tried.push(free);
                    consider(vec![unit]);
                }
            }
        });
        best
    }

    /// The node that wins.
    fn choose(
        &mut self,
        task: TaskView<'_>,
        pools: PoolFilter,
        usable: &[PoolId],
        view: &ClusterView<'_>,
    ) -> Option<NodeId> {
        let ask = Ask {
            class: task.class(),
            units: task.units(),
            share: task.share(),
            host_cpus: task.host_cpus(),
            host_memory: task.host_memory(),
        };
        if self.scores.len() >= MOST_ASKS && !self.scores.contains_key(&ask) {
            self.scores.clear();
        }
        // What is remembered is for all pools that the task can use, and knows nothing of holes in device memory.
        let is_kept = pools == PoolFilter::Any && task.memory().is_zero();
        let mut scores = if is_kept { self.scores.remove(&ask).unwrap_or_default() } else { Vec::new() };
        scores.resize(self.before.len(), (0, None));
        for (node, (version, score)) in view.nodes().zip(&mut scores) {
            let now = self.watch.version(node.index());
            if *version != now {
                (*version, *score) = (now, self.weigh(task, node, usable, view).map(|(score, _)| score));
            }
        }
        let mut best: Option<(u8, NodeId)> = None;
        for &node in self.known.iter().flat_map(|k| &k.by_name) {
            if let Some((_, Some(score))) = scores.get(node.index())
                && best.is_none_or(|(b, _)| *score > b)
            {
                best = Some((*score, node));
            }
        }
        if is_kept {
            self.scores.insert(ask, scores);
        }
        best.map(|(_, node)| node)
    }
}

impl Placement for Fgd {
    fn place(
        &mut self,
        task: TaskView<'_>,
        pools: PoolFilter,
        view: &ClusterView<'_>,
        _rng: &mut StreamRng,
        site: &mut Site,
    ) -> bool {
        self.look(view);
        let allowed = view.options(task).iter().map(|o| o.pool).filter(|p| pools.allows(*p));
        let allowed: Vec<PoolId> = allowed.collect();
        if task.units() > 0 && usable(task, pools, view).is_empty() {
            return false;
        }
        let Some(node) = self.choose(task, pools, &allowed, view) else {
            return !view.one_node(task) && place_ranked(&mut BestFit, task, pools, view, site);
        };
        let Some((_, units)) = self.weigh(task, node, &allowed, view) else { return false };
        site.nodes.push(node);
        site.units = units;
        true
    }
}

impl Plugin for Fgd {
    const NAME: &'static str = "fgd";
    const ABOUT: &'static str = "least growth of the fragmentation of nodes by common shapes (Weng et al. 2023)";
    type Params = FgdParams;

    fn build(params: FgdParams) -> Result<Self, BuildError> {
        if !(params.coverage > 0.0 && params.coverage <= 1.0) {
            let found = params.coverage;
            return Err(BuildError::new(format_args!("found {found}, expected a number in (0, 1]")).inside("coverage"));
        }
        Ok(Self {
            coverage: params.coverage,
            known: None,
            watch: NodeWatch::default(),
            before: Vec::new(),
            scores: BTreeMap::new(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `sigmoid(x)` is 1/2 at 0, 3/4 at ln 3, 1/4 at −ln 3, and 0.7310585 at 1. F is over 10 tasks, in millionths.
    #[test]
    fn scores_are_whole_and_rounded_down() {
        let of = |fall: f64| {
            let base = 1_000_000_000u128;
            score(base, (base as f64 - fall * 1e7) as u128, 10)
        };
        assert_eq!(of(0.0), 50);
        assert_eq!((of(1.0), of(-1.0)), (73, 26));
        assert_eq!((of(1.0987), of(1.0985)), (75, 74));
        assert_eq!((of(50.0), of(-50.0)), (100, 0));
    }
}
