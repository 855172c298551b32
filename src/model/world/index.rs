//! Free capacity by index, for placements that would otherwise look at every unit or node.
//!
//! An index is built when the first task comes that profits from it: a run of whole units pays nothing.

use super::super::max_tree::{Amount, MaxTree};
use super::super::task::Task;
use super::World;
use crate::units::{NodeId, PoolId, Share, TaskId, UnitId};

/// What is free in a node. Of a set of nodes, the most that any has, each quantity for itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Room {
    cpus: u64,
    memory: u64,
    share: u64,
    whole_units: u32,
}

impl Amount for Room {
    const NONE: Self = Self { cpus: 0, memory: 0, share: 0, whole_units: 0 };

    fn or(self, other: Self) -> Self {
        Self {
            cpus: self.cpus.max(other.cpus),
            memory: self.memory.max(other.memory),
            share: self.share.max(other.share),
            whole_units: self.whole_units.max(other.whole_units),
        }
    }

    fn covers(self, need: Self) -> bool {
        self.cpus >= need.cpus
            && self.memory >= need.memory
            && self.share >= need.share
            && self.whole_units >= need.whole_units
    }
}

/// The indices of a world, absent until they are needed.
#[derive(Clone, Debug, Default)]
pub(super) struct Index {
    /// Free share of each unit, by pool and position in it.
    shares: Option<Vec<MaxTree<u32>>>,
    nodes: Option<MaxTree<Room>>,
}

impl World {
    /// Sees to it that places for tasks like `id` are found quickly.
    pub fn prepare_for(&mut self, id: TaskId) {
        let task = &self.tasks[id];
        let (in_node, shared) = (self.keeps_to_node(task), task.spec.share != Share::WHOLE || !self.plain);
        if in_node && self.index.nodes.is_none() {
            self.index.nodes = Some(MaxTree::new((0..self.nodes.len()).map(|n| self.room(n))));
        }
        if shared && !in_node && self.index.shares.is_none() {
            let free = |u: &UnitId| self.units[u.index()].free.0;
            let tree = |p: &super::Pool| MaxTree::new(p.units.iter().map(free));
            self.index.shares = Some(self.cluster.pools.iter().map(tree).collect());
        }
    }

    /// Whether all that `task` holds must be in one node.
    pub fn keeps_to_node(&self, task: &Task) -> bool {
        let spec = &task.spec;
        spec.instances == 1 && (spec.units == 0 || self.class_of(task).one_node || task.needs_host())
    }

    /// The position of the first unit of `pool`, at or after `from`, that has `share` left.
    pub fn next_with_share(&self, pool: PoolId, from: u32, share: Share) -> Option<u32> {
        if share == Share::WHOLE && self.plain {
            return self.pools[pool.index()].whole.next(from);
        }
        if let Some(trees) = &self.index.shares {
            return trees[pool.index()].next(from, share.0);
        }
        let rest = self.cluster.pools[pool.index()].units.get(from as usize..)?;
        rest.iter().position(|u| self.units[u.index()].free >= share).map(|i| from + i as u32)
    }

    /// The first node, at or after `from`, that has the host resources of `task` and may have its units; which pool
    /// they are of is not asked.
    pub fn next_with_room(&self, task: &Task, from: u32) -> Option<NodeId> {
        let spec = &task.spec;
        let whole_units = if spec.share == Share::WHOLE && self.plain { spec.units } else { 0 };
        let need = Room {
            cpus: spec.host_cpus,
            memory: spec.host_memory.get(),
            share: u64::from(spec.units) * u64::from(spec.share.0),
            whole_units,
        };
        if let Some(tree) = &self.index.nodes {
            // A task that needs nothing of a node would find room in one that has failed.
            let mut found = tree.next(from, need);
            while let Some(n) = found.filter(|n| self.nodes.get(*n as usize).is_some_and(|n| n.closed)) {
                found = tree.next(n + 1, need);
            }
            return found.map(NodeId);
        }
        let fits = |n: &usize| !self.nodes[*n].closed && self.room(*n).covers(need);
        (from as usize..self.nodes.len()).find(fits).map(|n| NodeId(n as u32))
    }

    fn room(&self, node: usize) -> Room {
        let free = &self.nodes[node];
        if free.closed {
            return Room { cpus: 0, memory: 0, share: 0, whole_units: 0 };
        }
        Room { cpus: free.cpus, memory: free.memory.get(), share: free.share, whole_units: free.whole_units }
    }

    /// The free share of `unit` has changed.
    pub(super) fn index_unit(&mut self, unit: UnitId) {
        if let Some(trees) = &mut self.index.shares {
            let place = self.cluster.units[unit.index()];
            trees[place.pool.index()].set(place.local, self.units[unit.index()].free.0);
        }
    }

    /// What is free in `node` has changed.
    pub(super) fn index_node(&mut self, node: NodeId) {
        if self.index.nodes.is_some() {
            let room = self.room(node.index());
            if let Some(tree) = &mut self.index.nodes {
                tree.set(node.0, room);
            }
        }
    }
}
