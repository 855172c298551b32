//! The way there and back.

use crate::model::event::Event;
use crate::model::task::Phase;
use crate::queue::EventQueue;
use crate::record::Observer;
use crate::units::{Bytes, SimTime, TaskId};

use super::super::Simulation;
use super::config::transfer;
use super::job::{Copy, CopyId, Stage, Timer};
use super::{Cloud, FIRST_LINK, HedgeAfter};

/// Which way over a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Up = 0,
    Down = 1,
}

impl Cloud {
    fn link_number(region: usize, way: Way) -> u32 {
        FIRST_LINK + 2 * region as u32 + way as u32
    }

    /// Puts the end of the next transfer over a link into the event queue.
    pub(super) fn arm_link(&self, region: usize, way: Way, queue: &mut EventQueue<Event>) {
        let Some(links) = &self.regions[region].links else { return };
        let link = &links[way as usize];
        if let Some(at) = link.next_done() {
            queue.push(at, Event::Link { link: Self::link_number(region, way), epoch: link.epoch() });
        }
    }

    /// Takes a copy off the links of its region.
    pub(super) fn off_the_links(&mut self, copy: &Copy, id: CopyId, now: SimTime, queue: &mut EventQueue<Event>) {
        let region = self.choice(copy).region;
        let way = match copy.stage {
            Stage::Uploading => Way::Up,
            Stage::Downloading => Way::Down,
            _ => return,
        };
        if let Some(links) = &mut self.regions[region].links {
            links[way as usize].cancel(now, id);
            self.arm_link(region, way, queue);
        }
    }
}

impl<O: Observer> Simulation<O> {
    /// Sends the first copy of an attempt, and sets the time of its hedge.
    pub(super) fn first_copy(&mut self, id: TaskId, option: u16, now: SimTime, queue: &mut EventQueue<Event>) {
        let Some(cloud) = &mut self.cloud else { return };
        cloud.job(id).option = option;
        let hedge = match cloud.config.resilience.hedge {
            None => None,
            Some(HedgeAfter::Time(after)) => Some(after),
            Some(HedgeAfter::Quantile(q)) => cloud.usual_time(q),
        };
        self.send(CopyId { task: id, which: 0 }, option, now, queue);
        if let Some(after) = hedge {
            self.set_timer(id, Timer::Hedge, after, now, queue);
        }
    }

    /// A copy leaves: round trip and upload, and where the type boots early the order of its instances.
    pub(super) fn send(&mut self, id: CopyId, option: u16, now: SimTime, queue: &mut EventQueue<Event>) {
        let Some(cloud) = &mut self.cloud else { return };
        let job = cloud.job(id.task);
        let attempt = job.attempts;
        job.attempts += 1;
        job.copies[usize::from(id.which)] = Some(Copy::new(option, attempt, now));
        let choice = cloud.choices[usize::from(option)];
        if let Some(breaker) = &mut cloud.regions[choice.region].breaker {
            breaker.enter(now);
        }
        let task = &self.world.tasks[id.task];
        let region = &cloud.config.regions[choice.region];
        let key = super::Key { task: task.seq, attempt };
        let rtt = cloud.draws.rtt(choice.region, key, &region.rtt);
        let shared = region.region.shared;
        let alone = rtt + transfer(task.spec.input, region.region.uplink);
        let (early, timeout) = (cloud.config.instance(choice).boots_early, cloud.config.resilience.timeout);
        if let Some(timeout) = timeout {
            self.set_timer(id.task, Timer::TimedOut(id.which), timeout, now, queue);
        }
        if early {
            self.rent(id, now, queue);
        }
        if !shared {
            self.set_stage(id, Stage::Uploading);
            self.set_timer(id.task, Timer::Stage(id.which), alone, now, queue);
        } else if rtt.is_zero() {
            self.over_link(id, Way::Up, now, queue);
        } else {
            self.set_timer(id.task, Timer::Stage(id.which), rtt, now, queue);
        }
    }

    pub(super) fn set_stage(&mut self, id: CopyId, stage: Stage) {
        if let Some(copy) = self.cloud.as_mut().and_then(|c| c.copy(id)) {
            copy.stage = stage;
        }
    }

    /// A copy joins those that share a link.
    fn over_link(&mut self, id: CopyId, way: Way, now: SimTime, queue: &mut EventQueue<Event>) {
        let bytes = self.bytes(id.task, way);
        let Some(cloud) = &mut self.cloud else { return };
        let Some(copy) = cloud.copy(id) else { return };
        copy.stage = if way == Way::Up { Stage::Uploading } else { Stage::Downloading };
        let option = usize::from(copy.option);
        let region = cloud.choices[option].region;
        if let Some(links) = &mut cloud.regions[region].links {
            links[way as usize].start(now, id, bytes);
            cloud.arm_link(region, way, queue);
        }
    }

    fn bytes(&self, id: TaskId, way: Way) -> Bytes {
        let spec = &self.world.tasks[id].spec;
        if way == Way::Up { spec.input } else { spec.output }
    }

    /// Transfers over a shared link are done.
    pub(in crate::sim) fn cloud_link(&mut self, link: u32, epoch: u32, now: SimTime, queue: &mut EventQueue<Event>) {
        let number = link - FIRST_LINK;
        let (region, way) = ((number / 2) as usize, if number.is_multiple_of(2) { Way::Up } else { Way::Down });
        let mut done = Vec::new();
        {
            let Some(cloud) = &mut self.cloud else { return };
            let Some(links) = cloud.regions.get_mut(region).and_then(|r| r.links.as_mut()) else { return };
            let link = &mut links[way as usize];
            if link.epoch() != epoch {
                return;
            }
            while let Some(id) = link.pop_done(now) {
                done.push(id);
            }
            cloud.arm_link(region, way, queue);
        }
        for id in done {
            self.stage_ends(id, now, queue);
        }
    }

    /// A stage of a copy is over.
    pub(super) fn stage_ends(&mut self, id: CopyId, now: SimTime, queue: &mut EventQueue<Event>) {
        let Some(stage) = self.cloud.as_mut().and_then(|c| c.copy(id)).map(|c| c.stage) else { return };
        match stage {
            Stage::Reaching => self.over_link(id, Way::Up, now, queue),
            Stage::Uploading => self.uploaded(id, now, queue),
            Stage::Ready => {}
            Stage::Running => self.run_ends(id, now, queue),
            Stage::Downloading => self.comes_back(id, now, queue),
        }
    }

    fn uploaded(&mut self, id: CopyId, now: SimTime, queue: &mut EventQueue<Event>) {
        self.set_stage(id, Stage::Ready);
        self.rent(id, now, queue);
        self.run_if_ready(id, now, queue);
    }

    /// A copy has run: its output goes home.
    pub(super) fn download(&mut self, id: CopyId, now: SimTime, queue: &mut EventQueue<Event>) {
        self.world.tasks[id.task].phase = Phase::Downloading;
        let output = self.bytes(id.task, Way::Down);
        let Some(cloud) = &mut self.cloud else { return };
        let Some(option) = cloud.copy(id).map(|c| usize::from(c.option)) else { return };
        let region = &cloud.config.regions[cloud.choices[option].region].region;
        if region.shared {
            self.over_link(id, Way::Down, now, queue);
            return;
        }
        let time = transfer(output, region.downlink);
        self.set_stage(id, Stage::Downloading);
        self.set_timer(id.task, Timer::Stage(id.which), time, now, queue);
    }
}
