//! Gavel: rounds, in which jobs run by their allocation of time on each type of units.
//!
//! Narayanan, Santhanam, Kazhamiaka, Phanishayee & Zaharia, "Heterogeneity-Aware Cluster Scheduling Policies for
//! Deep Learning Workloads", OSDI 2020; the details are those of the public simulator, commit c4fa400:
//!
//! * A job that runs in a round does `min(⌊throughput × 360 s⌋, steps left)` steps; between rounds none runs. The
//!   next round begins at the latest end of the present one. Jobs that arrive meanwhile wait for it.
//! * The allocation is made anew at the start of a round if jobs were added or have ended since it was made, and
//!   that is at least 1920 s ago. Like the original, which writes "never" as 0, this takes an allocation made at time
//!   0 for none: the second one follows as soon as there is a reason.
//! * On each type of units, in the order of the cluster, jobs are taken by `share / time received there since the
//!   last allocation`, highest first, and then in order of arrival, as long as their width fits.
//! * Where no job would run, the allocation is made anew at once. The original does so only after the last arrival,
//!   which a scheduler cannot know; before it, its cluster idles until the next one.
//!
//! * A slice has at least one step. In the original one with fewer steps than the job has GPUs counts as a failure,
//!   and five in a row end the job undone; its published traces have no such slice.
//!
//! | file | |
//! |---|---|
//! | `rounds.rs` | slices, and a clock in seconds of its own |
//! | `fifo_perf.rs` | the allocation of `gavel-fifo-perf` |
//! | `fair.rs` | those of `gavel`: max-min fairness, finish-time fairness, makespan, by linear programs |

mod allocation;
mod fair;
mod fifo_perf;
mod job;
mod rounds;

use std::collections::{BTreeMap, VecDeque};

use schemars::JsonSchema;
use serde::Deserialize;

use crate::json::Seconds;
use crate::model::world::Site;
use crate::policy::registry::BuildError;
use crate::policy::{ClusterView, Pass, Scheduler};
use crate::units::TaskId;

use super::placement::FirstFit;
use super::{PoolFilter, try_start};
use allocation::Allocation;
use job::{Job, UnitType, unit_types};
use rounds::Rounds;

pub use fair::{Gavel, GavelFinishTime, GavelMakespan, GavelMaxMin};
pub use fifo_perf::GavelFifoPerf;

/// When rounds and allocations come.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Timing {
    /// Longest time of a round. Default 360 s.
    pub round: Seconds,
    /// Least time between two allocations. Default 1920 s.
    pub allocation_interval: Seconds,
}

impl Default for Timing {
    fn default() -> Self {
        Self { round: Seconds(360.0), allocation_interval: Seconds(1920.0) }
    }
}

/// The mechanism of the rounds around a rule for allocations.
pub struct RoundBased<A> {
    allocation: A,
    rounds: Rounds,
    /// Least seconds between allocations.
    interval: f64,
    /// When the last allocation was made; 0 also before the first.
    allocated: f64,
    /// Jobs were added or have ended since.
    stale: bool,
    /// Jobs that have not ended, in order of arrival.
    jobs: BTreeMap<u64, Job>,
    types: Vec<UnitType>,
    /// Tasks without units: no business of Gavel's, they start when their host has room.
    hosted: VecDeque<TaskId>,
    placement: FirstFit,
    site: Site,
}

impl<A: Allocation> RoundBased<A> {
    fn new(allocation: A, timing: Timing) -> Result<Self, BuildError> {
        let round = timing.round.get();
        if round < 1e-3 {
            return Err(BuildError::new(format_args!("found {round} s, expected at least 1 ms")).inside("round"));
        }
        Ok(Self {
            allocation,
            rounds: Rounds::new(timing.round.get()),
            interval: timing.allocation_interval.get(),
            allocated: 0.0,
            stale: false,
            jobs: BTreeMap::new(),
            types: Vec::new(),
            hosted: VecDeque::new(),
            placement: FirstFit,
            site: Site::default(),
        })
    }

