//! Those who do not wait: a full waiting room, coming again, giving up.

use crate::dist::Dist;
use crate::model::event::Event;
use crate::model::task::{Phase, Status};
use crate::policy::ClusterView;
use crate::queue::EventQueue;
use crate::record::{Observer, Record};
use crate::units::{SimDuration, SimTime, TaskId};

use super::Simulation;

/// How those come again who found the waiting room full.
#[derive(Clone, Debug)]
pub struct Retry {
    /// Seconds until the next attempt.
    pub delay: Dist,
    /// How often at most.
    pub limit: u32,
}

impl<O: Observer> Simulation<O> {
    /// Turns away those that came now and found the waiting room full, the last to come first.
    pub(super) fn turn_away(&mut self, now: SimTime, queue: &mut EventQueue<Event>) {
        let Some(limit) = self.setup.queue_limit else { return };
        for id in std::mem::take(&mut self.newcomers).into_iter().rev() {
            let waits = self.world.tasks.get(id).is_some_and(|t| t.phase == Phase::Waiting);
            if !waits || u64::from(self.world.gauges.waiting) <= limit {
                continue;
            }
            self.leave_queue(id, now);
            if !self.retries(id, now, queue) {
                self.end_task(id, Status::Rejected, now, queue);
            }
        }
    }

    /// Sends a task away that will come again; `false` where it may not.
    fn retries(&mut self, id: TaskId, now: SimTime, queue: &mut EventQueue<Event>) -> bool {
        let Some(retry) = &self.setup.retry else { return false };
        let task = &mut self.world.tasks[id];
        if task.attempts >= retry.limit {
            return false;
        }
        // A stream for each task, so that no policy changes how long another one stays away.
        let mut rng = self.setup.streams.keyed(self.setup.retry_family, task.seq << 20 ^ u64::from(task.attempts));
        task.attempts += 1;
        task.phase = Phase::Away;
        let delay = SimDuration::from_secs_f64_clamped(retry.delay.sample(&mut rng)).max(SimDuration::from_nanos(1));
        queue.push(now + delay, Event::Retry { task: id, epoch: task.epoch });
        true
    }

    /// A task that was turned away comes again.
    pub(super) fn comes_again(&mut self, id: TaskId, epoch: u32, now: SimTime) {
        if self.world.tasks.get(id).is_some_and(|t| t.epoch == epoch && t.phase == Phase::Away) {
            self.join_queue(id, now);
        }
    }

    /// A task's patience is over: if it has never been started it leaves.
    pub(super) fn gives_up(&mut self, id: TaskId, epoch: u32, now: SimTime, queue: &mut EventQueue<Event>) {
        let Some(task) = self.world.tasks.get(id) else { return };
        // A start or the slot's next task would have changed the epoch.
        if task.epoch != epoch || !matches!(task.phase, Phase::Waiting | Phase::Away) {
            return;
        }
        if task.phase == Phase::Waiting {
            self.leave_queue(id, now);
            self.dirty = true;
        }
        self.observer.on(now, &Record::GaveUp(&self.world.tasks[id]));
        self.end_task(id, Status::Rejected, now, queue);
    }

    pub(super) fn leave_queue(&mut self, id: TaskId, now: SimTime) {
        self.policies.scheduler.on_leave(id, &ClusterView::new(&self.world, now));
        self.world.gauges.waiting -= 1;
    }
}
