//! One scheduling pass: the door through which a scheduler acts.

use crate::model::memory::MemoryFailure;
use crate::model::task::{Phase, Task, UnitList};
use crate::model::world::{Site, World};
use crate::rng::StreamRng;
use crate::units::{Share, SimDuration, SimTime, TaskId, UnitId};

use super::view::ClusterView;

/// Why a proposal was turned down. The run stops: a scheduler that proposes this has a bug.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The task is not in the queue.
    #[error("task {task} is {phase:?}, not waiting")]
    NotWaiting {
        /// Number in order of arrival.
        task: u64,
        /// Where it is.
        phase: Phase,
    },
    /// The site has another number of units than the task's width.
    #[error("task {task} needs {wanted} units, the site has {found}")]
    Width {
        /// Number in order of arrival.
        task: u64,
        /// Gang width.
        wanted: u32,
        /// Units proposed.
        found: usize,
    },
    /// A unit is unknown, named twice, of a pool that the task cannot use, or of another pool or node than the rest.
    #[error("task {task} cannot run on unit {unit}: {why}")]
    Unit {
        /// Number in order of arrival.
        task: u64,
        /// The unit.
        unit: u32,
        /// The rule that is broken.
        why: &'static str,
    },
    /// The node lacks host resources, or none was named.
    #[error("task {task} does not get its host processors and memory on the proposed node")]
    Host {
        /// Number in order of arrival.
        task: u64,
    },
    /// Only running tasks can be preempted.
    #[error("task {task} is {phase:?} and cannot be preempted")]
    NotRunning {
        /// Number in order of arrival.
        task: u64,
        /// Where it is.
        phase: Phase,
    },
}

/// What a pass has done, for the simulation to carry on with.
#[derive(Default)]
pub(crate) struct Moves {
    /// Tasks that can begin at once.
    pub started: Vec<TaskId>,
    /// Tasks that were given units, whether or not they can begin.
    pub placed: Vec<TaskId>,
    /// Sleeping units that are to wake.
    pub to_wake: Vec<UnitId>,
    /// Tasks that were taken off their work, and the units that it was on.
    pub preempted: Vec<(TaskId, UnitList)>,
    /// Those of them that save their state first.
    pub saving: Vec<TaskId>,
    /// Units of the others, with the load that was on them.
    pub freed: Vec<(UnitId, Share)>,
    /// When the scheduler wants another pass.
    pub timers: Vec<SimTime>,
    /// Running tasks whose speed a preemption has changed.
    pub resped: Vec<TaskId>,
    /// Tasks that memory keeps waiting.
    pub memory_waits: Vec<(TaskId, MemoryFailure)>,
    /// Tasks without a place for which memory may be moved together.
    pub cramped: Vec<TaskId>,
    /// The first proposal that was turned down.
    pub refusal: Option<Refusal>,
}

impl Moves {
    /// Whether the pass left everything as it was.
    pub(crate) fn is_empty(&self) -> bool {
        self.placed.is_empty()
            && self.preempted.is_empty()
            && self.timers.is_empty()
            && self.memory_waits.is_empty()
            && self.cramped.is_empty()
    }

    pub(crate) fn clear(&mut self) {
        self.started.clear();
        self.placed.clear();
        self.to_wake.clear();
        self.preempted.clear();
        self.saving.clear();
        self.freed.clear();
        self.timers.clear();
        self.resped.clear();
        self.memory_waits.clear();
        self.cramped.clear();
    }
}

/// Where a preempted task is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preempted {
    /// It waits and its units are free: the scheduler puts it into its queue itself.
    Waiting,
    /// It saves its state and holds its units until then; after that `on_ready` tells of it.
    Saving(SimTime),
}

/// A scheduling pass. What it starts takes effect at once, so the view is always true.
pub struct Pass<'a> {
    world: &'a mut World,
    moves: &'a mut Moves,
    rng: &'a mut StreamRng,
    now: SimTime,
}

impl<'a> Pass<'a> {
    pub(crate) fn new(world: &'a mut World, moves: &'a mut Moves, rng: &'a mut StreamRng, now: SimTime) -> Self {
        Self { world, moves, rng, now }
    }