    /// Admits who has arrived, and begins a round.
    fn next_round(&mut self, pass: &mut Pass<'_>) {
        let earliest = self.jobs.values().map(|j| j.ready).fold(f64::INFINITY, f64::min);
        if earliest == f64::INFINITY {
            return;
        }
        let start = self.rounds.clock(pass.now()).max(earliest);
        for job in self.jobs.values_mut().filter(|j| !j.admitted && j.ready <= start) {
            job.admitted = true;
            self.stale = true;
        }
        if self.stale && (start - self.allocated >= self.interval || self.allocated == 0.0) {
            self.allocate(start);
        }
        let mut chosen = self.choose();
        if chosen.is_empty() && self.stale {
            self.allocate(start);
            chosen = self.choose();
        }
        self.rounds.begin(start);
        for (seq, kind) in chosen {
            let (Some(job), Some(here)) = (self.jobs.get(&seq), self.types.get(kind)) else { continue };
            let before = pass.view().task(job.task).attained(pass.now());
            if try_start(job.task, PoolFilter::Only(here.pool), &mut self.placement, pass, &mut self.site) {
                self.rounds.add(seq, kind, job, before);
            }
        }
        if self.rounds.seal() {
            self.rounds.close(pass, &mut self.jobs);
        }
    }

    fn allocate(&mut self, now: f64) {
        let present: Vec<(u64, &Job)> = self.jobs.iter().filter(|(_, j)| j.admitted).map(|(s, j)| (*s, j)).collect();
        let shares = self.allocation.shares(&present, &self.types, now);
        for (job, share) in self.jobs.values_mut().filter(|j| j.admitted).zip(shares) {
            job.share = share;
            job.received.fill(self.rounds.length / 2.0);
        }
        (self.allocated, self.stale) = (now, false);
    }

    /// Who runs in the next round, and on which type.
    fn choose(&self) -> Vec<(u64, usize)> {
        let mut order: Vec<usize> = (0..self.types.len()).collect();
        order.sort_by_key(|k| self.types[*k].pool);
        let mut chosen: BTreeMap<u64, usize> = BTreeMap::new();
        for kind in order {
            let least = if self.allocation.fills_gaps() { -1.0 } else { 0.0 };
            let mut queue: Vec<(f64, u64, u32)> = self
                .jobs
                .iter()
                .filter(|(seq, j)| j.admitted && j.throughput[kind] > 0.0 && !chosen.contains_key(seq))
                .map(|(seq, j)| (j.share[kind] / j.received[kind], *seq, j.width))
                .filter(|(priority, ..)| *priority > least)
                .collect();
            queue.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            let mut left = self.types[kind].count;
            for (_, seq, width) in queue {
                if width <= left {
                    left -= width;
                    chosen.insert(seq, kind);
                }
            }
        }
        chosen.into_iter().collect()
    }
}

impl<A: Allocation> Scheduler for RoundBased<A> {
    fn on_ready(&mut self, task: TaskId, view: &ClusterView<'_>) {
        if self.types.is_empty() {
            self.types = unit_types(view);
        }
        let task = view.task(task);
        if task.units() == 0 {
            self.hosted.push_back(task.id());
            return;
        }
        self.rounds.forget(task.seq(), view.now());
        self.jobs.insert(task.seq(), Job::new(task, &self.types, self.rounds.length, view));
    }

    fn on_end(&mut self, task: TaskId, view: &ClusterView<'_>) {
        let seq = view.task(task).seq();
        self.rounds.forget(seq, view.now());
        self.stale |= self.jobs.remove(&seq).is_some();
    }

    fn on_leave(&mut self, task: TaskId, view: &ClusterView<'_>) {
        self.jobs.remove(&view.task(task).seq());
        self.hosted.retain(|waiting| *waiting != task);
    }

    fn pass(&mut self, pass: &mut Pass<'_>) {
        while let Some(&task) = self.hosted.front()
            && try_start(task, PoolFilter::Any, &mut self.placement, pass, &mut self.site)
        {
            self.hosted.pop_front();
        }
        if self.rounds.close(pass, &mut self.jobs) {
            self.next_round(pass);
        }
    }
}
