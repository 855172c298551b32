//! Metrics, gathered while the run goes on: memory does not grow with the number of tasks.

mod cap;
mod cloud;
mod distributions;
mod facility;
mod failures;
mod heat;
mod memory;
mod power;
mod pressure;
mod report;
mod sleep;
mod spans;
mod window;

use std::collections::BTreeMap;

use crate::model::outage::Place;
use crate::model::task::{Status, Task, Work};
use crate::model::world::World;
use crate::record::{MemoryFact, Observer, Record};
use crate::sim::SLOWDOWN_TAU;
use crate::stats::{QuantileSketch, TimeAverage};
use crate::units::{SimDuration, SimTime};

use cap::CapFold;
use cloud::CloudFold;
pub use distributions::{Distributions, grid};
use facility::FacilityFold;
use failures::FailureFold;
use heat::HeatFold;
use memory::MemoryFold;
use power::PowerFold;
use pressure::PressureFold;
use sleep::SleepFold;
use spans::Spans;
use window::Window;

pub use window::Measured;

/// Metrics by flat, dotted name.
pub type Metrics = BTreeMap<String, f64>;

const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;

/// Stirs `value` into `hash`: FNV-1a's multiplication over whole words, turned so that high bits count.
const fn stir(hash: u64, value: u64) -> u64 {
    (hash ^ value).wrapping_mul(0x0000_0100_0000_01b3).rotate_left(23)
}

/// Slowdowns are kept in millionths.
const SLOWDOWN_SCALE: f64 = 1e6;

/// `max(1, response / max(run, 10 s))` (Feitelson & Rudolph 1998).
pub(super) fn bounded_slowdown(response: SimDuration, run: SimDuration) -> f64 {
    // Most short tasks end here, without a division.
    if response <= run.max(SLOWDOWN_TAU) {
        return 1.0;
    }
    response.as_secs_f64() / run.max(SLOWDOWN_TAU).as_secs_f64()
}

/// A running mean.
#[derive(Clone, Copy, Debug, Default)]
struct Mean {
    sum: f64,
    count: u64,
}

impl Mean {
    fn record(&mut self, x: f64) {
        self.sum += x;
        self.count += 1;
    }

    fn get(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum / self.count as f64)
    }
}

/// Sums over the tasks of one class.
#[derive(Clone, Copy, Debug, Default)]
struct ClassSums {
    count: u64,
    wait: u128,
    response: u128,
}

impl ClassSums {
    /// Takes in `count` tasks that went the same way.
    fn record(&mut self, count: u64, wait: SimDuration, response: SimDuration) {
        self.count += count;
        self.wait += u128::from(count) * u128::from(wait.as_nanos());
        self.response += u128::from(count) * u128::from(response.as_nanos());
    }
}

/// Classes beyond this number have no metrics of their own.
const MOST_CLASSES: usize = 64;

/// Folds records into metrics.
pub struct Fold {
    measured: Measured,
    window: Window,
    wait: Spans,
    response: Spans,
    slowdown: Mean,
    slowdown_sketch: QuantileSketch,
    by_class: Vec<ClassSums>,
    /// Each instance of a task counted as one.
    by_instance: ClassSums,
    gangs_of_instances: bool,
    by_user: BTreeMap<u32, Mean>,
    last_user: (u32, Mean),
    in_system: TimeAverage,
    queue: TimeAverage,
    power: PowerFold,
    cap: CapFold,
    memory: MemoryFold,
    pressure: PressureFold,
    cloud: CloudFold,
    failures: FailureFold,
    sleep: SleepFold,
    heat: HeatFold,
    facility: FacilityFold,
    first_arrival: SimTime,
    last_end: SimTime,
    ended: u64,
    deadlines: (u64, u64),
    preemptions: u64,
    retries: u64,
    abandoned: u64,
    overhead: SimDuration,
    lost: SimDuration,
    fingerprint: u64,
    workload: u64,
}

impl Default for Fold {
    fn default() -> Self {
        Self::new()
    }
}

impl Fold {
    /// Nothing seen yet.
    pub fn new() -> Self {
        Self::draining(None)
    }

