//! Who must give way, so that a task fits.

use crate::model::task::Phase;
use crate::policy::{ClusterView, TaskView};
use crate::units::{NodeId, PoolId, TaskId, UnitId};

/// What a unit would have free.
#[derive(Clone, Copy)]
struct Free {
    share: u64,
    memory: u64,
    /// Whether the task would fit.
    fits: bool,
}

/// One pool as it would be if some tasks gave their units back. Memory that they give back is counted, not placed.
struct Room<'a> {
    task: TaskView<'a>,
    view: ClusterView<'a>,
    pool: PoolId,
    one_node: bool,
    /// By position in the pool.
    units: Vec<Free>,
    /// Units on which the task would fit.
    fitting: usize,
    /// Of each node: such units, and free host processors and memory.
    nodes: Vec<(usize, u64, u64)>,
    /// The node in which the task would fit.
    node: Option<NodeId>,
}

impl<'a> Room<'a> {
    fn new(task: TaskView<'a>, pool: PoolId, view: ClusterView<'a>) -> Self {
        let mut room = Self {
            task,
            view,
            pool,
            one_node: view.one_node(task),
            units: Vec::new(),
            fitting: 0,
            nodes: Vec::new(),
            node: None,
        };
        if room.one_node {
            room.nodes.extend(view.nodes().map(|n| {
                let (cpus, memory, _) = view.node_free(n);
                (0, cpus, memory.get())
            }));
        }
        for &id in view.pool_units(pool) {
            let unit = view.unit(id);
            // Where blocks are placed, enough bytes may still be too scattered.
            let fits = view.fits(task, id);
            room.units.push(Free { share: u64::from(unit.free().0), memory: unit.memory_free().get(), fits });
            if fits {
                room.count(id);
            }
        }
        if room.one_node {
            room.node = view.nodes().find(|n| room.node_is_enough(*n));
        }
        room
    }

    fn is_enough(&self) -> bool {
        if self.one_node { self.node.is_some() } else { self.fitting >= self.task.units() as usize }
    }

    fn node_is_enough(&self, node: NodeId) -> bool {
        let width = self.task.units() as usize;
        self.nodes.get(node.index()).is_some_and(|(fitting, cpus, memory)| {
            *fitting >= width && *cpus >= self.task.host_cpus() && *memory >= self.task.host_memory().get()
        })
    }

    fn count(&mut self, unit: UnitId) {
        self.fitting += 1;
        let node = self.view.unit(unit).node();
        if let Some((fitting, _, _)) = self.nodes.get_mut(node.index()) {
            *fitting += 1;
        }
    }

    /// `other` gives back what it holds.
    fn free(&mut self, other: TaskView<'_>) {
        for &unit in other.held() {
            let local = self.view.local_index(unit) as usize;
            let Some(free) = self.units.get_mut(local) else { continue };
            free.share += u64::from(other.share().0);
            free.memory = free.memory.saturating_add(other.memory().get());
            let enough = free.share >= u64::from(self.task.share().0) && free.memory >= self.task.memory().get();
            if enough && !std::mem::replace(&mut free.fits, enough) {
                self.count(unit);
            }
        }
        for node in other.nodes() {
            if let Some((_, cpus, memory)) = self.nodes.get_mut(node.index()) {
                *cpus = cpus.saturating_add(other.host_cpus());
                *memory = memory.saturating_add(other.host_memory().get());
            }
        }
        let by_units = other.held().iter().map(|u| self.view.unit(*u).node());
        let mut touched = other.nodes().iter().copied().chain(by_units);
        if self.node.is_none() {
            self.node = touched.find(|n| self.node_is_enough(*n));
        }
    }

    /// The units that the task would get: the lowest-numbered on which it fits.
    fn target(&self) -> Vec<UnitId> {
        let here = |u: &&UnitId| self.node.is_none_or(|n| self.view.unit(**u).node() == n);
        let fitting = |(_, free): &(&UnitId, &Free)| free.fits;
        let units = self.view.pool_units(self.pool).iter().zip(&self.units).filter(fitting).map(|(u, _)| u);
        units.filter(here).take(self.task.units() as usize).copied().collect()
    }

    /// Whether the task's place is made of what `other` holds.
    fn concerns(&self, other: TaskView<'_>, target: &[UnitId]) -> bool {
        let shares_units = other.held().iter().any(|u| target.contains(u));
        shares_units || other.nodes().iter().any(|n| Some(*n) == self.node)
    }
}

/// Of `willing` tasks, which should give way first standing first, those that must so that `task` fits, in the
/// fastest pool where that is possible; empty where it is enough to wait for tasks that save their state already;
/// `None` where there is no such pool.
pub fn victims(task: TaskView<'_>, willing: &[TaskId], view: &ClusterView<'_>) -> Option<Vec<TaskId>> {
    view.possible(task).find_map(|option| {
        let mut room = Room::new(task, option.pool, *view);
        let here = |r: &TaskView<'_>| r.pool() == option.pool || r.held().is_empty();
        for saving in view.running().filter(|r| r.phase() == Phase::Saving).filter(here) {
            room.free(saving);
        }
        let mut chosen = Vec::new();
        for other in willing.iter().map(|id| view.task(*id)).filter(here) {
            if room.is_enough() {
                break;
            }
            room.free(other);
            chosen.push(other);
        }
        if !room.is_enough() {
            return None;
        }
        let target = room.target();
        Some(chosen.into_iter().filter(|other| room.concerns(*other, &target)).map(|other| other.id()).collect())
    })
}
