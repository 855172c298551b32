//! Free capacity of one pool as a step function of future time.

use crate::units::{SimDuration, SimTime};

/// A run is split when it has more steps, and joined with the one before it when both together have half as many.
const LONGEST_RUN: usize = 128;

/// After so many changes to parts of a run its bounds are found anew.
const LOOSEST: u8 = 32;

/// From an instant on, so much is free.
type Step = (SimTime, i64);

/// Successive steps. Never empty.
#[derive(Clone, Debug)]
struct Run {
    steps: Vec<Step>,
    /// To be added to every step.
    lift: i64,
    /// Bounds of the steps, without the lift.
    least: i64,
    most: i64,
    /// How often the bounds may have become looser than need be.
    loose: u8,
}

impl Run {
    fn new(steps: Vec<Step>, lift: i64) -> Self {
        let mut run = Self { steps, lift, least: 0, most: 0, loose: 0 };
        run.measure();
        run
    }

    fn start(&self) -> SimTime {
        self.steps.first().map_or(SimTime::NEVER, |s| s.0)
    }

    fn measure(&mut self) {
        self.least = self.steps.iter().map(|s| s.1).min().unwrap_or(0);
        self.most = self.steps.iter().map(|s| s.1).max().unwrap_or(0);
        self.loose = 0;
    }

    /// The index of the step that holds at `at`.
    fn step(&self, at: SimTime) -> usize {
        self.steps.partition_point(|(t, _)| *t <= at).saturating_sub(1)
    }

    /// Adds `amount` from step `from` on, before `end`; the first step that is left as it was.
    fn add(&mut self, from: usize, end: SimTime, amount: i64) -> usize {
        if from == 0 && self.steps.last().is_some_and(|s| s.0 < end) {
            self.lift += amount;
            return self.steps.len();
        }
        let mut at = from;
        while let Some(step) = self.steps.get_mut(at).filter(|s| s.0 < end) {
            step.1 += amount;
            self.least = self.least.min(step.1);
            self.most = self.most.max(step.1);
            at += 1;
        }
        self.loose += 1;
        if self.loose >= LOOSEST {
            self.measure();
        }
        at
    }
}

/// Free share from each breakpoint on, in millionths of a unit.
///
/// Signed: after a task outlives its estimate the plan may promise more than there is.
///
/// The steps lie in runs that know bounds of what is free: what covers a whole run is added in one go, and a search
/// skips runs that are all too full or all free enough.
#[derive(Clone, Debug)]
pub struct Profile {
    runs: Vec<Run>,
}

impl Profile {
    /// All of `capacity` free for ever.
    pub fn new(capacity: u64) -> Self {
        Self { runs: vec![Run::new(vec![(SimTime::ZERO, capacity.min(i64::MAX as u64) as i64)], 0)] }
    }

    /// Forgets breakpoints that lie before `now`.
    pub fn advance(&mut self, now: SimTime) {
        let at = self.run(now);
        self.runs.drain(..at);
        if let Some(first) = self.runs.first_mut() {
            let past = first.step(now);
            first.steps.drain(..past);
        }
    }

    /// Adds `amount` (negative: takes it) from `start` until `end`.
    pub fn add(&mut self, start: SimTime, end: SimTime, amount: i64) {
        if start >= end || amount == 0 {
            return;
        }
        self.cut(end);
        let first = self.cut(start);
        let (mut run, mut step) = first;
        while let Some(here) = self.runs.get_mut(run).filter(|r| r.start() < end) {
            let left = here.add(step, end, amount);
            if left < here.steps.len() {
                step = left;
                break;
            }
            (run, step) = (run + 1, 0);
        }
        self.mend(run, step);
        self.mend(first.0, first.1);
        self.join(run);
        self.join(first.0);
    }

    /// Whether `need` or more is free at some time from `from` on and before `until`.
    pub fn has_room(&self, from: SimTime, until: SimTime, need: u64) -> bool {
        let need = need.min(i64::MAX as u64) as i64;
        let runs = self.runs.get(self.run(from)..).unwrap_or_default();
        // The step that holds at `from` began before it: of no time at all there is no room.
        from < until
            && runs.iter().take_while(|r| r.start() < until).filter(|r| r.most + r.lift >= need).any(|r| {
                let steps = r.steps.get(r.step(from)..).unwrap_or_default();
                steps.iter().take_while(|s| s.0 < until).any(|s| s.1 + r.lift >= need)
            })
    }

    /// The earliest start, not before `from`, of a hole of `need` for `length`.
    pub fn earliest(&self, from: SimTime, length: SimDuration, need: u64) -> SimTime {
        let need = need.min(i64::MAX as u64) as i64;
        let first = self.run(from);
        let mut start = from;
        // One sweep: a step that is too full moves the start behind it.
        for (i, run) in self.runs.iter().enumerate().skip(first) {
            let end = self.runs.get(i + 1).map_or(SimTime::NEVER, Run::start);
            if run.most + run.lift < need {
                start = end;
                continue;
            }
            if run.least + run.lift >= need {
                if end >= start + length {
                    return start;
                }
                continue;
            }
            for at in run.step(from)..run.steps.len() {
                let next = run.steps.get(at + 1).map_or(end, |s| s.0);
                if run.steps[at].1 + run.lift < need {
                    start = next;
                } else if next >= start + length {
                    return start;
                }
            }
        }
        start
    }

