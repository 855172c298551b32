//! One scheduling pass: the door through which a scheduler acts.

use crate::model::task::{Phase, UnitList};
use crate::model::world::{Site, World};
use crate::rng::StreamRng;
use crate::units::{SimDuration, SimTime, TaskId, UnitId};

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
    /// Tasks that lost their units.
    pub preempted: Vec<TaskId>,
    /// When the scheduler wants another pass.
    pub timers: Vec<SimTime>,
    /// Tasks that memory keeps waiting.
    pub memory_waits: Vec<TaskId>,
    /// The first proposal that was turned down.
    pub refusal: Option<Refusal>,
}

impl Moves {
    /// Whether the pass left everything as it was.
    pub(crate) fn is_empty(&self) -> bool {
        self.placed.is_empty() && self.preempted.is_empty() && self.timers.is_empty() && self.memory_waits.is_empty()
    }

    pub(crate) fn clear(&mut self) {
        self.started.clear();
        self.placed.clear();
        self.to_wake.clear();
        self.preempted.clear();
        self.timers.clear();
        self.memory_waits.clear();
    }
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

    /// Takes the units of a running task away; its work is kept and it joins the queue again.
    ///
    /// # Errors
    /// The task is not running.
    pub fn preempt(&mut self, task: TaskId) -> Result<(), Refusal> {
        let phase = self.world.tasks.get(task).map_or(Phase::Ended, |t| t.phase);
        if phase != Phase::Running {
            let refusal = Refusal::NotRunning { task: self.world.tasks.get(task).map_or(u64::MAX, |t| t.seq), phase };
            self.moves.refusal.get_or_insert_with(|| refusal.clone());
            return Err(refusal);
        }
        self.world.stop_running(task, self.now);
        self.world.vacate(task);
        let task_state = &mut self.world.tasks[task];
        task_state.phase = Phase::Waiting;
        task_state.units = UnitList::None;
        task_state.preemptions += 1;
        task_state.epoch = task_state.epoch.wrapping_add(1);
        self.world.gauges.waiting += 1;
        self.moves.preempted.push(task);
        Ok(())
    }

    /// Asks for another pass at `at`, even if nothing else happens then.
    pub fn wake_at(&mut self, at: SimTime) {
        self.moves.timers.push(at.max(self.now + SimDuration::from_nanos(1)));
    }

    /// Tells that `task` could not be placed, so that waits for memory can be counted.
    pub fn note_unplaced(&mut self, task: TaskId) {
        let t = &self.world.tasks[task];
        if t.memory_wait || t.spec.memory.is_zero() {
            return;
        }
        if self.view().blocked_by_memory(self.view().task(task)) {
            self.world.tasks[task].memory_wait = true;
            self.moves.memory_waits.push(task);
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
        let class = self.world.class_of(task);
        let mut first = None;
        let mut last = None;
        for &unit in &site.units {
            let refuse = |why| Err(Refusal::Unit { task: task.seq, unit: unit.0, why });
            let Some(place) = self.world.cluster.units.get(unit.index()) else {
                return refuse("there is no such unit");
            };
            if last.is_some_and(|l| unit <= l) {
                return refuse("units must be named once, in ascending order");
            }
            last = Some(unit);
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
            if !self.world.unit_fits(task, unit) {
                return refuse("its free share or memory is too small");
            }
        }
        let needs_host = task.spec.host_cpus > 0 || !task.spec.host_memory.is_zero();
        if needs_host {
            let node_is_right = site.node.is_some_and(|node| {
                node.index() < self.world.nodes.len()
                    && self.world.node_fits(task, node)
                    && site.units.iter().all(|u| self.world.cluster.units[u.index()].node == node)
            });
            if !node_is_right {
                return Err(Refusal::Host { task: task.seq });
            }
        }
        Ok(())
    }
}
