//! The simulation: what each event does to the world, and when policies are asked.
//!
//! | file | rule |
//! |---|---|
//! | `arrive.rs` | sources, dependencies, rejection, routing to queue or cloud |
//! | `impatience.rs` | full waiting rooms, coming again, giving up |
//! | `execute.rs` | scheduling passes, starting, finishing |
//! | `power/` | waking, sleeping, governor ticks, clocks |
//! | `cloud/` | the life of an offloaded task |
//! | `facility.rs` | tariffs, ambient temperature |
//! | `adapt.rs` | epochs, changing the scheduler |
//! | `fault.rs`, `hit.rs` | failures and repairs, and what they do to tasks |
//! | `pressure.rs` | memory that acts on speed |
//! | `swap.rs` | state of preempted tasks on the host |
//! | `memory.rs` | moving memory together |
//! | `transfer.rs` | data from task to task |
//! | `drain.rs` | tasks of a window followed to their ends |
//! | `check.rs`, `audit.rs` | invariants; a second set of books of energy |

mod adapt;
mod arrive;
mod audit;
mod check;
mod cloud;
mod drain;
mod error;
mod execute;
mod facility;
mod fault;
mod hit;
mod impatience;
mod memory;
mod power;
mod pressure;
mod swap;
mod transfer;

pub use adapt::SLOWDOWN_TAU;
pub use check::Broken;
pub use cloud::{CloudConfig, HedgeAfter, RegionConfig, Resilience, TypeDraws};
pub use error::SimError;
pub use fault::{FaultLaw, FaultSource, Faults};
pub use hit::Aftermath;
pub use impatience::Retry;
pub use power::{Bands, CapConfig};

use std::collections::BTreeSet;

use crate::engine::{self, Limits, Model, Outcome, Stop};
use crate::model::event::Event;
use crate::model::source::Source;
use crate::model::task::{Status, UnitList};
use crate::model::world::World;
use crate::policy::{Adaptive, CloudPolicy, Governor, Scheduler, SleepPolicy};
use crate::queue::EventQueue;
use crate::record::{Observer, Record};
use crate::rng::{Purpose, StreamRng, Streams};
use crate::units::{SimDuration, SimTime, TaskId, UnitId};

use crate::policy::{Moves, Pass};

/// Makes a scheduler by name, for adaptive policies that change it.
pub type SchedulerFactory = Box<dyn Fn(&str) -> Option<Box<dyn Scheduler>> + Send>;

/// The chosen policies of one run.
pub struct Policies {
    /// Scheduler.
    pub scheduler: Box<dyn Scheduler>,
    /// Governor.
    pub governor: Box<dyn Governor>,
    /// Sleep policy.
    pub sleep: Box<dyn SleepPolicy>,
    /// Cloud policy.
    pub cloud: Box<dyn CloudPolicy>,
    /// Adaptive component.
    pub adaptive: Box<dyn Adaptive>,
    /// Makes the schedulers among which the adaptive component chooses.
    pub arms: SchedulerFactory,
}

/// What a run needs besides the world and the policies.
pub struct Setup {
    /// Sources, in the order of the scenario.
    pub sources: Vec<Box<dyn Source>>,
    /// The power budget that is shared out as the run goes on, if there is one.
    pub cap: Option<CapConfig>,
    /// The cloud, if there is one.
    pub cloud: Option<CloudConfig>,
    /// When statistics start.
    pub warmup: SimTime,
    /// When the run stops at the latest.
    pub until: SimTime,
    /// The end of the window of arrivals whose tasks are followed to their ends, up to `until`; `None` follows nobody.
    pub drain: Option<SimTime>,
    /// Seeds of all random draws.
    pub streams: Streams,
    /// Most tasks that may wait; one more is rejected. `None` has no bound.
    pub queue_limit: Option<u64>,
    /// How those come again who find the waiting room full; `None` rejects them.
    pub retry: Option<Retry>,
    /// What fails; `None` where nothing does.
    pub faults: Option<Faults>,
    /// Whether to check invariants at every quiet instant.
    pub check: bool,
    /// Stop after so many events.
    pub max_events: u64,
}

/// How many tasks went which way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Came in.
    pub submitted: u64,
    /// Did all their work.
    pub completed: u64,
    /// Could never run.
    pub rejected: u64,
    /// A task they depend on did not complete.
    pub failed: u64,
    /// Cut off at their estimate.
    pub killed: u64,
}