    /// The cluster as it is now.
    pub fn view(&self) -> ClusterView<'_> {
        ClusterView::new(self.world, self.now)
    }

    /// The view and the scheduler's own random stream.
    pub fn parts(&mut self) -> (ClusterView<'_>, &mut StreamRng) {
        (ClusterView::new(self.world, self.now), self.rng)
    }

    /// The present instant.
    pub const fn now(&self) -> SimTime {
        self.now
    }

    /// Gives `task` the units of `site`.
    ///
    /// # Errors
    /// The task does not wait, or the site breaks a rule: see [`Refusal`]. The first error also stops the run.
    pub fn start(&mut self, task: TaskId, site: &Site) -> Result<(), Refusal> {
        if let Err(refusal) = self.check(task, site) {
            self.moves.refusal.get_or_insert_with(|| refusal.clone());
            return Err(refusal);
        }
        let ready = self.world.occupy(task, site, self.now);
        self.moves.placed.push(task);
        if ready {
            self.moves.started.push(task);
        } else {
            self.moves.to_wake.extend_from_slice(&site.units);
        }
        Ok(())
    }

    /// Takes a running task off its work, at the price that the scenario sets; see [`Preempted`] for what
    /// the scheduler has to do then.
    ///
    /// # Errors
    /// The task is not running.
    pub fn preempt(&mut self, task: TaskId) -> Result<Preempted, Refusal> {
        let phase = self.world.tasks.get(task).map_or(Phase::Ended, |t| t.phase);
        if phase != Phase::Running {
            let refusal = Refusal::NotRunning { task: self.world.tasks.get(task).map_or(u64::MAX, |t| t.seq), phase };
            self.moves.refusal.get_or_insert_with(|| refusal.clone());
            return Err(refusal);
        }
        let others = self.world.settle_co_runners(task, self.now);
        self.moves.resped.extend(others);
        let loads: Vec<(UnitId, Share)> =
            self.world.tasks[task].units.as_slice().iter().map(|u| (*u, self.world.units[u.index()].load)).collect();
        self.moves.preempted.push((task, self.world.tasks[task].units.clone()));
        if self.world.preempt(task, self.now) {
            self.moves.freed.extend(loads);
            return Ok(Preempted::Waiting);
        }
        self.moves.saving.push(task);
        Ok(Preempted::Saving(self.world.tasks[task].saved_at))
    }

    /// Asks for another pass at `at`, even if nothing else happens then.
    pub fn wake_at(&mut self, at: SimTime) {
        self.moves.timers.push(at.max(self.now + SimDuration::from_nanos(1)));
    }

    /// Tells that `task` could not be placed, so that waits for memory can be counted.
    pub fn note_unplaced(&mut self, task: TaskId) {
        let t = &self.world.tasks[task];
        if t.spec.memory.is_zero() {
            return;
        }
        if self.world.compacts_on_failure() {
            self.moves.cramped.push(task);
        }
        if t.memory_wait {
            return;
        }
        if self.view().blocked_by_memory(self.view().task(task)) {
            self.world.tasks[task].memory_wait = true;
            let why = self.world.memory_failure(&self.world.tasks[task]);
            self.moves.memory_waits.push((task, why));
        }
    }

    fn check(&self, id: TaskId, site: &Site) -> Result<(), Refusal> {
        let Some(task) = self.world.tasks.get(id) else {
            return Err(Refusal::NotWaiting { task: u64::MAX, phase: Phase::Ended });
        };
        if task.phase != Phase::Waiting {
            return Err(Refusal::NotWaiting { task: task.seq, phase: task.phase });
        }
        let (least, most) = task.widths();
        if !(least as usize..=most as usize).contains(&site.units.len()) {
            return Err(Refusal::Width { task: task.seq, wanted: task.spec.units, found: site.units.len() });
        }
        self.check_units(task, site)?;
        self.check_hosts(task, site)
    }

    /// The units are of one pool that the task can use, and have room for it.
    fn check_units(&self, task: &Task, site: &Site) -> Result<(), Refusal> {
        let class = self.world.class_of(task);
        let mut first = None;
        let mut last: Option<(UnitId, u64)> = None;
        for &unit in &site.units {
            let refuse = |why| Err(Refusal::Unit { task: task.seq, unit: unit.0, why });
            let Some(place) = self.world.cluster.units.get(unit.index()) else {
                return refuse("there is no such unit");
            };
            let taken = match last {
                Some((l, taken)) if unit == l && place.size.is_pooled() => taken,
                Some((l, _)) if unit <= l => return refuse("units must be named once, in ascending order"),
                _ => 0,
            } + u64::from(task.spec.share.0);
            last = Some((unit, taken));
            let (pool, node) = *first.get_or_insert((place.pool, place.node));
            if pool != place.pool {
                return refuse("a gang must be of one device model");
            }
            if class.option(pool).is_none() {
                return refuse("the task cannot use this kind of unit");
            }
            if class.one_node && node != place.node {
                return refuse("the units must be in one node");
            }
            if !self.world.unit_fits(task, unit) || taken > u64::from(self.world.units[unit.index()].free.0) {
                return refuse("its free share or memory is too small");
            }
        }
        Ok(())
    }

    /// Each instance has a node, its units are there, and the node has the host resources of all its instances.
    fn check_hosts(&self, task: &Task, site: &Site) -> Result<(), Refusal> {
        if !task.needs_host() && task.spec.units > 0 {
            return Ok(());
        }
        let refusal = Err(Refusal::Host { task: task.seq });
        let instances = task.spec.instances.max(1) as usize;
        if site.nodes.len() != instances || !site.nodes.is_sorted() {
            return refusal;
        }
        let per_instance = site.units.len() / instances;
        for (i, node) in site.nodes.iter().enumerate() {
            let units = site.units.iter().skip(i * per_instance).take(per_instance);
            if node.index() >= self.world.nodes.len()
                || !units.into_iter().all(|u| self.world.cluster.units[u.index()].node == *node)
            {
                return refusal;
            }
        }
        for on_node in site.nodes.chunk_by(|a, b| a == b) {
            let free = &self.world.nodes[on_node[0].index()];
            let n = on_node.len() as u64;
            let cpus = task.spec.host_cpus.checked_mul(n);
            let memory = task.spec.host_memory.get().checked_mul(n);
            if free.closed || cpus.is_none_or(|c| c > free.cpus) || memory.is_none_or(|m| m > free.memory.get()) {
                return refusal;
            }
        }
        Ok(())
    }
}
