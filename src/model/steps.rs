//! Step functions of time: ambient temperatures, tariffs, carbon intensities.

use crate::units::{SimDuration, SimTime};

/// A value that changes at known instants, once or again and again.
#[derive(Clone, Debug, PartialEq)]
pub struct Steps<T> {
    /// Length after which it begins again; `None`: the last value stays.
    period: Option<SimDuration>,
    /// Values with the time since the beginning (of the period); the first one at 0, ascending.
    points: Vec<(SimDuration, T)>,
}

/// Why points make no step function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StepsError {
    /// There is no value at time 0.
    #[error("the first step must be at 0")]
    Beginning,
    /// A step is not later than the one before.
    #[error("steps must be in ascending order of time")]
    Order,
    /// A step lies outside the period.
    #[error("every step must lie within the period, which must be longer than 0")]
    Period,
}

impl<T: Copy + PartialEq> Steps<T> {
    /// The same value for ever.
    pub fn constant(value: T) -> Self {
        Self { period: None, points: vec![(SimDuration::ZERO, value)] }
    }

    /// The function that has each value from its time on.
    ///
    /// # Errors
    /// See [`StepsError`].
    pub fn new(period: Option<SimDuration>, points: Vec<(SimDuration, T)>) -> Result<Self, StepsError> {
        if points.first().is_none_or(|(at, _)| !at.is_zero()) {
            return Err(StepsError::Beginning);
        }
        if !points.is_sorted_by(|a, b| a.0 < b.0) {
            return Err(StepsError::Order);
        }
        let last = points.last().map_or(SimDuration::ZERO, |(at, _)| *at);
        if period.is_some_and(|p| p.is_zero() || last >= p) {
            return Err(StepsError::Period);
        }
        Ok(Self { period, points })
    }

    /// The values of one period, in order of time.
    pub fn values(&self) -> impl Iterator<Item = T> + '_ {
        self.points.iter().map(|(_, value)| *value)
    }

    /// The same steps with other values.
    pub fn map<U>(&self, f: impl Fn(T) -> U) -> Steps<U> {
        Steps { period: self.period, points: self.points.iter().map(|(at, value)| (*at, f(*value))).collect() }
    }

    /// The beginning of the period that `at` is in, and the position of the value that holds then.
    fn locate(&self, at: SimTime) -> (SimTime, usize) {
        let since = at.as_nanos();
        let begun = self.period.map_or(0, |p| since - since % p.as_nanos());
        let position = self.points.partition_point(|(from, _)| from.as_nanos() <= since - begun);
        (SimTime::from_nanos(begun), position.saturating_sub(1))
    }

    /// The value from `at` on.
    ///
    /// `None` never comes back from a function that [`Steps::new`] has made.
    pub fn at(&self, at: SimTime) -> Option<T> {
        self.points.get(self.locate(at).1).map(|(_, value)| *value)
    }

    /// The first instant after `at` at which the value is another one; [`SimTime::NEVER`] where it stays.
    pub fn next_change(&self, at: SimTime) -> SimTime {
        let now = self.at(at);
        let mut from = at;
        // Each value once, and that of the next period's beginning: then all have been seen.
        for _ in 0..=self.points.len() {
            from = self.next_step(from);
            if from == SimTime::NEVER || self.at(from) != now {
                return from;
            }
        }
        SimTime::NEVER
    }

    /// The first step after `at`, whether or not it changes the value.
    fn next_step(&self, at: SimTime) -> SimTime {
        let (begun, position) = self.locate(at);
        match (self.points.get(position + 1), self.period) {
            (Some((from, _)), _) => begun + *from,
            (None, Some(period)) => begun + period,
            (None, None) => SimTime::NEVER,
        }
    }
}

impl Steps<f64> {
    /// The integral from `from` to `to`, in values times seconds.
    pub fn integral(&self, from: SimTime, to: SimTime) -> f64 {
        self.pieces(from, to).map(|(span, value)| span.as_secs_f64() * value).sum()
    }

    /// The pieces between `from` and `to`: how long each lasts, and its value.
    pub fn pieces(&self, from: SimTime, to: SimTime) -> impl Iterator<Item = (SimDuration, f64)> + '_ {
        let mut at = from;
        std::iter::from_fn(move || {
            if at >= to {
                return None;
            }
            let value = self.at(at)?;
            let end = self.next_change(at).min(to);
            let span = end - at;
            at = end;
            Some((span, value))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn s(seconds: u64) -> SimDuration {
        SimDuration::from_secs(seconds)
    }

    fn at(seconds: u64) -> SimTime {
        SimTime::ZERO + s(seconds)
    }

    /// 1 until 10 s, 3 until 15 s, 2 until 20 s, and so on from the beginning.
    fn day() -> Steps<f64> {
        Steps::new(Some(s(20)), vec![(s(0), 1.0), (s(10), 3.0), (s(15), 2.0)]).unwrap()
    }

    #[test]
    fn a_value_holds_from_its_step_on_and_the_period_begins_again() {
        let found = [0, 9, 10, 14, 15, 19, 20, 31, 1_000_016].map(|t| day().at(at(t)).unwrap());
        assert_eq!(found, [1.0, 1.0, 3.0, 3.0, 2.0, 2.0, 1.0, 3.0, 2.0]);
        let changes = [0, 9, 10, 15, 19, 20].map(|t| day().next_change(at(t)));
        assert_eq!(changes, [at(10), at(10), at(15), at(20), at(20), at(30)]);
    }

    #[test]
    fn without_a_period_the_last_value_stays() {
        let steps = Steps::new(None, vec![(s(0), 1.0), (s(10), 3.0)]).unwrap();
        assert_eq!((steps.at(at(99)), steps.next_change(at(10))), (Some(3.0), SimTime::NEVER));
        assert_eq!(Steps::constant(7.0).next_change(SimTime::ZERO), SimTime::NEVER);
    }

    #[test]
    fn a_step_to_the_same_value_is_no_change() {
        let steps = Steps::new(Some(s(20)), vec![(s(0), 1.0), (s(5), 1.0), (s(10), 2.0), (s(15), 1.0)]).unwrap();
        // From 15 s on it is 1 across the end of the period, until 30 s.
        assert_eq!([0, 12, 15].map(|t| steps.next_change(at(t))), [at(10), at(15), at(30)]);
        let same = Steps::new(Some(s(20)), vec![(s(0), 1.0), (s(5), 1.0)]).unwrap();
        assert_eq!(same.next_change(at(3)), SimTime::NEVER);
    }

    /// From 12 to 43: 3 s of 3, 5 s of 2, a whole period of 10 + 15 + 10 = 35, and 3 s of 1.
    #[test]
    fn the_integral_goes_over_all_steps() {
        assert_eq!(day().integral(at(12), at(43)), 9.0 + 10.0 + 35.0 + 3.0);
        assert_eq!(day().integral(at(12), at(12)), 0.0);
    }

    #[test]
    fn what_is_no_step_function_is_refused() {
        let make = |period, points: &[(u64, f64)]| {
            Steps::new(period, points.iter().map(|(t, v)| (s(*t), *v)).collect()).unwrap_err()
        };
        assert_eq!(make(None, &[]), StepsError::Beginning);
        assert_eq!(make(None, &[(1, 1.0)]), StepsError::Beginning);
        assert_eq!(make(None, &[(0, 1.0), (2, 1.0), (2, 2.0)]), StepsError::Order);
        assert_eq!(make(Some(s(2)), &[(0, 1.0), (2, 2.0)]), StepsError::Period);
        assert_eq!(make(Some(s(0)), &[(0, 1.0)]), StepsError::Period);
    }
}
