//! Elastic jobs: widths by goodput, in periods.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::json::Seconds;
use crate::model::task::Phase;
use crate::model::world::Site;
use crate::policy::registry::{BuildError, Plugin};
use crate::policy::{ClusterView, Pass, Scheduler, TaskView};
use crate::units::{PoolId, SimDuration, SimTime, TaskId};

use super::placement::FirstFit;
use super::{Placement, PoolFilter};

/// A job without units counts as one with this speedup, so that power means with an exponent below 0 have a value.
const NOTHING: f64 = 1e-3;

/// Every period the widths of elastic tasks are chosen anew, to maximise a power mean of the tasks' speedups: the
/// goodput at a width over that at the least one, times the speed of the device over that of the task's fastest.
///
/// Two plans are made, and the better one is carried out. One leaves running tasks as they are; the other may change
/// them, but a task that changes counts only 0.9 of its speedup, for its restart. In both, tasks get their least
/// width in order of arrival, on the device they run on or else their fastest with room; then unit after unit goes to
/// the task that gains most by it (ties: the earlier one). A task that would only grow by less than its restart costs
/// stays as it is. Tasks that are not elastic have one width and, once they run, stay.
///
/// Source: after Qiao et al., OSDI 2021, whose search is genetic.
pub struct ElasticWidths {
    period: SimDuration,
    power: f64,
    restart: f64,
    waiting: BTreeMap<u64, TaskId>,
    /// When widths are chosen next, at the earliest.
    next: SimTime,
    placement: FirstFit,
    site: Site,
}

/// Parameters of [`ElasticWidths`].
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// Time between two choices. Default 60 s.
    pub period: Seconds,
    /// Exponent of the power mean, from -10 to 1: 1 is the sum, less is fairer. Default -1.
    pub power: f64,
    /// Part of its speedup that a task which changes is counted with, in (0, 1]. Default 0.9.
    pub restart: f64,
}

impl Default for Params {
    fn default() -> Self {
        Self { period: Seconds(60.0), power: -1.0, restart: 0.9 }
    }
}

/// One task of a plan.
#[derive(Clone)]
struct Job<'a> {
    task: TaskView<'a>,
    /// Width now, 0 while it waits.
    now: u32,
    /// Whether it must stay as it is.
    fixed: bool,
    pool: Option<PoolId>,
    /// Width in the plan.
    width: u32,
    /// Speed of the device over that of the fastest.
    relative: f64,
}

impl Job<'_> {
    /// Speedup at `width`.
    fn speedup(&self, width: u32) -> f64 {
        if width == 0 { NOTHING } else { self.task.speedup(width) * self.relative }
    }
}

/// A task whose plan is not what it has.
struct Change {
    seq: u64,
    task: TaskId,
    /// Whether it must first give back what it has.
    runs: bool,
    /// Width and pool, where it is to have any.
    place: Option<(u32, PoolFilter)>,
}

/// Units with nothing on them by pool, or that could be made so.
type Room = Vec<u32>;

impl ElasticWidths {
    /// What a speedup adds to the power mean, but for monotone maps.
    fn worth(&self, speedup: f64) -> f64 {
        match self.power {
            0.0 => libm::log(speedup),
            1.0 => speedup,
            p => libm::pow(speedup, p) / p,
        }
    }

    /// The sum that a plan maximises.
    fn value(&self, plan: &[Job<'_>]) -> f64 {
        let worth = |job: &Job<'_>| {
            let changed = job.now > 0 && job.width != job.now;
            self.worth((job.speedup(job.width) * if changed { self.restart } else { 1.0 }).max(NOTHING))
        };
        plan.iter().map(worth).sum()
    }

