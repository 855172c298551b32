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
mod sleep;
mod spans;

use std::collections::BTreeMap;

use crate::model::outage::Place;
use crate::model::task::{Status, Task, Work};
use crate::model::world::World;
use crate::record::{MemoryFact, Observer, Record};
use crate::sim::{Counts, SLOWDOWN_TAU};
use crate::stats::{QuantileSketch, TimeAverage, jain};
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
use spans::{Spans, report_quantiles};

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
    /// Start of statistics.
    from: SimTime,
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
        let level = || TimeAverage::new(SimTime::ZERO, 0);
        Self {
            from: SimTime::ZERO,
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
            from: at,
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
        if task.deadline != SimTime::NEVER {
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
        if task.first_start < self.from {
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

    /// The metrics of a run that ended at `end`.
    pub fn finish(mut self, end: SimTime, world: &World, counts: Counts) -> Metrics {
        let mut m = Metrics::new();
        let mut put = |name: &str, x: f64| {
            if x.is_finite() {
                m.insert(name.to_owned(), x);
            }
        };
        for (name, n) in [
            ("submitted", counts.submitted),
            ("completed", counts.completed),
            ("rejected", counts.rejected),
            ("failed", counts.failed),
            ("killed", counts.killed),
            ("censored", world.tasks.in_system() as u64),
        ] {
            put(&format!("tasks.{name}"), n as f64);
        }
        if self.abandoned > 0 {
            put("tasks.abandoned", self.abandoned as f64);
        }
        if self.retries > 0 {
            put("tasks.retries", self.retries as f64);
        }
        if self.gangs_of_instances {
            let n = self.by_instance.count.max(1) as f64;
            put("instance.wait_s.mean", self.by_instance.wait as f64 / 1e9 / n);
            put("instance.response_s.mean", self.by_instance.response as f64 / 1e9 / n);
        }
        put("tasks.measured", self.wait.sketch.count() as f64);
        let window = (end - self.from).as_secs_f64();
        if self.first_arrival != SimTime::NEVER && self.last_end > SimTime::ZERO {
            put("makespan_s", (self.last_end - self.first_arrival).as_secs_f64());
        }
        if window > 0.0 {
            put("throughput_per_s", self.ended as f64 / window);
            for (name, level) in [("in_system.mean", &self.in_system), ("queue.mean", &self.queue)] {
                if let Some(mean) = level.mean(end) {
                    put(name, mean);
                }
            }
        }
        put("preemptions", self.preemptions as f64);
        for (name, time) in [("preemption.overhead_s", self.overhead), ("preemption.lost_s", self.lost)] {
            if !time.is_zero() {
                put(name, time.as_secs_f64());
            }
        }
        if self.deadlines.0 > 0 {
            put("deadline.miss_ratio", self.deadlines.1 as f64 / self.deadlines.0 as f64);
        }
        self.put_user_back();
        let means: Vec<f64> = self.by_user.values().filter_map(Mean::get).collect();
        if means.len() > 1
            && let Some(index) = jain(&means)
        {
            put("fairness.jain", index);
        }
        if let Some(mean) = self.slowdown.get() {
            put("bounded_slowdown.mean", mean);
        }
        self.classes(world, &mut m);
        self.memory.report(end, world, &mut m);
        self.pressure.report(end, world, &mut m);
        self.cloud.report(world, &mut m);
        self.sleep.report(end, world, &mut m);
        self.power.report(window, world, &mut m);
        self.failures.report(window, &self.power.at_start, world, &mut m);
        self.heat.report(window, world, &mut m);
        self.facility.report(world, &mut m);
        self.cap.report(end, self.from, world, &mut m);
        self.wait.report("wait_s", &mut m);
        self.response.report("response_s", &mut m);
        report_quantiles("bounded_slowdown", &self.slowdown_sketch, SLOWDOWN_SCALE, &mut m);
        if let (Some(energy), Some(response)) = (m.get("energy_j.total"), m.get("response_s.mean")) {
            let edp = energy * response;
            m.insert("edp_js".into(), edp);
        }
        m
    }

    /// `class.NAME.wait_s.mean` and its kin, where there are several classes.
    fn classes(&self, world: &World, m: &mut Metrics) {
        if world.classes.len() < 2 {
            return;
        }
        for (index, (class, sums)) in world.classes.iter().zip(&self.by_class).enumerate() {
            if sums.count == 0 {
                continue;
            }
            let name: String = class.name.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
            // Two classes of one name are told apart by their number.
            let taken = m.contains_key(&format!("class.{name}.tasks"));
            let name = if taken { format!("{name}-{index}") } else { name };
            let mean = |sum: u128| sum as f64 / 1e9 / sums.count as f64;
            m.insert(format!("class.{name}.tasks"), sums.count as f64);
            m.insert(format!("class.{name}.wait_s.mean"), mean(sums.wait));
            m.insert(format!("class.{name}.response_s.mean"), mean(sums.response));
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
    }
}
