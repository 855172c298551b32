//! Instances that the provider takes back.

use crate::model::cloud::Fact;
use crate::model::event::Event;
use crate::model::task::Phase;
use crate::queue::EventQueue;
use crate::record::Observer;
use crate::units::{SimDuration, SimTime};

use super::super::Simulation;
use super::job::CopyId;

impl<O: Observer> Simulation<O> {
    /// A copy loses its spot instances: what work it saved is kept, the policy is asked where it goes on.
    pub(super) fn instance_taken(&mut self, id: CopyId, now: SimTime, queue: &mut EventQueue<Event>) {
        self.save_work(id, now);
        self.call_off(id, now, queue);
        self.fact(Fact::SpotTaken, now);
        let Some(cloud) = &mut self.cloud else { return };
        let job = cloud.job(id.task);
        job.taken += 1;
        if job.has_copies() {
            return;
        }
        job.stop(super::Timer::Hedge);
        self.world.tasks[id.task].phase = Phase::Uploading;
        match self.destination(id.task, now) {
            Some(option) => self.first_copy(id.task, option, now, queue),
            None => self.come_home(id.task, now, queue),
        }
    }

    /// Of the work that a copy has done, what is saved and what is lost.
    fn save_work(&mut self, id: CopyId, now: SimTime) {
        let Some(cloud) = &mut self.cloud else { return };
        let Some(copy) = cloud.copy(id).cloned() else { return };
        if copy.started == SimTime::NEVER {
            return;
        }
        let done = now - copy.started;
        let spot = cloud.config.instance(cloud.choice(&copy)).spot;
        let saved = spot.map_or(SimDuration::ZERO, |s| s.kept(done)).min(copy.service);
        self.world.tasks[id.task].lost += done - saved;
        let job = cloud.job(id.task);
        if !saved.is_zero() {
            job.kept += saved;
            job.left *= 1.0 - saved.as_secs_f64() / copy.service.as_secs_f64();
        }
    }
}