    /// All tasks in order of arrival; running ones keep their width if `keep`, or else where they must.
    fn jobs<'a>(&self, view: &ClusterView<'a>, keep: bool) -> Vec<Job<'a>> {
        let mut jobs: BTreeMap<u64, Job<'a>> = BTreeMap::new();
        for task in view.running().filter(|t| t.units() > 0) {
            let fixed = keep || task.phase() != Phase::Running || !task.is_elastic();
            let now = task.held().len() as u32;
            let job = Job { task, now, fixed, pool: Some(task.pool()), width: now, relative: 1.0 };
            jobs.insert(task.seq(), job);
        }
        for (seq, id) in &self.waiting {
            let task = view.task(*id);
            jobs.insert(*seq, Job { task, now: 0, fixed: false, pool: None, width: 0, relative: 1.0 });
        }
        let mut jobs: Vec<Job<'a>> = jobs.into_values().collect();
        for job in &mut jobs {
            if let Some(pool) = job.pool {
                job.relative = relative(job.task, pool, view);
            }
        }
        jobs
    }

    fn plan<'a>(&self, view: &ClusterView<'a>, keep: bool) -> Vec<Job<'a>> {
        let mut jobs = self.jobs(view, keep);
        let mut room: Room = (0..view.pool_count()).map(|i| view.whole_free(PoolId(i as u16)) as u32).collect();
        for job in jobs.iter_mut().filter(|j| !j.fixed) {
            job.width = 0;
            if let Some(pool) = job.pool {
                room[pool.index()] += job.now;
            }
        }
        for job in jobs.iter_mut().filter(|j| !j.fixed) {
            let least = job.task.widths().0;
            let fits = |pool: &PoolId| room[pool.index()] >= least;
            let pool = match job.pool {
                Some(pool) => Some(pool).filter(fits),
                None => view.possible(job.task).map(|o| o.pool).find(fits),
            };
            if let Some(pool) = pool {
                room[pool.index()] -= least;
                (job.pool, job.width, job.relative) = (Some(pool), least, relative(job.task, pool, view));
            }
        }
        self.grow(&mut jobs, &mut room);
        for job in jobs.iter_mut().filter(|j| !j.fixed && j.now > 0 && j.width > j.now) {
            if self.restart * job.speedup(job.width) <= job.speedup(job.now) {
                job.width = job.now;
            }
        }
        jobs
    }

    /// Gives what room there is, unit after unit, to the task that gains most.
    fn grow(&self, jobs: &mut [Job<'_>], room: &mut Room) {
        loop {
            let gain = |job: &Job<'_>| {
                let pool = job.pool.filter(|pool| !job.fixed && job.width > 0 && room[pool.index()] > 0)?;
                let more = (job.width < job.task.widths().1).then(|| job.speedup(job.width + 1))?;
                let gain = self.worth(more) - self.worth(job.speedup(job.width));
                (gain > 0.0).then_some((gain, pool))
            };
            let mut best: Option<(f64, PoolId, usize)> = None;
            for (i, job) in jobs.iter().enumerate() {
                if let Some((gain, pool)) = gain(job)
                    && best.is_none_or(|(most, ..)| gain > most)
                {
                    best = Some((gain, pool, i));
                }
            }
            let Some((_, pool, i)) = best else { return };
            room[pool.index()] -= 1;
            jobs[i].width += 1;
        }
    }

    /// What the better plan changes.
    fn changes(&self, view: &ClusterView<'_>) -> Vec<Change> {
        let keep = self.plan(view, true);
        let anew = self.plan(view, false);
        let better = if self.value(&anew) > self.value(&keep) { anew } else { keep };
        let change = |j: Job<'_>| {
            let place = j.pool.filter(|_| j.width > 0).map(|pool| (j.width, PoolFilter::Only(pool)));
            Change { seq: j.task.seq(), task: j.task.id(), runs: j.now > 0, place }
        };
        better.into_iter().filter(|j| j.width != j.now).map(change).collect()
    }

    /// Starts a waiting task on `width` units if they are there.
    fn start(&mut self, seq: u64, task: TaskId, width: u32, pools: PoolFilter, pass: &mut Pass<'_>) {
        let (view, rng) = pass.parts();
        self.site.units.clear();
        self.site.nodes.clear();
        let sized = view.task(task).at_width(width);
        if self.placement.place(sized, pools, &view, rng, &mut self.site) && pass.start(task, &self.site).is_ok() {
            self.waiting.remove(&seq);
        }
    }
}

/// Speed of `pool` for `task`, over that of its fastest.
fn relative(task: TaskView<'_>, pool: PoolId, view: &ClusterView<'_>) -> f64 {
    let best = view.possible(task).next().map_or(0.0, |o| view.throughput(task, o.pool));
    if best > 0.0 { view.throughput(task, pool) / best } else { 1.0 }
}

impl Scheduler for ElasticWidths {
    fn on_ready(&mut self, task: TaskId, view: &ClusterView<'_>) {
        self.waiting.insert(view.task(task).seq(), task);
    }

    fn on_leave(&mut self, task: TaskId, view: &ClusterView<'_>) {
        self.waiting.remove(&view.task(task).seq());
    }

    fn pass(&mut self, pass: &mut Pass<'_>) {
        if pass.now() >= self.next {
            let changes = self.changes(&pass.view());
            for change in changes.iter().filter(|c| c.runs) {
                if pass.preempt(change.task).is_ok() {
                    self.waiting.insert(change.seq, change.task);
                }
            }
            for change in changes {
                if let Some((width, pools)) = change.place {
                    self.start(change.seq, change.task, width, pools, pass);
                }
            }
            // Tasks that need only their host are in no plan.
            let view = pass.view();
            let hosted = |(_, id): &(&u64, &TaskId)| view.task(**id).units() == 0;
            let hosted: Vec<(u64, TaskId)> = self.waiting.iter().filter(hosted).map(|(s, id)| (*s, *id)).collect();
            for (seq, task) in hosted {
                self.start(seq, task, 0, PoolFilter::Any, pass);
            }
            self.next = pass.now() + self.period;
        }
        let view = pass.view();
        if !self.waiting.is_empty() || view.running().any(|t| t.is_elastic()) {
            pass.wake_at(self.next);
        }
    }
}

impl Plugin for ElasticWidths {
    const NAME: &'static str = "elastic";
    const ABOUT: &'static str = "widths by goodput every 60 s, changes at 0.9 (after Pollux; Qiao et al. 2021)";
    type Params = Params;

    fn build(params: Params) -> Result<Self, BuildError> {
        let period = params.period.duration();
        if period < SimDuration::from_nanos(1_000_000) {
            return Err(BuildError::new(format_args!("found {period} s, expected at least 1 ms")).inside("period"));
        }
        let in_range = |x: f64, range: std::ops::RangeInclusive<f64>, field: &str, expected: &str| {
            let error = || BuildError::new(format_args!("found {x}, expected {expected}")).inside(field);
            range.contains(&x).then_some(x).ok_or_else(error)
        };
        Ok(Self {
            period,
            power: in_range(params.power, -10.0..=1.0, "power", "a number from -10 to 1")?,
            restart: in_range(params.restart, f64::MIN_POSITIVE..=1.0, "restart", "a number in (0, 1]")?,
            waiting: BTreeMap::new(),
            next: SimTime::ZERO,
            placement: FirstFit,
            site: Site::default(),
        })
    }
}