    /// The index of the run that holds at `at`.
    fn run(&self, at: SimTime) -> usize {
        self.runs.partition_point(|r| r.start() <= at).saturating_sub(1)
    }

    /// The run and the step that begins at `at`, made where there is none.
    fn cut(&mut self, at: SimTime) -> (usize, usize) {
        let i = self.run(at);
        let Some(run) = self.runs.get_mut(i) else { return (i, 0) };
        let step = run.step(at);
        let Some(&(t, free)) = run.steps.get(step) else { return (i, step) };
        if t == at {
            return (i, step);
        }
        // Before all steps nothing is free, as far as is known; there `at` is before the first one.
        let (step, free) = if t > at { (0, -run.lift) } else { (step + 1, free) };
        run.steps.insert(step, (at, free));
        run.least = run.least.min(free);
        run.most = run.most.max(free);
        if run.steps.len() <= LONGEST_RUN {
            return (i, step);
        }
        let half = LONGEST_RUN / 2;
        let upper = Run::new(run.steps.split_off(half), run.lift);
        run.measure();
        self.runs.insert(i + 1, upper);
        if step < half { (i, step) } else { (i + 1, step - half) }
    }

    /// Removes a step that changes nothing.
    fn mend(&mut self, i: usize, step: usize) {
        let Some(run) = self.runs.get(i) else { return };
        let free = |r: &Run, s: usize| r.steps.get(s).map(|s| s.1 + r.lift);
        let before = match (step.checked_sub(1), i.checked_sub(1).and_then(|b| self.runs.get(b))) {
            (Some(before), _) => free(run, before),
            (None, Some(before)) => free(before, before.steps.len() - 1),
            (None, None) => return,
        };
        if before != free(run, step) {
            return;
        }
        if let Some(run) = self.runs.get_mut(i) {
            run.steps.remove(step);
            if run.steps.is_empty() {
                self.runs.remove(i);
            }
        }
    }

    /// Joins run `at` with the one before it where both are short.
    fn join(&mut self, at: usize) {
        let Some(before) = at.checked_sub(1) else { return };
        let (Some(left), Some(right)) = (self.runs.get(before), self.runs.get(at)) else { return };
        if left.steps.len() + right.steps.len() > LONGEST_RUN / 2 {
            return;
        }
        let right = self.runs.remove(at);
        if let Some(left) = self.runs.get_mut(before) {
            let shift = right.lift - left.lift;
            left.steps.extend(right.steps.iter().map(|(t, free)| (*t, free + shift)));
            left.measure();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn t(n: u64) -> SimTime {
        SimTime::from_nanos(n)
    }

    #[test]
    fn finds_the_earliest_hole() {
        let mut p = Profile::new(4);
        p.add(t(0), t(10), -3);
        p.add(t(20), t(30), -4);
        assert_eq!(p.earliest(t(0), SimDuration::from_nanos(10), 1), t(0));
        assert_eq!(p.earliest(t(0), SimDuration::from_nanos(10), 2), t(10));
        assert_eq!(p.earliest(t(0), SimDuration::from_nanos(11), 2), t(30));
        assert_eq!(p.earliest(t(25), SimDuration::from_nanos(1), 1), t(30));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]
        #[test]
        fn agrees_with_counting_every_tick(
            moves in prop::collection::vec((0u64..900, 1u64..60, -3i64..4), 0..700), now in 0u64..900,
            from in 0u64..90, length in 1u64..50, need in 1u64..30, until in 0u64..300,
        ) {
            let mut profile = Profile::new(8);
            let mut plain = [8i64; 2000];
            for (i, (start, len, amount)) in moves.into_iter().enumerate() {
                profile.add(t(start), t(start + len), -amount);
                for tick in &mut plain[start as usize..(start + len) as usize] { *tick -= amount; }
                prop_assert!(i % 16 > 0 || profile.is_sound());
            }
            profile.advance(t(now));
            prop_assert!(profile.is_sound());
            let (from, need) = (now + from, need as i64 - 10);
            let fits = |s: u64| (s..s + length).all(|i| plain[i as usize] >= need.max(0));
            let expected = (from..1900).find(|s| fits(*s)).map_or(SimTime::NEVER, t);
            let need = need.max(0) as u64;
            prop_assert_eq!(profile.earliest(t(from), SimDuration::from_nanos(length), need), expected);
            let room = (from..from + until).any(|i| plain[i as usize] >= need as i64);
            prop_assert_eq!(profile.has_room(t(from), t(from + until), need), room);
        }
    }

    impl Profile {
        /// Runs are short and not empty, know bounds, and ascend; no step repeats the one before it.
        fn is_sound(&self) -> bool {
            let steps: Vec<Step> = self.runs.iter().flat_map(|r| r.steps.iter().map(|s| (s.0, s.1 + r.lift))).collect();
            let run = |r: &Run| {
                let values = || r.steps.iter().map(|s| s.1);
                (1..=LONGEST_RUN).contains(&r.steps.len()) && values().all(|v| (r.least..=r.most).contains(&v))
            };
            self.runs.iter().all(run) && steps.windows(2).all(|w| w[0].0 < w[1].0 && w[0].1 != w[1].1)
        }
    }
}