/// One run in motion.
pub struct Simulation<O: Observer> {
    /// The machine.
    pub world: World,
    /// Who listens.
    pub observer: O,
    /// Counts so far.
    pub counts: Counts,
    policies: Policies,
    sources: Vec<arrive::SourceState>,
    cloud: Option<Box<cloud::Cloud>>,
    setup: Fixed,
    /// Something has changed that a scheduler may want to know.
    dirty: bool,
    moves: Moves,
    scheduler_rng: StreamRng,
    cloud_rng: StreamRng,
    adaptive_rng: StreamRng,
    sleep_rng: StreamRng,
    /// What sleep policies that make units wait for tasks ask for.
    gate: power::Gate,
    /// When the scheduler has asked for a pass.
    scheduler_timers: BTreeSet<SimTime>,
    governor: power::GovernorState,
    clocks: power::ClockState,
    cap: Option<Box<power::CapState>>,
    /// Whether the next change of a tariff is in the queue.
    tariff_pending: bool,
    pace: power::PaceState,
    sleep_timers: Vec<power::SleepTimer>,
    /// By unit; empty where no temperature is modelled.
    heat_timers: Vec<power::HeatTimer>,
    epoch: adapt::EpochState,
    error: Option<SimError>,
    /// With invariants checked: a second set of books.
    audit: Option<audit::Audit>,
    /// Ended tasks on which others may depend. A list, not a recursion: chains can be long.
    ended_parents: Vec<(usize, u32, Status)>,
    /// State of preempted tasks on its way to hosts and back.
    swaps: swap::Swaps,
    /// What ended tasks have left for others.
    products: transfer::Products,
    /// Tasks that became ready at this instant, where the waiting room is bounded.
    newcomers: Vec<TaskId>,
    /// Units that lost a task at this instant.
    unloaded: Vec<UnitId>,
    /// What fails, and when next.
    faults: Option<Box<fault::FaultState>>,
    /// Sources that may still submit.
    open_sources: usize,
    drain: Option<drain::Drain>,
}

/// The unchanging part of the setup.
struct Fixed {
    streams: Streams,
    warmup: SimTime,
    until: SimTime,
    queue_limit: Option<u64>,
    retry: Option<Retry>,
    retry_family: u64,
    wake_family: u64,
    idle_family: u64,
    sleep_learns: bool,
    learns: bool,
    check: bool,
    max_events: u64,
}

impl<O: Observer> Simulation<O> {
    /// A run at time zero.
    pub fn new(world: World, policies: Policies, setup: Setup, observer: O) -> Self {
        let streams = setup.streams;
        let unit_count = world.units.len();
        let gate = power::Gate::new(policies.sleep.tasks_to_wake(), setup.queue_limit);
        Self {
            governor: power::GovernorState::new(policies.governor.as_ref(), &world.cluster),
            clocks: power::ClockState::new(&world.cluster),
            cap: setup.cap.map(|config| Box::new(power::CapState::new(config, unit_count))),
            pace: power::PaceState::new(policies.governor.as_ref()),
            sleep_timers: vec![power::SleepTimer::UNSET; unit_count],
            heat_timers: vec![power::HeatTimer::default(); if world.heat.is_some() { unit_count } else { 0 }],
            epoch: adapt::EpochState::default(),
            open_sources: setup.sources.len(),
            drain: setup.drain.map(|until| drain::Drain::new(setup.warmup, until)),
            tariff_pending: false,
            sources: setup.sources.into_iter().map(arrive::SourceState::new).collect(),
            cloud: setup.cloud.map(|config| Box::new(cloud::Cloud::new(config, streams))),
            setup: Fixed {
                streams,
                warmup: setup.warmup,
                until: setup.until,
                queue_limit: setup.queue_limit,
                retry: setup.retry,
                retry_family: streams.root_of(Purpose::Retry, 0),
                wake_family: streams.root_of(Purpose::WakeUp, 0),
                idle_family: streams.root_of(Purpose::IdlePeriod, 0),
                sleep_learns: policies.sleep.learns(),
                learns: policies.adaptive.learns(),
                check: setup.check,
                max_events: setup.max_events,
            },
            faults: setup.faults.map(|f| Box::new(fault::FaultState::new(f, &streams, world.units.len()))),
            swaps: swap::Swaps::new(&world),
            audit: setup.check.then(|| audit::Audit::new(&world)),
            world,
            observer,
            counts: Counts::default(),
            policies,
            dirty: false,
            moves: Moves::default(),
            scheduler_rng: streams.stream(Purpose::Scheduler, 0),
            cloud_rng: streams.stream(Purpose::CloudPolicy, 0),
            adaptive_rng: streams.stream(Purpose::Adaptive, 0),
            sleep_rng: streams.stream(Purpose::Sleep, 0),
            gate,
            scheduler_timers: BTreeSet::new(),
            error: None,
            newcomers: Vec::new(),
            unloaded: Vec::new(),
            products: transfer::Products::default(),
            ended_parents: Vec::new(),
        }
    }

