//! Time averages of step functions.

use crate::units::SimTime;

/// The time average of an integer that changes in steps: tasks in the system, busy units, bytes in use.
///
/// The integral is an exact integer (value times nanoseconds), so it depends neither on the number of
/// steps nor on their order. Only [`mean`](Self::mean) rounds, once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeAverage {
    start: SimTime,
    last: SimTime,
    value: u64,
    integral: u128,
    max: u64,
}

impl TimeAverage {
    /// Starts at `now` with `value`.
    pub const fn new(now: SimTime, value: u64) -> Self {
        Self { start: now, last: now, value, integral: 0, max: value }
    }

    /// The value is `value` from `now` on. A `now` before the latest change counts as that change's time.
    #[inline]
    pub fn set(&mut self, now: SimTime, value: u64) {
        self.integral = self.integral_at(now);
        self.last = self.last.max(now);
        self.value = value;
        self.max = self.max.max(value);
    }

    /// The value changes by `delta` at `now`, and stops at 0 and at `u64::MAX`.
    #[inline]
    pub fn add(&mut self, now: SimTime, delta: i64) {
        self.set(now, self.value.saturating_add_signed(delta));
    }

    /// The value at present.
    pub const fn value(&self) -> u64 {
        self.value
    }

    /// The largest value since the start or the last reset, however briefly it was held.
    pub const fn max(&self) -> u64 {
        self.max
    }

    /// The integral up to `now`, in value times nanoseconds.
    #[inline]
    pub fn integral_at(&self, now: SimTime) -> u128 {
        // A product of two u64 fits; only the sum could not, after 584 years at the largest value.
        self.integral.saturating_add(u128::from(self.value) * u128::from(now.since(self.last).as_nanos()))
    }

    /// The mean over the time from the start, or the last reset, to `now`; `None` where no time has passed.
    pub fn mean(&self, now: SimTime) -> Option<f64> {
        let length = self.last.max(now).since(self.start).as_nanos();
        (length > 0).then(|| self.integral_at(now) as f64 / length as f64)
    }

    /// Forgets the past, keeps the value: the end of a warm-up.
    pub fn reset(&mut self, now: SimTime) {
        *self = Self::new(self.last.max(now), self.value);
    }
}

/// As [`TimeAverage`], for a value that is not a count: a price, a temperature, a fraction.
///
/// The integral is a compensated sum (Neumaier 1974): its error does not grow with the number of steps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LevelAverage {
    start: SimTime,
    last: SimTime,
    value: f64,
    /// Sum and its compensation, in value times nanoseconds.
    integral: (f64, f64),
    max: f64,
}

impl LevelAverage {
    /// Starts at `now` with `value`, which must be finite, as every later value.
    pub const fn new(now: SimTime, value: f64) -> Self {
        Self { start: now, last: now, value, integral: (0.0, 0.0), max: value }
    }

    /// The value is `value` from `now` on. A `now` before the latest change counts as that change's time.
    #[inline]
    pub fn set(&mut self, now: SimTime, value: f64) {
        self.integral = self.parts_at(now);
        self.last = self.last.max(now);
        self.value = value;
        self.max = self.max.max(value);
    }

    /// The value changes by `delta` at `now`.
    #[inline]
    pub fn add(&mut self, now: SimTime, delta: f64) {
        self.set(now, self.value + delta);
    }

    /// The value at present.
    pub const fn value(&self) -> f64 {
        self.value
    }

    /// The largest value since the start or the last reset, however briefly it was held.
    pub const fn max(&self) -> f64 {
        self.max
    }

    /// The mean over the time from the start, or the last reset, to `now`; `None` where no time has passed.
    pub fn mean(&self, now: SimTime) -> Option<f64> {
        let length = self.last.max(now).since(self.start).as_nanos();
        let (sum, compensation) = self.parts_at(now);
        (length > 0).then(|| (sum + compensation) / length as f64)
    }

    /// Forgets the past, keeps the value: the end of a warm-up.
    pub fn reset(&mut self, now: SimTime) {
        *self = Self::new(self.last.max(now), self.value);
    }

    #[inline]
    fn parts_at(&self, now: SimTime) -> (f64, f64) {
        let (sum, compensation) = self.integral;
        let area = self.value * now.since(self.last).as_nanos() as f64;
        let total = sum + area;
        let lost = if sum.abs() >= area.abs() { (sum - total) + area } else { (area - total) + sum };
        (total, compensation + lost)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const fn at(nanos: u64) -> SimTime {
        SimTime::from_nanos(nanos)
    }

    #[test]
    fn worked_example() {
        // 2 during 10 ns, 5 during 30 ns, 1 during 60 ns: (20 + 150 + 60) / 100.
        let mut q = TimeAverage::new(at(100), 2);
        q.set(at(110), 5);
        q.add(at(140), -4);
        assert_eq!(q.integral_at(at(200)), 230);
        assert_eq!((q.mean(at(200)), q.max(), q.value()), (Some(2.3), 5, 1));
        let mut level = LevelAverage::new(at(100), 2.0);
        level.set(at(110), 5.0);
        level.add(at(140), -4.0);
        assert_eq!((level.mean(at(200)), level.max(), level.value()), (Some(2.3), 5.0, 1.0));
    }

    #[test]
    fn warm_up_leaves_no_trace() {
        let mut q = TimeAverage::new(at(0), 1000);
        q.set(at(50), 3);
        q.reset(at(60));
        assert_eq!((q.mean(at(60)), q.mean(at(70)), q.max()), (None, Some(3.0), 3));
    }

    #[test]
    fn the_largest_values_neither_wrap_nor_panic() {
        let mut q = TimeAverage::new(at(0), u64::MAX);
        q.add(SimTime::NEVER, i64::MAX);
        q.add(SimTime::NEVER, i64::MIN);
        assert_eq!(q.mean(SimTime::NEVER), Some(u64::MAX as f64));
        // Time that runs back is no time.
        q.set(at(5), 0);
        assert_eq!(q.mean(at(5)), Some(u64::MAX as f64));
    }

    #[test]
    fn a_level_keeps_small_steps_beside_a_large_sum() {
        // 1e17 value-ns, then 1,000 times 3 value-ns, each below half a unit in the last place (16).
        let mut level = LevelAverage::new(at(0), 1e8);
        level.set(at(1_000_000_000), 3.0);
        for i in 1..=1000 {
            level.set(at(1_000_000_000 + i), 3.0);
        }
        let exact = (1e17 + 3000.0) / 1_000_001_000.0;
        assert!((level.mean(at(1_000_001_000)).unwrap() - exact).abs() <= f64::EPSILON * exact);
    }

    proptest! {
        #[test]
        fn closing_the_integral_more_often_changes_nothing(
            steps in prop::collection::vec((0..1_000_000u64, 0..1_000u64), 1..50),
        ) {
            let (mut rare, mut often) = (TimeAverage::new(at(0), 7), TimeAverage::new(at(0), 7));
            let mut now = 0;
            for (wait, value) in steps {
                often.add(at(now + wait / 2), 0);
                now += wait;
                rare.set(at(now), value);
                often.set(at(now), value);
            }
            prop_assert_eq!(rare, often);
        }
    }
}