    /// Nothing seen yet of a run that, with `window_end`, is drained: it follows the tasks that arrive from the
    /// start of statistics to then, and measures exactly these.
    pub fn draining(window_end: Option<SimTime>) -> Self {
        let level = || TimeAverage::new(SimTime::ZERO, 0);
        Self {
            measured: Measured::new(window_end),
            window: Window::default(),
            wait: Spans::new(),
            response: Spans::new(),
            slowdown: Mean::default(),
            slowdown_sketch: QuantileSketch::new(),
            by_class: Vec::new(),
            by_instance: ClassSums::default(),
            gangs_of_instances: false,
            by_user: BTreeMap::new(),
            last_user: (0, Mean::default()),
            in_system: level(),
            queue: level(),
            power: PowerFold::default(),
            cap: CapFold::new(),
            memory: MemoryFold::new(),
            pressure: PressureFold::new(),
            cloud: CloudFold::default(),
            failures: FailureFold::default(),
            sleep: SleepFold::default(),
            heat: HeatFold::default(),
            facility: FacilityFold::default(),
            first_arrival: SimTime::NEVER,
            last_end: SimTime::ZERO,
            ended: 0,
            deadlines: (0, 0),
            preemptions: 0,
            retries: 0,
            abandoned: 0,
            overhead: SimDuration::ZERO,
            lost: SimDuration::ZERO,
            fingerprint: FNV_OFFSET,
            workload: FNV_OFFSET,
        }
    }

    /// A hash of everything that happened, in order: equal fingerprints, equal runs.
    pub const fn fingerprint(&self) -> u64 {
        self.fingerprint
    }

    /// A hash of the tasks that came: arrivals, work, widths and memory. Equal hashes, equal workloads,
    /// whatever the policies did with them.
    pub const fn workload_hash(&self) -> u64 {
        self.workload
    }

    /// How many tasks the waits and responses are over.
    pub fn measured(&self) -> u64 {
        self.wait.sketch.count()
    }

    /// Statistics start at `at`: everything is forgotten but the hashes, the edges of the run, and the
    /// present levels.
    fn start_over(&mut self, at: SimTime) {
        let before = std::mem::take(self);
        *self = Self {
            measured: before.measured,
            power: PowerFold::started_now(),
            heat: HeatFold::started_now(),
            facility: FacilityFold::started_now(),
            cap: before.cap,
            memory: before.memory,
            pressure: before.pressure,
            sleep: before.sleep,
            in_system: before.in_system,
            queue: before.queue,
            first_arrival: before.first_arrival,
            last_end: before.last_end,
            fingerprint: before.fingerprint,
            workload: before.workload,
            ..Self::new()
        };
        self.measured.start_over(at);
        for level in [&mut self.in_system, &mut self.queue] {
            level.reset(at);
        }
        self.cap.start_over(at);
        self.memory.start_over(at);
        self.pressure.start_over(at);
        self.sleep.start_over(at);
    }

    fn mark(&mut self, at: SimTime, kind: u64, subject: u64) {
        self.fingerprint = stir(self.fingerprint, at.as_nanos() ^ subject.rotate_left(32) ^ kind << 56);
    }

    fn end(&mut self, at: SimTime, task: &Task, status: Status) {
        self.retries += u64::from(task.attempts);
        let is_of_window = self.measured.is_of_window(task);
        if self.measured.is_drained() && is_of_window {
            self.window.ended(status);
        }
        if task.deadline != SimTime::NEVER && is_of_window {
            self.deadlines.0 += 1;
            self.deadlines.1 += u64::from(status != Status::Completed || at > task.deadline);
        }
        self.cloud.end(task);
        if !matches!(status, Status::Completed | Status::Killed) {
            return;
        }
        self.last_end = self.last_end.max(at);
        self.ended += 1;
        self.overhead += task.overhead - task.recovery.as_ref().map_or(SimDuration::ZERO, |r| r.overhead);
        self.lost += task.lost;
        if !self.measured.counts(task, status) {
            return;
        }
        let response = at - task.arrival;
        self.wait.record(task.first_start - task.arrival);
        self.response.record(response);
        let slowdown = bounded_slowdown(response, task.run);
        self.slowdown.record(slowdown);
        self.slowdown_sketch.record((slowdown * SLOWDOWN_SCALE) as u64);
        let class = task.spec.class as usize;
        if class < MOST_CLASSES {
            if self.by_class.len() <= class {
                self.by_class.resize(class + 1, ClassSums::default());
            }
            self.by_class[class].record(1, task.first_start - task.arrival, response);
        }
        self.gangs_of_instances |= task.spec.instances > 1;
        self.by_instance.record(u64::from(task.spec.instances), task.first_start - task.arrival, response);
        self.user_slowdown(task.spec.user, slowdown);
    }