    /// Runs to the end. `pulse` is called now and then and may stop the run.
    ///
    /// # Errors
    /// See [`SimError`].
    pub fn run(&mut self, pulse: &mut dyn FnMut(SimTime, u64) -> bool) -> Result<Outcome, SimError> {
        let mut queue = EventQueue::new();
        self.begin(&mut queue);
        let limits = Limits { until: self.setup.until, max_events: self.setup.max_events, pulse };
        let outcome = if self.is_over() {
            Outcome { stop: Stop::Over, end: SimTime::ZERO, events: 0 }
        } else {
            engine::run(self, &mut queue, limits)
        };
        if let Some(error) = self.error.take() {
            return Err(error);
        }
        let at = outcome.end;
        match outcome.stop {
            Stop::Over | Stop::Horizon => {}
            Stop::Drained if self.world.tasks.in_system() == 0 => {}
            Stop::Drained => return Err(self.deadlock(at)),
            Stop::Livelock => return Err(SimError::Livelock { at }),
            Stop::EventLimit => return Err(SimError::EventLimit { at, events: outcome.events }),
            Stop::Overflow => return Err(SimError::Overflow { at }),
            Stop::Interrupted => return Err(SimError::Interrupted { at }),
        }
        self.world.close_all(at);
        self.close_cloud(at);
        self.observer.quiet(at, &self.world);
        if let Err(broken) = self.check_end(at) {
            return Err(SimError::Invariant { at, broken });
        }
        Ok(outcome)
    }

    fn begin(&mut self, queue: &mut EventQueue<Event>) {
        if self.setup.warmup > SimTime::ZERO {
            queue.push(self.setup.warmup, Event::Warmup);
        }
        if let Some(drain) = &self.drain {
            queue.push(drain.until(), Event::WindowEnd);
        }
        for source in 0..self.sources.len() {
            self.arm_source(source, queue);
        }
        if let Some(epoch) = self.policies.adaptive.epoch() {
            queue.push(SimTime::ZERO + epoch, Event::AdaptEpoch);
        }
        self.arm_next_change(SimTime::ZERO, queue);
        self.arm_faults(queue);
        self.open_cloud(queue);
        for unit in 0..self.world.units.len() {
            self.consider_sleep(UnitId(unit as u32), SimTime::ZERO, queue);
        }
        self.begin_cap(queue);
        self.arm_tariff(SimTime::ZERO, queue);
        self.follow_heat(SimTime::ZERO, queue);
    }

    fn fail(&mut self, error: SimError) {
        self.error.get_or_insert(error);
    }

    /// Takes an ended task out of the system and tells everyone; returns the units that it held.
    fn end_task(&mut self, id: TaskId, status: Status, now: SimTime, queue: &mut EventQueue<Event>) -> UnitList {
        match status {
            Status::Completed => self.counts.completed += 1,
            Status::Rejected => self.counts.rejected += 1,
            Status::Failed => self.counts.failed += 1,
            Status::Killed => self.counts.killed += 1,
        }
        self.observer.on(now, &Record::Ended(&self.world.tasks[id], status));
        self.learn_end(id, status, now);
        let task = &self.world.tasks[id];
        if let Some(drain) = &mut self.drain {
            drain.ends(task.arrival);
        }
        let seq = task.seq;
        self.world.forget_memory(seq);
        let task = &self.world.tasks[id];
        let (source, tag) = (self.world.classes[task.spec.class as usize].source, task.spec.tag);
        let held = std::mem::take(&mut self.world.tasks[id].units);
        self.world.tasks.retire(id);
        if self.sources.get(usize::from(source)).is_some_and(|s| s.source.has_dependencies()) {
            self.keep_product(usize::from(source), tag, &held, now);
            self.ended_parents.push((usize::from(source), tag, status));
        }
        if let Some(state) = self.sources.get_mut(usize::from(source))
            && state.source.on_end(now, tag)
        {
            self.arm_source(usize::from(source), queue);
        }
        held
    }

    /// The tasks of a stuck run, for its error.
    fn deadlock(&self, at: SimTime) -> SimError {
        let describe = |(_, task): (TaskId, &crate::model::task::Task)| {
            let class = self.world.class_of(task);
            format!(
                "task {} of `{}` ({} units, {} B each, {:?})",
                task.spec.label,
                class.name,
                task.spec.units,
                task.spec.memory.get(),
                task.phase
            )
        };
        let first: Vec<String> = self.world.tasks.iter().take(3).map(describe).collect();
        SimError::Deadlock { at, waiting: self.world.tasks.in_system(), first: first.join("; ") }
    }
}

impl<O: Observer> Model for Simulation<O> {
    type Event = Event;

