//! What failures do to tasks, and checkpoints for them.

use crate::model::event::Event;
use crate::model::preemption::Work;
use crate::model::task::{Phase, Status};
use crate::policy::ClusterView;
use crate::queue::EventQueue;
use crate::record::{Observer, Record};
use crate::units::{NodeId, SimTime, TaskId, UnitId};

use super::{SimError, Simulation};

/// What becomes of a task whose units fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Aftermath {
    /// How often it may come again; the next time it has failed.
    pub retries: u32,
    /// What becomes of the work done since it was last safe.
    pub work: Work,
}

/// Hits in a row, without keeping any work, after which a task is taken for hopeless.
const HOPELESS: u32 = 100_000;

/// A task that was hit, and whether its scheduler believes it to run.
pub(super) struct Hit {
    task: TaskId,
    known: bool,
}

impl<O: Observer> Simulation<O> {
    /// Takes everything from the tasks that hold something of `units` or `node`, on other units too.
    pub(super) fn take_from(
        &mut self,
        units: &[UnitId],
        node: Option<NodeId>,
        now: SimTime,
        queue: &mut EventQueue<Event>,
    ) -> Vec<Hit> {
        let Some(work) = self.faults.as_ref().map(|f| f.aftermath.work) else { return Vec::new() };
        let mut hits = Vec::new();
        for task in self.world.holders(units, node) {
            let known = self.world.tasks[task].phase != Phase::Saving;
            self.note_load_change(task, now);
            let others = self.world.settle_co_runners(task, now);
            let lost = self.world.strike(task, work, now);
            self.set_speeds(&others, now, queue);
            self.observer.on(now, &Record::Hit(&self.world.tasks[task], lost));
            hits.push(Hit { task, known });
        }
        hits
    }

    /// Tells the scheduler, now that what has failed is closed; the tasks come again or have failed.
    pub(super) fn tell_of_hits(
        &mut self,
        hits: Vec<Hit>,
        down: &[UnitId],
        now: SimTime,
        queue: &mut EventQueue<Event>,
    ) {
        for hit in hits.iter().filter(|h| h.known) {
            self.policies.scheduler.on_end(hit.task, &ClusterView::new(&self.world, now));
        }
        for unit in down {
            self.policies.scheduler.on_down(*unit, &ClusterView::new(&self.world, now));
        }
        for hit in hits {
            let held = self.comes_again_or_fails(hit, now, queue);
            for unit in held.as_slice() {
                self.after_unload(*unit, now, queue);
            }
        }
    }

    fn comes_again_or_fails(
        &mut self,
        Hit { task: id, known }: Hit,
        now: SimTime,
        queue: &mut EventQueue<Event>,
    ) -> crate::model::task::UnitList {
        let (hits, in_vain) = self.world.tasks[id].recovery.as_ref().map_or((0, 0), |r| (r.hits, r.in_vain));
        if self.faults.as_ref().is_some_and(|f| hits > f.aftermath.retries) {
            if !known {
                // It was to come back to the scheduler, which must not wait for it.
                self.policies.scheduler.on_leave(id, &ClusterView::new(&self.world, now));
            }
            return self.end_task(id, Status::Failed, now, queue);
        }
        if in_vain > HOPELESS {
            self.fail(SimError::Futile { at: now, task: self.world.tasks[id].spec.label.clone(), hits: in_vain });
        }
        let held = std::mem::take(&mut self.world.tasks[id].units);
        self.hand_to_scheduler(id, now);
        held
    }

    /// Tells the scheduler of units that work again.
    pub(super) fn tell_of_repairs(&mut self, up: &[UnitId], now: SimTime) {
        for unit in up {
            self.policies.scheduler.on_up(*unit, &ClusterView::new(&self.world, now));
        }
    }

    /// A running task begins to write a checkpoint.
    pub(super) fn checkpoint(&mut self, id: TaskId, epoch: u32, now: SimTime, queue: &mut EventQueue<Event>) {
        if !self.world.tasks.get(id).is_some_and(|t| t.epoch == epoch && t.phase == Phase::Running) {
            return;
        }
        self.world.settle_task(id, now);
        self.world.begin_checkpoint(id, now);
        self.schedule_finish(id, now, queue);
    }
}