    /// Tasks of one user in a row need no look-up.
    fn user_slowdown(&mut self, user: u32, slowdown: f64) {
        if self.last_user.0 != user {
            self.put_user_back();
            self.last_user = (user, self.by_user.remove(&user).unwrap_or_default());
        }
        self.last_user.1.record(slowdown);
    }

    fn put_user_back(&mut self) {
        let (user, mean) = std::mem::take(&mut self.last_user);
        if mean.count > 0 {
            self.by_user.insert(user, mean);
        }
    }
}

impl Observer for Fold {
    fn on(&mut self, at: SimTime, record: &Record<'_>) {
        self.memory.on(record);
        self.failures.on(record);
        self.sleep.on(record);
        match record {
            Record::Submitted(task) => {
                self.first_arrival = self.first_arrival.min(at);
                if self.measured.is_drained() && self.measured.is_of_window(task) {
                    self.window.counts.submitted += 1;
                }
                self.mark(at, 1, task.seq);
                let size = match task.spec.work {
                    Work::Time(t) => t.as_nanos(),
                    Work::Roofline { flops, bytes } => flops.to_bits() ^ bytes.to_bits().rotate_left(17),
                };
                let width = u64::from(task.spec.units) << 32 ^ task.spec.memory.get();
                self.workload = stir(stir(stir(self.workload, at.as_nanos()), size), width);
            }
            Record::Started(task) => {
                let first = task.units.as_slice().first().map_or(u64::MAX, |u| u64::from(u.0));
                self.mark(at, 2, task.seq ^ first << 40);
            }
            Record::Ended(task, status) => {
                self.mark(at, 3 + *status as u64, task.seq);
                self.end(at, task, *status);
            }
            Record::Preempted(task, _) => {
                self.preemptions += 1;
                self.mark(at, 8, task.seq);
            }
            Record::GaveUp(task) => {
                self.abandoned += 1;
                self.mark(at, 11, task.seq);
            }
            Record::UnitPhase(unit, _) => self.mark(at, 9, u64::from(unit.0)),
            Record::PState(unit, p) => self.mark(at, 10, u64::from(unit.0) | u64::from(*p) << 32),
            Record::Memory(_, MemoryFact::Grown) => {}
            Record::Memory(task, fact) => self.mark(at, 20 + *fact as u64, task.seq),
            Record::Cloud(fact) => {
                self.cloud.on(*fact);
                self.mark(at, 12, fact.code());
            }
            Record::Down(Place::Unit(unit)) | Record::Up(Place::Unit(unit)) => self.mark(at, 14, u64::from(unit.0)),
            Record::Down(Place::Node(node)) | Record::Up(Place::Node(node)) => self.mark(at, 15, u64::from(node.0)),
            Record::Hit(task, _) => {
                self.mark(at, 16, task.seq);
            }
            Record::Compaction(unit, ..) => self.mark(at, 13, u64::from(unit.0)),
            Record::WarmedUp => self.start_over(at),
            Record::WindowEnded => self.window.closes = true,
            Record::Heat(..)
            | Record::Queued(_)
            | Record::Placed(_)
            | Record::Offloaded(_)
            | Record::MemoryWait(..) => {}
        }
    }

    fn quiet(&mut self, at: SimTime, world: &World) {
        self.in_system.set(at, world.tasks.in_system() as u64);
        self.queue.set(at, u64::from(world.gauges.waiting));
        self.power.quiet(world);
        self.heat.quiet(world);
        self.facility.quiet(world);
        self.cap.quiet(at, world);
        self.memory.quiet(at, world);
        self.pressure.quiet(at, world);
        self.sleep.quiet(at, world);
        if std::mem::take(&mut self.window.closes) {
            self.window.metrics = Some(self.over_time(at, world));
        }
    }
}
