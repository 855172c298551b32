//! Free capacity of one pool as a step function of future time.

use crate::units::{SimDuration, SimTime};

/// Steps of a run before it is split in two, and steps of two runs that are joined.
const LONGEST_RUN: usize = 128;

/// From an instant on, so much is free.
type Step = (SimTime, i64);

/// Successive steps. Never empty.
#[derive(Clone, Debug)]
struct Run {
    steps: Vec<Step>,
    /// To be added to every step.
    lift: i64,
    /// The least and the most of the steps, without the lift.
    least: i64,
    most: i64,
}

impl Run {
    fn new(steps: Vec<Step>, lift: i64) -> Self {
        let mut run = Self { steps, lift, least: 0, most: 0 };
        run.measure();
        run
    }

    fn start(&self) -> SimTime {
        self.steps.first().map_or(SimTime::NEVER, |s| s.0)
    }

    fn measure(&mut self) {
        self.least = self.steps.iter().map(|s| s.1).min().unwrap_or(0);
        self.most = self.steps.iter().map(|s| s.1).max().unwrap_or(0);
    }

    /// The index of the step that holds at `at`.
    fn step(&self, at: SimTime) -> usize {
        self.steps.partition_point(|(t, _)| *t <= at).saturating_sub(1)
    }
}

/// Free share from each breakpoint on, in millionths of a unit.
///
/// Signed: after a task outlives its estimate the plan may promise more than there is.
///
/// The steps lie in runs that know their least and their most: what covers a whole run is added in one go, and a search
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
            if past > 0 {
                first.steps.drain(..past);
                first.measure();
            }
        }
    }

    /// Adds `amount` (negative: takes it) from `start` until `end`.
    pub fn add(&mut self, start: SimTime, end: SimTime, amount: i64) {
        if start >= end || amount == 0 {
            return;
        }
        self.cut(start);
        self.cut(end);
        let (first, last) = (self.run(start), self.run(end));
        for run in self.runs.get_mut(first..=last).unwrap_or_default() {
            let inside = |s: &Step| start <= s.0 && s.0 < end;
            if run.steps.first().is_some_and(inside) && run.steps.last().is_some_and(inside) {
                run.lift += amount;
                continue;
            }
            for step in run.steps.iter_mut().filter(|s| inside(s)) {
                step.1 += amount;
            }
            run.measure();
        }
        self.mend(end);
        self.mend(start);
    }

    /// Whether `need` or more is free at some time from `from` on and before `until`.
    pub fn has_room(&self, from: SimTime, until: SimTime, need: u64) -> bool {
        let need = need.min(i64::MAX as u64) as i64;
        let runs = self.runs.get(self.run(from)..).unwrap_or_default();
        runs.iter().take_while(|r| r.start() < until).filter(|r| r.most + r.lift >= need).any(|r| {
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

    /// Sees to it that a step begins at `at`.
    fn cut(&mut self, at: SimTime) {
        let i = self.run(at);
        let Some(run) = self.runs.get_mut(i) else { return };
        let step = run.step(at);
        let Some(&(t, free)) = run.steps.get(step) else { return };
        if t == at {
            return;
        }
        if t > at {
            // Before everything: as little is known as is free.
            run.steps.insert(0, (at, -run.lift));
            run.measure();
            return;
        }
        run.steps.insert(step + 1, (at, free));
        if run.steps.len() > LONGEST_RUN {
            let upper = Run::new(run.steps.split_off(LONGEST_RUN / 2), run.lift);
            run.measure();
            self.runs.insert(i + 1, upper);
        }
    }

    /// Removes the step at `at` where it changes nothing, and joins short runs.
    fn mend(&mut self, at: SimTime) {
        let i = self.run(at);
        let before = i.checked_sub(1).and_then(|b| self.runs.get(b)).and_then(|r| Some(r.steps.last()?.1 + r.lift));
        let Some(run) = self.runs.get_mut(i) else { return };
        let step = run.step(at);
        let Some(&(t, free)) = run.steps.get(step) else { return };
        let before = if step > 0 { run.steps.get(step - 1).map(|s| s.1 + run.lift) } else { before };
        if t != at || before != Some(free + run.lift) {
            return;
        }
        run.steps.remove(step);
        if run.steps.is_empty() {
            self.runs.remove(i);
            return;
        }
        if free == run.least || free == run.most {
            run.measure();
        }
        self.join(i);
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
        /// Runs are short and not empty, know their least and most, and ascend; no step repeats the one before it.
        fn is_sound(&self) -> bool {
            let steps: Vec<Step> =
                self.runs.iter().flat_map(|r| r.steps.iter().map(|s| (s.0, s.1 + r.lift))).collect();
            let run = |r: &Run| {
                let values = || r.steps.iter().map(|s| s.1);
                (1..=LONGEST_RUN).contains(&r.steps.len())
                    && (values().min(), values().max()) == (Some(r.least), Some(r.most))
            };
            self.runs.iter().all(run) && steps.windows(2).all(|w| w[0].0 < w[1].0 && w[0].1 != w[1].1)
        }
    }
}
