//! What a policy is offered for a task.

use crate::model::cloud::Region;
use crate::model::event::Event;
use crate::model::task::{Class, Phase, Task};
use crate::model::world::World;
use crate::policy::cloud::Candidate;
use crate::policy::{CloudOption, CloudQuote, ClusterView};
use crate::queue::EventQueue;
use crate::record::Observer;
use crate::units::{SimDuration, SimTime, TaskId};

use super::super::Simulation;
use super::config::{Choice, egress, transfer};
use super::{BURST_TIMER, Cloud};

/// A task that has lost so many spot instances is offered no more of them.
const MOST_TAKEN: u32 = 20;

impl Cloud {
    /// Time of a task there over its reference duration, if it can run there: that of its best unit at home, of the
    /// instance's kind where it has one, over the instance's speed.
    pub(super) fn factor(&self, world: &World, class: &Class, choice: Choice) -> Option<f64> {
        let best = class.cloud_factor?;
        let instance = self.config.instance(choice);
        let at_home = match instance.kind {
            None => best,
            Some(kind) => {
                let same = |o: &&crate::model::task::PoolOption| {
                    world.cluster.pools.get(o.pool.index()).is_some_and(|p| p.device.kind == kind)
                };
                class.options.iter().find(same)?.factor
            }
        };
        Some(at_home / instance.speed)
    }

    /// Puts all that `task` can choose from at `now` into `offers`.
    fn collect(&mut self, world: &World, id: TaskId, now: SimTime) {
        let task = &world.tasks[id];
        let (left, taken) = self.jobs.get(id.index()).map_or((1.0, 0), |job| (job.left, job.taken));
        let mut offers = std::mem::take(&mut self.offers);
        offers.clear();
        let options = self.choices.iter().enumerate();
        let wanted = options.filter(|(_, choice)| !choice.spot || taken < MOST_TAKEN);
        offers.extend(wanted.filter_map(|(i, choice)| self.offer(world, task, left, i as u16, *choice, now)));
        self.offers = offers;
    }

    /// What `choice` promises for the part of a task that is `left`.
    fn offer(
        &self,
        world: &World,
        task: &Task,
        left: f64,
        number: u16,
        choice: Choice,
        now: SimTime,
    ) -> Option<CloudOption> {
        let factor = self.factor(world, world.class_of(task), choice)?;
        let (config, instance) = (&self.config.regions[choice.region], self.config.instance(choice));
        let kept_warm = if choice.spot { instance.warm } else { 0 };
        let units = task.spec.units.max(1);
        if self.closed(choice.region, now) || units > instance.limit - kept_warm.min(instance.limit) {
            return None;
        }
        let run = task.estimate.scaled(if left < 1.0 { factor * left } else { factor });
        let (upload, download) = self.transfers(choice.region, &config.region, task);
        let base = config.rtt.mean() + (run + upload + download).as_secs_f64();
        let (wait, boot_variance) = self.wait(choice, units, run.as_secs_f64());
        let (more, share) = match instance.spot.filter(|_| choice.spot) {
            Some(spot) => {
                let expected = spot.expected_run(run.as_secs_f64());
                (expected - run.as_secs_f64(), expected / run.as_secs_f64().max(1e-9))
            }
            None => (0.0, 1.0),
        };
        let tariff = self.config.tariff(choice);
        Some(CloudOption {
            number,
            region: choice.region as u16,
            spot: choice.spot,
            quote: CloudQuote {
                response: base + wait + more,
                usd: tariff.cost(run, units) * share + egress(&config.region, task.spec.output),
            },
            spread: (config.rtt.variance() + boot_variance).sqrt(),
            run: run.as_secs_f64() + more,
            upload: upload.as_secs_f64(),
        })
    }

    /// Expected times up and down if nobody else came or went.
    fn transfers(&self, region: usize, config: &Region, task: &Task) -> (SimDuration, SimDuration) {
        let (input, output) = (task.spec.input, task.spec.output);
        let seconds = SimDuration::from_secs_f64_clamped;
        match &self.regions[region].links {
            None => (transfer(input, config.uplink), transfer(output, config.downlink)),
            Some([up, down]) => (seconds(up.expected(input)), seconds(down.expected(output))),
        }
    }

