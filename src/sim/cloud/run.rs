//! Running there, and the end.

use crate::model::event::Event;
use crate::model::task::{Phase, Status};
use crate::queue::EventQueue;
use crate::record::{Observer, Record};
use crate::units::SimTime;

use super::super::Simulation;
use super::config::egress;
use super::draw::{Key, What};
use super::job::{CopyId, Held, Stage, Timer};

impl<O: Observer> Simulation<O> {
    /// Runs a copy that has uploaded and whose instances work.
    pub(super) fn run_if_ready(&mut self, id: CopyId, now: SimTime, queue: &mut EventQueue<Event>) {
        let Some(copy) = self.cloud.as_mut().and_then(|c| c.copy(id)) else { return };
        let has_instances = !matches!(copy.held, Held::Nothing | Held::InLine);
        if copy.stage == Stage::Ready && has_instances && copy.booted {
            self.run_copy(id, now, queue);
        }
    }

    fn run_copy(&mut self, id: CopyId, now: SimTime, queue: &mut EventQueue<Event>) {
        let Some(cloud) = &mut self.cloud else { return };
        let task = &self.world.tasks[id.task];
        let Some((option, attempt)) = cloud.copy(id).map(|c| (usize::from(c.option), c.attempt)) else { return };
        let class = self.world.class_of(task);
        let factor = cloud.factor(&self.world, class, cloud.choices[option]).unwrap_or(1.0);
        let whole = self.world.reference_time(class, &task.spec.work).scaled(factor);
        let (service, cut) = task.allowed(whole, factor);
        let key = Key { task: task.seq, attempt };
        let left = cloud.job(id.task).left;
        let service = if left < 1.0 { service.scaled(left) } else { service };
        let rule = &cloud.config.resilience;
        let fails = rule.failure > 0.0 && cloud.draws.chance(What::Failure, key) < rule.failure;
        let fails_after = fails.then(|| service.scaled(cloud.draws.failing_part(key, &rule.fails_at)));
        if let Some(copy) = cloud.copy(id) {
            (copy.stage, copy.started) = (Stage::Running, now);
            (copy.service, copy.cut) = (service, cut);
        }
        self.tell_start(id, now);
        match fails_after {
            Some(after) => self.set_timer(id.task, Timer::Fails(id.which), after, now, queue),
            None => self.set_timer(id.task, Timer::Stage(id.which), service, now, queue),
        }
    }

    /// The task runs from now on, unless another copy does already.
    fn tell_start(&mut self, id: CopyId, now: SimTime) {
        let task = &mut self.world.tasks[id.task];
        if matches!(task.phase, Phase::CloudRunning | Phase::Downloading) {
            return;
        }
        task.phase = Phase::CloudRunning;
        task.first_start = task.first_start.min(now);
        task.last_start = now;
        self.observer.on(now, &Record::Started(&self.world.tasks[id.task]));
    }

    /// A copy has done its work: its instances go back, it is paid for, and its output goes home.
    pub(super) fn run_ends(&mut self, id: CopyId, now: SimTime, queue: &mut EventQueue<Event>) {
        let Some(cloud) = &mut self.cloud else { return };
        let Some(job) = cloud.jobs.get_mut(id.task.index()) else { return };
        job.stop(Timer::Taken(id.which));
        let Some(mut copy) = job.copy(id.which).cloned() else { return };
        let region = cloud.choice(&copy).region;
        copy.told = true;
        self.trusted(region, now);
        let Some(cloud) = &mut self.cloud else { return };
        let usd = egress(&cloud.config.regions[region].region, self.world.tasks[id.task].spec.output);
        self.pay(id, &mut copy, now, queue);
        self.world.tasks[id.task].cost_usd += usd;
        if let Some(place) = self.cloud.as_mut().and_then(|c| c.copy(id)) {
            *place = copy;
        }
        self.download(id, now, queue);
    }

    /// A copy is back: the task ends, and its other copy is called off.
    pub(super) fn comes_back(&mut self, id: CopyId, now: SimTime, queue: &mut EventQueue<Event>) {
        self.call_off(CopyId { which: 1 - id.which, ..id }, now, queue);
        let Some(cloud) = &mut self.cloud else { return };
        let job = cloud.job(id.task);
        let kept = job.kept;
        let Some(copy) = job.remove(id.which) else { return };
        job.reset();
        if cloud.config.resilience.hedge.is_some() {
            cloud.came_back.record((now - copy.sent).as_nanos());
        }
        let task = &mut self.world.tasks[id.task];
        (task.service, task.cut) = (copy.service, copy.cut);
        task.run = kept + copy.service;
        self.world.gauges.in_cloud -= 1;
        let status = if copy.cut { Status::Killed } else { Status::Completed };
        self.end_task(id.task, status, now, queue);
        self.dirty = true;
    }
}
