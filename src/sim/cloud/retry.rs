//! When it goes wrong: failures, back-off, breakers, hedges, the way home.

use crate::model::cloud::Fact;
use crate::model::event::Event;
use crate::model::task::{Phase, Status};
use crate::queue::EventQueue;
use crate::record::Observer;
use crate::units::{SimDuration, SimTime, TaskId};

use super::super::Simulation;
use super::Cloud;
use super::draw::What;
use super::job::{CopyId, Timer};

/// Attempts that must have come back before a hedge trusts their quantile.
const ENOUGH: u64 = 20;

impl Cloud {
    /// Whether a region's breaker lets nobody through.
    pub(super) fn closed(&self, region: usize, now: SimTime) -> bool {
        self.regions[region].breaker.is_some_and(|b| !b.admits(now))
    }

    /// The time that this share of the attempts took at most, once there are enough.
    pub(super) fn usual_time(&self, quantile: f64) -> Option<SimDuration> {
        let enough = self.came_back.count() >= ENOUGH;
        enough.then(|| self.came_back.quantile(quantile)).flatten().map(SimDuration::from_nanos)
    }
}

impl<O: Observer> Simulation<O> {
    /// A region has answered.
    pub(super) fn trusted(&mut self, region: usize, now: SimTime) {
        let breaker = self.cloud.as_mut().and_then(|c| c.regions[region].breaker.as_mut());
        if let Some(open) = breaker.and_then(|b| b.success(now)) {
            self.fact(Fact::BreakerOpen(open), now);
        }
    }

    /// An attempt fails, or has taken too long.
    pub(super) fn attempt_fails(&mut self, id: CopyId, now: SimTime, queue: &mut EventQueue<Event>) {
        let Some(cloud) = &mut self.cloud else { return };
        let Some(copy) = cloud.copy(id) else { return };
        copy.told = true;
        let (option, started, service) = (usize::from(copy.option), copy.started, copy.service);
        let region = cloud.choices[option].region;
        if let Some(breaker) = &mut cloud.regions[region].breaker {
            breaker.failure(now);
        }
        if started != SimTime::NEVER {
            self.world.tasks[id.task].lost += (now - started).min(service);
        }
        self.call_off(id, now, queue);
        let others = self.cloud.as_mut().is_some_and(|c| c.job(id.task).has_copies());
        if others {
            self.fact(Fact::Failure, now);
        } else {
            self.failed_again(id.task, now, queue);
        }
    }

    /// A task has one attempt less: it stays away for a while, or gives up.
    fn failed_again(&mut self, id: TaskId, now: SimTime, queue: &mut EventQueue<Event>) {
        self.fact(Fact::Failure, now);
        self.world.tasks[id].phase = Phase::Uploading;
        let seq = self.world.tasks[id].seq;
        let Some(cloud) = &mut self.cloud else { return };
        let rule = cloud.config.resilience.back_off;
        let (retries, then_local) = (cloud.config.resilience.retries, cloud.config.resilience.then_local);
        let job = cloud.job(id);
        job.stop(Timer::Hedge);
        let failure = job.failures;
        job.failures += 1;
        if failure >= retries {
            if then_local {
                self.come_home(id, now, queue)
            } else {
                self.give_up(id, now, queue)
            }
            return;
        }
        let previous = if failure == 0 { rule.base } else { job.back_off };
        let chance = cloud.draws.chance(What::BackOff, super::Key { task: seq, attempt: failure });
        let delay = rule.delay(failure, previous, chance);
        cloud.job(id).back_off = delay;
        self.fact(Fact::Retry, now);
        self.set_timer(id, Timer::Again, SimDuration::from_secs_f64_clamped(delay), now, queue);
    }

    /// The back-off is over: the same way again, another where its breaker is open, or none.
    pub(super) fn try_again(&mut self, id: TaskId, now: SimTime, queue: &mut EventQueue<Event>) {
        let Some(cloud) = &mut self.cloud else { return };
        let option = cloud.job(id).option;
        let region = cloud.choices[usize::from(option)].region;
        let option = if cloud.closed(region, now) { self.any_option(id, now) } else { Some(option) };
        match option {
            Some(option) => self.first_copy(id, option, now, queue),
            // Refused without being asked.
            None => self.failed_again(id, now, queue),
        }
    }

    /// The first copy has been away for too long: a second one is sent the same way.
    pub(super) fn hedge(&mut self, id: TaskId, now: SimTime, queue: &mut EventQueue<Event>) {
        let Some(cloud) = &mut self.cloud else { return };
        let job = cloud.job(id);
        let option = job.option;
        if job.copies[0].is_none() || job.copies[1].is_some() {
            return;
        }
        let region = cloud.choices[usize::from(option)].region;
        if cloud.closed(region, now) {
            return;
        }
        self.fact(Fact::Hedge, now);
        self.send(CopyId { task: id, which: 1 }, option, now, queue);
    }

    /// Takes a copy out of the cloud, wherever it is. What it has used is paid for.
    pub(super) fn call_off(&mut self, id: CopyId, now: SimTime, queue: &mut EventQueue<Event>) {
        let Some(cloud) = &mut self.cloud else { return };
        let Some(mut copy) = cloud.job(id.task).remove(id.which) else { return };
        cloud.off_the_links(&copy, id, now, queue);
        let region = cloud.choice(&copy).region;
        if !copy.told
            && let Some(breaker) = &mut cloud.regions[region].breaker
        {
            breaker.called_off(now);
        }
        self.pay(id, &mut copy, now, queue);
    }

    /// No attempt is left: the task fails.
    fn give_up(&mut self, id: TaskId, now: SimTime, queue: &mut EventQueue<Event>) {
        if let Some(cloud) = &mut self.cloud {
            cloud.job(id).reset();
        }
        self.world.gauges.in_cloud -= 1;
        self.end_task(id, Status::Failed, now, queue);
        self.dirty = true;
    }

    /// The task runs here after all, from the beginning.
    pub(super) fn come_home(&mut self, id: TaskId, now: SimTime, queue: &mut EventQueue<Event>) {
        if let Some(cloud) = &mut self.cloud {
            let job = cloud.job(id);
            self.world.tasks[id].lost += job.kept;
            job.reset();
        }
        self.fact(Fact::CameHome, now);
        self.world.gauges.in_cloud -= 1;
        let task = &mut self.world.tasks[id];
        task.in_cloud = false;
        task.epoch = task.epoch.wrapping_add(1);
        (task.first_start, task.last_start) = (SimTime::NEVER, SimTime::NEVER);
        self.stay(id, now, queue);
    }
}
