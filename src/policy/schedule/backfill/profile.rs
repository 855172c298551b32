//! Free capacity of one pool as a step function of future time.

use crate::units::{SimDuration, SimTime};

/// Free share from each breakpoint on, in millionths of a unit.
///
/// Signed: after a task outlives its estimate the plan may promise more than there is.
#[derive(Clone, Debug)]
pub struct Profile {
    steps: Vec<(SimTime, i64)>,
}

impl Profile {
    /// All of `capacity` free for ever.
    pub fn new(capacity: u64) -> Self {
        Self { steps: vec![(SimTime::ZERO, capacity.min(i64::MAX as u64) as i64)] }
    }

    /// Forgets breakpoints that lie before `now`.
    pub fn advance(&mut self, now: SimTime) {
        let past = self.steps.partition_point(|(t, _)| *t <= now);
        if past > 1 {
            self.steps.drain(..past - 1);
        }
    }

    /// Adds `amount` (negative: takes it) from `start` until `end`.
    pub fn add(&mut self, start: SimTime, end: SimTime, amount: i64) {
        if start >= end || amount == 0 {
            return;
        }
        let first = self.cut(start);
        let last = self.cut(end);
        for step in &mut self.steps[first..last] {
            step.1 += amount;
        }
        self.join(last);
        self.join(first);
    }

    /// The earliest start, not before `from`, of a hole of `need` for `length`.
    pub fn earliest(&self, from: SimTime, length: SimDuration, need: u64) -> SimTime {
        let need = need.min(i64::MAX as u64) as i64;
        let mut at = self.steps.partition_point(|(t, _)| *t <= from).saturating_sub(1);
        let mut start = from;
        // One sweep: a step that is too full moves the start behind it.
        while let Some((_, free)) = self.steps.get(at) {
            let next = self.steps.get(at + 1).map_or(SimTime::NEVER, |s| s.0);
            if *free < need {
                start = next;
            } else if next >= start + length {
                return start;
            }
            at += 1;
        }
        start
    }

    /// The index of the step that begins at `at`, made where there is none.
    fn cut(&mut self, at: SimTime) -> usize {
        let index = self.steps.partition_point(|(t, _)| *t < at);
        if self.steps.get(index).is_none_or(|s| s.0 != at) {
            let free = index.checked_sub(1).and_then(|i| self.steps.get(i)).map_or(0, |s| s.1);
            self.steps.insert(index, (at, free));
        }
        index
    }

    /// Removes step `at` where it changes nothing.
    fn join(&mut self, at: usize) {
        if at > 0 && at < self.steps.len() && self.steps[at].1 == self.steps[at - 1].1 {
            self.steps.remove(at);
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
        #[test]
        fn agrees_with_counting_every_tick(
            moves in prop::collection::vec((0u64..40, 1u64..20, 1i64..4), 0..12),
            from in 0u64..40, length in 1u64..15, need in 1u64..8,
        ) {
            let mut profile = Profile::new(8);
            let mut plain = [8i64; 120];
            for (start, len, amount) in moves {
                profile.add(t(start), t(start + len), -amount);
                for tick in &mut plain[start as usize..(start + len) as usize] { *tick -= amount; }
            }
            let fits = |s: u64| (s..s + length).all(|i| plain[i as usize] >= need as i64);
            let expected = (from..100).find(|s| fits(*s)).unwrap();
            prop_assert_eq!(profile.earliest(t(from), SimDuration::from_nanos(length), need), t(expected));
        }
    }
}
