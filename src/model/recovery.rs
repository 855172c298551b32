//! What a task keeps when its units fail: checkpoints while it runs, and the way back.

use crate::units::{SimDuration, SimTime};

use super::preemption::CheckpointTime;

/// How much work lies between two checkpoints.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Interval {
    /// The same for every task: time at full speed.
    Fixed(SimDuration),
    /// Young's, by the cost and the failure rate of the gang.
    Young,
    /// Daly's, by the same.
    Daly,
}

impl Interval {
    /// Work between two checkpoints in s, for a checkpoint that takes `cost` s and failures at `rate` per s;
    /// `None` where it never pays.
    ///
    /// Young, CACM 17(9), 1974: `√(2δM)`. Daly, FGCS 22, 2006, eq. 37:
    /// `√(2δM)·(1 + ⅓√(δ/2M) + ⅑·δ/2M) − δ` for `δ < 2M`, else `M`.
    pub fn work(self, cost: SimDuration, rate: f64) -> Option<SimDuration> {
        let seconds = match self {
            Self::Fixed(work) => return Some(work),
            _ if rate <= 0.0 => return None,
            Self::Young => young(cost.as_secs_f64(), 1.0 / rate),
            Self::Daly => daly(cost.as_secs_f64(), 1.0 / rate),
        };
        // A checkpoint that costs nothing would be taken all the time.
        Some(SimDuration::from_secs_f64_clamped(seconds).max(SimDuration::from_nanos(1_000_000)))
    }
}

/// Young's interval for a checkpoint of `cost` and a mean time `mtbf` between failures.
pub fn young(cost: f64, mtbf: f64) -> f64 {
    (2.0 * cost * mtbf).sqrt()
}

/// Daly's interval for a checkpoint of `cost` and a mean time `mtbf` between failures.
pub fn daly(cost: f64, mtbf: f64) -> f64 {
    if cost >= 2.0 * mtbf {
        return mtbf;
    }
    let part = cost / (2.0 * mtbf);
    young(cost, mtbf) * (1.0 + part.sqrt() / 3.0 + part / 9.0) - cost
}

/// How running tasks save their state.
#[derive(Clone, Debug, PartialEq)]
pub struct Checkpoints {
    /// Work between two of them.
    pub interval: Interval,
    /// Time of one; work stands still meanwhile.
    pub cost: CheckpointTime,
    /// Time before work goes on at the first start after a failure.
    pub restart: CheckpointTime,
    /// Failures per second of each unit, where they are drawn.
    pub unit_rates: Vec<f64>,
    /// Failures per second of each node, where they are drawn.
    pub node_rates: Vec<f64>,
}

/// What is safe of a task's work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Saved {
    /// Work left.
    pub remaining: SimDuration,
    /// Time it had worked for the rest.
    pub run: SimDuration,
}

/// What failures have done to a task, and what they cannot take from it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recovery {
    /// Safe: as it was at its last start, or at its last checkpoint that is complete.
    safe: Saved,
    /// A checkpoint that is being written, and when it is complete.
    writing: Option<(SimTime, Saved)>,
    /// Work left at which the next checkpoint begins; zero for none.
    next: SimDuration,
    /// Work between two checkpoints; zero for none.
    interval: SimDuration,
    cost: SimDuration,
    /// The time of its restart, from a failure until the next start.
    restart: Option<SimDuration>,
    /// Whether the present overhead is for checkpoints or a restart, not for a preemption.
    own: bool,
    /// How often failures have taken its units.
    pub hits: u32,
    /// How often since it last kept something of its work.
    pub in_vain: u32,
    /// Work taken by failures.
    pub lost: SimDuration,
    /// Time spent for checkpoints and restarts.
    pub overhead: SimDuration,
}

impl Recovery {
    /// Time of the restart that is due.
    pub const fn restart(&self) -> Option<SimDuration> {
        self.restart
    }

    /// Work left at which the next checkpoint begins; zero for none.
    pub const fn next(&self) -> SimDuration {
        self.next
    }

    /// It starts: all that it has is safe. Checkpoints take `cost`, one after each `interval` of work; zero for none.
    pub fn begin(&mut self, at: Saved, interval: SimDuration, cost: SimDuration) {
        self.own = self.restart.take().is_some();
        if at.run > self.safe.run {
            self.in_vain = 0;
        }
        (self.safe, self.writing, self.interval, self.cost) = (at, None, interval, cost);
        self.arm(at.remaining);
    }

    /// A checkpoint begins; when it is complete.
    pub fn checkpoint(&mut self, at: Saved, now: SimTime) -> SimTime {
        if let Some((_, saved)) = self.writing.take() {
            self.keep(saved);
        }
        let done = now + self.cost;
        self.writing = Some((done, at));
        self.own = true;
        self.arm(at.remaining);
        done
    }

    /// Its units fail: what is safe. The next start takes `restart` before it works.
    pub fn hit(&mut self, now: SimTime, restart: SimDuration) -> Saved {
        if let Some((_, saved)) = self.writing.take().filter(|(done, _)| *done <= now) {
            self.keep(saved);
        }
        self.hits = self.hits.saturating_add(1);
        self.in_vain = self.in_vain.saturating_add(1);
        self.restart = Some(restart);
        self.safe
    }

    fn keep(&mut self, saved: Saved) {
        (self.safe, self.in_vain) = (saved, 0);
    }

    /// Time without work has passed while it was running.
    pub fn spend(&mut self, overhead: SimDuration) {
        if self.own {
            self.overhead += overhead;
        }
    }

    fn arm(&mut self, remaining: SimDuration) {
        self.next = if self.interval.is_zero() { SimDuration::ZERO } else { remaining - self.interval };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn s(n: u64) -> SimDuration {
        SimDuration::from_secs(n)
    }

    /// δ = 2 s, M = 100 s: Young √400 = 20 s. Daly: δ/2M = 0.01, its root 0.1:
    /// 20·(1 + 0.1/3 + 0.01/9) − 2 = 20·1.034444… − 2 = 18.68888… s.
    #[test]
    fn youngs_and_dalys_intervals() {
        assert!((young(2.0, 100.0) - 20.0).abs() < 1e-12);
        assert!((daly(2.0, 100.0) - 18.688_888_888_888_89).abs() < 1e-12);
        assert_eq!(daly(200.0, 100.0), 100.0);
        assert_eq!(Interval::Young.work(s(2), 0.01), Some(s(20)));
        assert_eq!(Interval::Daly.work(s(2), 0.0), None);
    }

    /// 10 s of work, a checkpoint after each 4: at 6 and at 2 left, none at the end. A failure while the second one is
    /// written leaves the first.
    #[test]
    fn what_is_half_written_is_not_safe() {
        let at = |t: u64| SimTime::ZERO + s(t);
        let saved = |left: u64| Saved { remaining: s(left), run: s(10 - left) };
        let mut task = Recovery::default();
        task.begin(saved(10), s(4), s(1));
        assert_eq!(task.next(), s(6));
        assert_eq!(task.checkpoint(saved(6), at(4)), at(5));
        assert_eq!(task.next(), s(2));
        assert_eq!(task.checkpoint(saved(2), at(9)), at(10));
        assert_eq!(task.next(), SimDuration::ZERO);
        assert_eq!(task.clone().hit(at(9), s(3)), saved(6));
        assert_eq!(task.hit(at(10), s(3)), saved(2));
        assert_eq!(task.restart(), Some(s(3)));
    }
}
