//! The cloud: offers, and the lives of tasks that leave.
//!
//! | file | rule |
//! |---|---|
//! | `config.rs` | the cloud as a scenario describes it |
//! | `draw.rs` | what chance does to attempts |
//! | `job.rs` | copies of a task there, their stages and timers |
//! | `offer.rs` | what a policy is offered; periodic bursts |
//! | `upload.rs` | sending, links, bringing back |
//! | `rent.rs` | instances: booting, waiting, keeping, paying |
//! | `run.rs` | running, finishing |
//! | `retry.rs` | failures, back-off, breakers, hedges |
//! | `spot.rs` | instances that are taken back |

mod config;
mod draw;
mod job;
mod offer;
mod rent;
mod retry;
mod run;
mod spot;
mod upload;

pub use config::{CloudConfig, HedgeAfter, RegionConfig, Resilience, TypeDraws};

use crate::model::cloud::{Breaker, Fact, Pool};
use crate::model::event::Event;
use crate::model::link::SharedLink;
use crate::model::task::Phase;
use crate::policy::CloudOption;
use crate::queue::EventQueue;
use crate::record::{Observer, Record};
use crate::rng::Streams;
use crate::stats::QuantileSketch;
use crate::units::{SimDuration, SimTime, TaskId};

use super::Simulation;
use config::Choice;
use draw::{Draws, Key};
use job::{Copy, CopyId, Job, Timer};

/// Numbers of links from here on belong to the cloud: two for each region, up and down.
pub(super) const FIRST_LINK: u32 = 1 << 31;

/// Number of the timer that asks the policy for a burst.
const BURST_TIMER: u32 = u32::MAX;

/// A cloud in motion.
pub(super) struct Cloud {
    config: CloudConfig,
    choices: Vec<Choice>,
    regions: Vec<RegionState>,
    pools: Vec<Option<RentedPool>>,
    /// By slot of the task.
    jobs: Vec<Job>,
    draws: Draws,
    /// Offers to the task at hand.
    offers: Vec<CloudOption>,
    /// Times of attempts that came back, in ns, where hedges ask for them.
    came_back: QuantileSketch,
}

struct RegionState {
    /// Up and down, where transfers share them.
    links: Option<[SharedLink<CopyId>; 2]>,
    breaker: Option<Breaker>,
}

/// A pool, and when its timer rings.
struct RentedPool {
    pool: Pool<CopyId>,
    armed: Option<SimTime>,
}

impl Cloud {
    pub(super) fn new(config: CloudConfig, streams: Streams) -> Self {
        let region_state = |r: &RegionConfig| RegionState {
            links: r.region.shared.then(|| {
                [r.region.uplink, r.region.downlink].map(|bandwidth| SharedLink::new(bandwidth, r.region.per_task))
            }),
            breaker: config.resilience.breaker.map(|(after, probe_after)| Breaker::new(after, probe_after)),
        };
        let types = config.regions.iter().flat_map(|r| &r.region.types);
        let pools = types.map(|t| {
            let pool = || Pool::new(t.limit, t.warm, t.keep_alive);
            t.is_pooled().then(|| RentedPool { pool: pool(), armed: None })
        });
        Self {
            pools: pools.collect(),
            choices: config.choices(),
            regions: config.regions.iter().map(region_state).collect(),
            jobs: Vec::new(),
            draws: Draws::new(streams, config.regions.iter().map(|r| r.correlation)),
            offers: Vec::new(),
            came_back: QuantileSketch::new(),
            config,
        }
    }

    fn choice(&self, copy: &Copy) -> Choice {
        self.choices[usize::from(copy.option)]
    }

    fn job(&mut self, id: TaskId) -> &mut Job {
        if self.jobs.len() <= id.index() {
            self.jobs.resize_with(id.index() + 1, Job::default);
        }
        &mut self.jobs[id.index()]
    }

    fn copy(&mut self, id: CopyId) -> Option<&mut Copy> {
        self.jobs.get_mut(id.task.index())?.copy(id.which)
    }
}

impl<O: Observer> Simulation<O> {
    /// Before the first event.
    pub(super) fn open_cloud(&self, queue: &mut EventQueue<Event>) {
        if self.cloud.is_some()
            && let Some(period) = self.policies.cloud.period()
        {
            queue.push(SimTime::ZERO + period, Event::CloudTimer { timer: BURST_TIMER });
        }
    }

    /// A timer of a type of instances, or of the policy, rings.
    pub(super) fn cloud_timer(&mut self, timer: u32, now: SimTime, queue: &mut EventQueue<Event>) {
        match timer {
            BURST_TIMER => self.burst(now, queue),
            pool => self.expire_instances(pool as usize, now, queue),
        }
    }

    /// Sends a task to the cloud.
    pub(super) fn offload(&mut self, id: TaskId, option: u16, now: SimTime, queue: &mut EventQueue<Event>) {
        let Some(cloud) = &mut self.cloud else { return };
        cloud.job(id).reset();
        let task = &mut self.world.tasks[id];
        task.phase = Phase::Uploading;
        task.in_cloud = true;
        self.world.gauges.in_cloud += 1;
        self.observer.on(now, &Record::Offloaded(&self.world.tasks[id]));
        self.first_copy(id, option, now, queue);
    }

    /// Rings `timer` of a task after `length`.
    fn set_timer(
        &mut self,
        id: TaskId,
        timer: Timer,
        length: SimDuration,
        now: SimTime,
        queue: &mut EventQueue<Event>,
    ) {
        let Some(cloud) = &mut self.cloud else { return };
        let task = &mut self.world.tasks[id];
        task.epoch = task.epoch.wrapping_add(1);
        cloud.job(id).set_timer(task.epoch, timer);
        queue.push(now + length, Event::CloudPhase { task: id, epoch: task.epoch });
    }

    /// A timer of an offloaded task rings.
    pub(super) fn cloud_phase(&mut self, id: TaskId, epoch: u32, now: SimTime, queue: &mut EventQueue<Event>) {
        let Some(cloud) = &mut self.cloud else { return };
        let Some(timer) = cloud.jobs.get_mut(id.index()).and_then(|job| job.rings(epoch)) else { return };
        let of = |which| CopyId { task: id, which };
        match timer {
            Timer::Stage(which) => self.stage_ends(of(which), now, queue),
            Timer::Booted(which) => self.booted(of(which), now, queue),
            Timer::Fails(which) | Timer::TimedOut(which) => self.attempt_fails(of(which), now, queue),
            Timer::Taken(which) => self.instance_taken(of(which), now, queue),
            Timer::Hedge => self.hedge(id, now, queue),
            Timer::Again => self.try_again(id, now, queue),
        }
    }

    fn fact(&mut self, fact: Fact, now: SimTime) {
        self.observer.on(now, &Record::Cloud(fact));
    }

    /// At the end of the run: what idles is paid for, and open breakers are told of.
    pub(super) fn close_cloud(&mut self, end: SimTime) {
        let Some(cloud) = &self.cloud else { return };
        let mut facts = Vec::new();
        for region in &cloud.regions {
            let open = region.breaker.map_or(SimDuration::ZERO, |b| b.open_for(end));
            if !open.is_zero() {
                facts.push(Fact::BreakerOpen(open));
            }
        }
        for choice in cloud.choices.iter().filter(|c| !c.spot) {
            if let Some(rented) = &cloud.pools[choice.pool] {
                facts.extend(rented.pool.idle().flat_map(|i| cloud.idle_facts(*choice, *i, end)));
            }
        }
        for fact in facts {
            self.fact(fact, end);
        }
    }
}