    fn handle(&mut self, now: SimTime, event: Event, queue: &mut EventQueue<Event>) {
        match event {
            Event::Finish { task, epoch } => self.finish(task, epoch, now, queue),
            Event::CloudPhase { task, epoch } => self.cloud_phase(task, epoch, now, queue),
            Event::UnitTransition { unit, epoch } => self.transition_ends(unit, epoch, now, queue),
            Event::Clock { unit, epoch } => self.clock_goes_on(unit, epoch, now, queue),
            Event::Input { task, epoch } => self.input_arrives(task, epoch, now, queue),
            Event::Memory { task, epoch } => self.memory_event(task, epoch, now, queue),
            Event::SleepTimer { unit } => self.sleep_timer_rings(unit, now, queue),
            Event::Fault { place, epoch } => self.fault(place, epoch, now, queue),
            Event::Checkpoint { task, epoch } => self.checkpoint(task, epoch, now, queue),
            Event::CloudTimer { timer } => self.cloud_timer(timer, now, queue),
            Event::Link { link, epoch } if link >= cloud::FIRST_LINK => self.cloud_link(link, epoch, now, queue),
            Event::Link { link, epoch } => self.host_link_moves(link, epoch, now, queue),
            Event::Heat { unit, epoch } => self.heat_rings(unit, epoch, now, queue),
            Event::Tariff => self.tariff_changes(now, queue),
            Event::Compacted { unit } => self.compacted(unit, now, queue),
            Event::Warmup => self.warm_up(now),
            Event::Arrive { source, epoch } => self.arrivals(usize::from(source), epoch, now, queue),
            Event::Retry { task, epoch } => self.comes_again(task, epoch, now),
            Event::GiveUp { task, epoch } => self.gives_up(task, epoch, now, queue),
            Event::GovernorTick => self.governor_tick(now, queue),
            Event::CapTick => self.cap_tick(now, queue),
            Event::AdaptEpoch => self.epoch_ends(now, queue),
            Event::SchedulerTimer => {
                self.scheduler_timers.remove(&now);
                self.dirty = true;
            }
            Event::WindowEnd => {
                if let Some(drain) = &mut self.drain {
                    drain.close();
                }
            }
        }
        self.follow_memory(now, queue);
        self.release_dependents(now, queue);
    }

    fn settle(&mut self, now: SimTime, queue: &mut EventQueue<Event>) {
        let opened = self.open_gate();
        if self.dirty {
            self.dirty = false;
            self.scheduling_pass(now, queue);
            self.follow_memory(now, queue);
            self.note_queue_change();
            self.turn_away(now, queue);
            self.release_dependents(now, queue);
        }
        if self.dirty && self.world.dynamics.is_some() {
            // Memory has taken tasks off their units after the pass: another round, at this instant.
            queue.push(now, Event::SchedulerTimer);
        }
        if !opened.is_empty() {
            self.close_gate(&opened);
        }
        self.compact_fragmented(now, queue);
        while let Some(unit) = self.unloaded.pop() {
            self.consider_sleep(unit, now, queue);
        }
        self.settle_pace(now, queue);
        self.settle_cap(now, queue);
        self.follow_heat(now, queue);
        self.follow_memory(now, queue);
        self.observer.quiet(now, &self.world);
        self.close_window(now);
        if let Some(audit) = &mut self.audit {
            audit.quiet(now, &self.world);
        }
        if self.setup.check
            && let Err(broken) = self.check_now(now)
        {
            self.fail(SimError::Invariant { at: now, broken });
        }
    }

    fn is_over(&self) -> bool {
        self.error.is_some()
            || (self.open_sources == 0 && self.world.tasks.in_system() == 0)
            || self.drain.is_some_and(|d| d.is_done())
    }

    fn instant_limit(&self) -> u64 {
        1_000_000u64.saturating_add(self.counts.submitted.saturating_mul(10))
    }
}

impl<O: Observer> Simulation<O> {
    fn warm_up(&mut self, now: SimTime) {
        self.world.close_all(now);
        if let Some(heat) = &mut self.world.heat {
            heat.start_over();
        }
        self.observer.on(now, &Record::WarmedUp);
        self.observer.quiet(now, &self.world);
    }

    fn scheduling_pass(&mut self, now: SimTime, queue: &mut EventQueue<Event>) {
        self.moves.clear();
        let mut pass = Pass::new(&mut self.world, &mut self.moves, &mut self.scheduler_rng, now);
        self.policies.scheduler.pass(&mut pass);
        if let Some(refusal) = self.moves.refusal.take() {
            self.fail(SimError::Policy { at: now, refusal });
            return;
        }
        self.carry_out(now, queue);
    }

    /// Time that a task has been charged for, as its reference time: what predictors learn from.
    fn reference_run(&self, id: TaskId) -> SimDuration {
        let task = &self.world.tasks[id];
        let factor = self.world.class_of(task).option(task.pool).map_or(1.0, |o| o.factor);
        task.service.scaled(1.0 / factor)
    }
}
