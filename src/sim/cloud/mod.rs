//! The life of an offloaded task: upload, run, download.

use crate::dist::Dist;
use crate::model::event::Event;
use crate::model::task::{Phase, Status};
use crate::policy::CloudQuote;
use crate::queue::EventQueue;
use crate::record::{Observer, Record};
use crate::units::{Bytes, SimDuration, SimTime, TaskId};

use super::Simulation;

/// One cloud: elastic, reached over a link, paid by the second.
///
/// `response = RTT + input / uplink + run + output / downlink`; each task has the whole link.
#[derive(Clone, Debug)]
pub struct CloudConfig {
    /// Round-trip time in seconds, drawn once per task.
    pub rtt: Dist,
    /// Uplink in B/s.
    pub uplink: f64,
    /// Downlink in B/s.
    pub downlink: f64,
    /// Price of one unit for one hour.
    pub usd_per_hour: f64,
    /// Price of a gigabyte (10^9 B) brought back.
    pub usd_per_gb_out: f64,
    /// Shortest time that is charged.
    pub billed_at_least: SimDuration,
}

impl CloudConfig {
    fn upload(&self, input: Bytes) -> SimDuration {
        SimDuration::from_secs_f64_clamped(input.get() as f64 / self.uplink)
    }

    fn download(&self, output: Bytes) -> SimDuration {
        SimDuration::from_secs_f64_clamped(output.get() as f64 / self.downlink)
    }

    /// What a run costs: units × max(run, minimum) rounded up to a second, plus what is brought back.
    pub fn price(&self, run: SimDuration, units: u32, output: Bytes) -> f64 {
        let billed = run.max(self.billed_at_least).as_nanos().div_ceil(1_000_000_000) as f64;
        self.usd_per_hour / 3600.0 * billed * f64::from(units.max(1)) + self.usd_per_gb_out * output.get() as f64 / 1e9
    }
}

impl<O: Observer> Simulation<O> {
    /// What the cloud promises for a task, or `None` if the task cannot leave.
    pub(in crate::sim) fn quote(&self, id: TaskId) -> Option<CloudQuote> {
        let cloud = self.cloud.as_ref()?;
        let task = &self.world.tasks[id];
        let factor = self.world.class_of(task).cloud_factor?;
        let run = task.estimate.scaled(factor);
        let transfer = cloud.upload(task.spec.input) + cloud.download(task.spec.output);
        Some(CloudQuote {
            response: cloud.rtt.mean() + (run + transfer).as_secs_f64(),
            usd: cloud.price(run, task.spec.units, task.spec.output),
        })
    }

    /// Sends a task to the cloud.
    pub(in crate::sim) fn offload(&mut self, id: TaskId, now: SimTime, queue: &mut EventQueue<Event>) {
        let Some(cloud) = &self.cloud else { return };
        let task = &self.world.tasks[id];
        let mut rng = self.setup.streams.keyed(self.setup.latency_family, task.seq);
        let rtt = SimDuration::from_secs_f64_clamped(cloud.rtt.sample(&mut rng));
        let upload = rtt + cloud.upload(task.spec.input);
        let task = &mut self.world.tasks[id];
        task.phase = Phase::Uploading;
        task.in_cloud = true;
        self.world.gauges.in_cloud += 1;
        self.observer.on(now, &Record::Offloaded(&self.world.tasks[id]));
        self.next_phase(id, upload, now, queue);
    }

    fn next_phase(&mut self, id: TaskId, length: SimDuration, now: SimTime, queue: &mut EventQueue<Event>) {
        let task = &mut self.world.tasks[id];
        task.epoch = task.epoch.wrapping_add(1);
        queue.push(now + length, Event::CloudPhase { task: id, epoch: task.epoch });
    }

    /// A phase of an offloaded task is over.
    pub(in crate::sim) fn cloud_phase(&mut self, id: TaskId, epoch: u32, now: SimTime, queue: &mut EventQueue<Event>) {
        let Some(phase) = self.world.tasks.get(id).filter(|t| t.epoch == epoch).map(|t| t.phase) else { return };
        match phase {
            Phase::Uploading => {
                let task = &self.world.tasks[id];
                let class = self.world.class_of(task);
                let factor = class.cloud_factor.unwrap_or(1.0);
                let whole = self.world.reference_time(class, &task.spec.work).scaled(factor);
                let (service, cut) = task.allowed(whole, factor);
                let task = &mut self.world.tasks[id];
                (task.service, task.cut) = (service, cut);
                task.phase = Phase::CloudRunning;
                (task.first_start, task.last_start) = (now, now);
                self.observer.on(now, &Record::Started(&self.world.tasks[id]));
                self.next_phase(id, service, now, queue);
            }
            Phase::CloudRunning => {
                let Some(cloud) = &self.cloud else { return };
                let task = &mut self.world.tasks[id];
                task.run = task.service;
                task.cost_usd = cloud.price(task.run, task.spec.units, task.spec.output);
                task.phase = Phase::Downloading;
                let download = cloud.download(task.spec.output);
                self.next_phase(id, download, now, queue);
            }
            Phase::Downloading => {
                self.world.gauges.in_cloud -= 1;
                let status = if self.world.tasks[id].cut { Status::Killed } else { Status::Completed };
                self.end_task(id, status, now, queue);
                self.dirty = true;
            }
            _ => {}
        }
    }
}