    /// Expected seconds until instances work, and their variance: nothing where warm ones idle, a boot where there is
    /// room, and where there is none as long as those in line and this one keep all instances.
    fn wait(&self, choice: Choice, units: u32, run: f64) -> (f64, f64) {
        let Some(rented) = &self.pools[choice.pool] else { return (0.0, 0.0) };
        let boot = &self.config.draws(choice).boot;
        match rented.pool.prospect(units, choice.spot) {
            (true, true) => (0.0, 0.0),
            (true, false) => (boot.mean(), boot.variance()),
            (false, _) => {
                let ahead = rented.pool.backlog() as f64 + f64::from(units);
                (run * ahead / f64::from(rented.pool.limit().max(1)), 0.0)
            }
        }
    }
}

impl<O: Observer> Simulation<O> {
    /// The option that the policy takes for a task; `None` where it stays or has to.
    pub(in crate::sim) fn destination(&mut self, id: TaskId, now: SimTime) -> Option<u16> {
        let cloud = self.cloud.as_mut()?;
        self.world.class_of(&self.world.tasks[id]).cloud_factor?;
        cloud.collect(&self.world, id, now);
        if cloud.offers.is_empty() {
            return None;
        }
        let view = ClusterView::new(&self.world, now);
        let chosen = self.policies.cloud.choose(view.task(id), &cloud.offers, &view, &mut self.cloud_rng)?;
        cloud.offers.get(chosen).map(|o| o.number)
    }

    /// The cheapest option that is open to a task, whatever the policy.
    pub(super) fn any_option(&mut self, id: TaskId, now: SimTime) -> Option<u16> {
        let cloud = self.cloud.as_mut()?;
        cloud.collect(&self.world, id, now);
        crate::policy::cloud::cheapest(&cloud.offers).map(|at| cloud.offers[at].number)
    }

    /// The policy looks at all waiting tasks that may leave, in order of arrival, and sends some away.
    pub(super) fn burst(&mut self, now: SimTime, queue: &mut EventQueue<Event>) {
        let Some(period) = self.policies.cloud.period() else { return };
        let waiting = self.may_leave();
        for (id, option) in self.chosen_to_leave(&waiting, now) {
            self.leave_queue(id, now);
            self.offload(id, option, now, queue);
            self.dirty = true;
        }
        // Without anything else to come, more timers would only hide that the run is stuck.
        if self.dirty || !queue.is_empty() {
            queue.push(now + period, Event::CloudTimer { timer: BURST_TIMER });
        }
    }

    /// Waiting tasks that have not run and may leave, in order of arrival.
    fn may_leave(&self) -> Vec<TaskId> {
        let fresh = |t: &Task| t.phase == Phase::Waiting && t.preemptions == 0 && t.run.is_zero();
        let leaves = |t: &Task| self.world.class_of(t).cloud_factor.is_some();
        let tasks = self.world.tasks.iter().filter(|(_, t)| fresh(t) && leaves(t));
        let mut list: Vec<(u64, TaskId)> = tasks.map(|(id, t)| (t.seq, id)).collect();
        list.sort_unstable_by_key(|(seq, _)| *seq);
        list.into_iter().map(|(_, id)| id).collect()
    }

    fn chosen_to_leave(&mut self, waiting: &[TaskId], now: SimTime) -> Vec<(TaskId, u16)> {
        let Some(cloud) = &mut self.cloud else { return Vec::new() };
        let view = ClusterView::new(&self.world, now);
        let mut candidates = Vec::new();
        for &id in waiting {
            cloud.collect(&self.world, id, now);
            if !cloud.offers.is_empty() {
                candidates.push(Candidate { task: view.task(id), options: cloud.offers.clone() });
            }
        }
        let mut taken = vec![false; candidates.len()];
        let mut leave = Vec::new();
        for (at, option) in self.policies.cloud.burst(&candidates, &view) {
            let Some(candidate) = candidates.get(at) else { continue };
            let Some(option) = candidate.options.get(option) else { continue };
            if !std::mem::replace(&mut taken[at], true) {
                leave.push((candidate.task.id(), option.number));
            }
        }
        leave
    }
}
