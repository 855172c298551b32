//! Rounds: who runs how long, and when the next one begins.

use std::collections::BTreeMap;

use crate::model::task::Phase;
use crate::policy::Pass;
use crate::units::{SimDuration, SimTime};

use super::job::{Job, instant};

/// The simulation's clock has ticks of a nanosecond: what differs by less than this is the same instant, s.
const SAME: f64 = 1e-6;

/// What one job does in a round.
#[derive(Clone, Debug)]
struct Slice {
    /// The job, by order of arrival.
    seq: u64,
    /// Index of its type of units.
    kind: usize,
    /// Steps.
    steps: f64,
    /// When they are done, s.
    end: f64,
    /// When it is to be stopped; never in its last slice, which ends by itself.
    until: SimTime,
    /// What it had run before.
    before: SimDuration,
}

/// The clock of the rounds and the slices of the present one.
///
/// The clock is a double of its own, as the original's is: rounding to the simulation's ticks moves a start or an
/// end by a nanosecond, but no decision.
#[derive(Debug, Default)]
pub(super) struct Rounds {
    /// Seconds that a round lasts at most.
    pub length: f64,
    slices: Vec<Slice>,
    /// When the present round began.
    start: f64,
    /// The latest end in the present round; between rounds, when the last one ended.
    end: f64,
}

impl Rounds {
    pub fn new(length: f64) -> Self {
        Self { length, ..Self::default() }
    }

    /// When a round that begins now begins.
    pub fn clock(&self, now: SimTime) -> f64 {
        let now = now.as_secs_f64();
        if now > self.end + SAME { now } else { self.end }
    }

    /// Begins a round at `start`; its slices follow.
    pub fn begin(&mut self, start: f64) {
        (self.start, self.end) = (start, start);
    }

    /// The present round has a slice of job `seq` on type `kind`: `min(⌊throughput × length⌋, steps left)` steps, but
    /// at least one, or a step that takes longer than a round would never be done.
    pub fn add(&mut self, seq: u64, kind: usize, job: &Job, before: SimDuration) {
        let speed = job.throughput[kind];
        let steps = (speed * self.length).floor().max(1.0).min(job.steps);
        let end = self.start + steps / speed;
        // What ticks have taken from it is given back while others still run.
        let until = if steps < job.steps { instant(end + job.owed) } else { SimTime::NEVER };
        self.slices.push(Slice { seq, kind, steps, end, until, before });
    }

    /// All slices of the round are there; `false` where there are none. None outlasts the round.
    pub fn seal(&mut self) -> bool {
        let last = instant(self.slices.iter().fold(self.start, |last, s| last.max(s.end)));
        for slice in self.slices.iter_mut().filter(|s| s.until != SimTime::NEVER) {
            slice.until = slice.until.min(last);
        }
        !self.slices.is_empty()
    }

    /// Stops the slices that are over; whether the round is.
    pub fn close(&mut self, pass: &mut Pass<'_>, jobs: &mut BTreeMap<u64, Job>) -> bool {
        let now = pass.now();
        let due: Vec<usize> = (0..self.slices.len()).rev().filter(|i| self.slices[*i].until <= now).collect();
        for i in due {
            let seq = self.slices[i].seq;
            let Some(job) = jobs.get_mut(&seq) else { continue };
            if pass.view().task(job.task).phase() == Phase::Running {
                if pass.preempt(job.task).is_err() {
                    return false;
                }
                let ran = pass.view().task(job.task).attained(now) - self.slices[i].before;
                self.stopped(i, ran, now, job);
            } else {
                // Its units still wake.
                self.slices[i].until = now + SimDuration::from_secs(1);
            }
        }
        match self.slices.iter().map(|s| s.until).min() {
            None => true,
            Some(SimTime::NEVER) => false,
            Some(next) => {
                pass.wake_at(next);
                false
            }
        }
    }

    /// Job `seq` has ended, or lost its units: it has no slice any more.
    pub fn forget(&mut self, seq: u64, now: SimTime) {
        if let Some(i) = self.slices.iter().position(|s| s.seq == seq) {
            self.end = self.end.max(self.actual_end(i, now));
            self.slices.swap_remove(i);
        }
    }

    /// Books slice `i`, which was stopped after running `ran`.
    fn stopped(&mut self, i: usize, ran: SimDuration, now: SimTime, job: &mut Job) {
        let end = self.actual_end(i, now);
        let slice = self.slices.swap_remove(i);
        self.end = self.end.max(end);
        job.steps -= slice.steps;
        job.received[slice.kind] += end - self.start;
        job.owed += slice.steps / job.throughput[slice.kind] - ran.as_secs_f64();
    }

    fn actual_end(&self, i: usize, now: SimTime) -> f64 {
        let (planned, now) = (self.slices[i].end, now.as_secs_f64());
        if (planned - now).abs() <= SAME { planned } else { now }
    }
}
