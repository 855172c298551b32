//! Gittins' index of a service time whose distribution is known.

/// The index `G(a) = sup_D P(S − a ≤ D | S > a) / E[min(S − a, D) | S > a]` of a task that has been served for
/// `a`: of all ways to serve it on for a while, the best chance of its end per expected second.
///
/// Serving the highest index first minimises the mean response time of an M/G/1 queue (Gittins 1979; Aalto,
/// Ayesta & Righter, Queueing Systems 2009).
///
/// For a distribution on finitely many points the best stretch ends at one of them. With `P(a) = (E[min(S, a)],
/// P(S ≤ a))` as points of a plane, `G(a)` is the steepest slope from `P(a)` to a later `P(x)`: a tangent to the
/// upper hull of the points behind `a`. The hulls of all suffixes share their parts, so one link per point, to
/// the next vertex of the hull behind it, holds them all.
#[derive(Clone, Debug, PartialEq)]
pub struct GittinsIndex {
    points: Vec<Point>,
}

/// One value that the service time can have.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Point {
    /// Service time in seconds.
    at: f64,
    /// `E[min(S, at)]` in seconds.
    served: f64,
    /// `P(S ≤ at)`.
    ended: f64,
    /// Next vertex of the hull behind it; itself for the last one.
    next: usize,
}

/// A service distribution that cannot be.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum GittinsError {
    /// No value has a positive weight.
    #[error("found no sample, expected at least one")]
    Empty,
    /// A value is not positive and finite.
    #[error("found a sample of {0} s, expected more than 0")]
    Value(f64),
    /// A weight is negative or not finite.
    #[error("found a weight of {0}, expected a number >= 0")]
    Weight(f64),
}

impl GittinsIndex {
    /// The index for equally likely `samples` in seconds, in any order.
    ///
    /// # Errors
    /// There are none, or one is not positive and finite.
    pub fn of_samples(samples: &[f64]) -> Result<Self, GittinsError> {
        Self::of_weights(samples.iter().map(|x| (*x, 1.0)))
    }

    /// The index for values in seconds with their weights, in any order; weights need not add up to one.
    ///
    /// # Errors
    /// No weight is positive, a weight is negative, or a value is not positive and finite.
    pub fn of_weights(values: impl IntoIterator<Item = (f64, f64)>) -> Result<Self, GittinsError> {
        let mut mass: Vec<(f64, f64)> = Vec::new();
        for (value, weight) in values {
            if !(value > 0.0 && value.is_finite()) {
                return Err(GittinsError::Value(value));
            }
            if !(weight >= 0.0 && weight.is_finite()) {
                return Err(GittinsError::Weight(weight));
            }
            if weight > 0.0 {
                mass.push((value, weight));
            }
        }
        mass.sort_by(|a, b| a.0.total_cmp(&b.0));
        let total: f64 = mass.iter().map(|(_, weight)| weight).sum();
        let mut points: Vec<Point> = Vec::new();
        let (mut passed, mut before) = (0.0, Point { at: 0.0, served: 0.0, ended: 0.0, next: 0 });
        for (at, weight) in mass {
            let survived = 1.0 - before.ended;
            passed += weight;
            let served = before.served + survived * (at - before.at);
            before = Point { at, served, ended: passed / total, next: points.len() };
            match points.last_mut() {
                Some(last) if last.at == at => last.ended = before.ended,
                _ => points.push(before),
            }
        }
        if points.is_empty() {
            return Err(GittinsError::Empty);
        }
        let mut index = Self { points };
        for from in (0..index.points.len() - 1).rev() {
            let Point { served, ended, .. } = index.points[from];
            index.points[from].next = index.steepest(from + 1, served, ended).0;
        }
        Ok(index)
    }

    /// The index per second after `attained` seconds of service.
    ///
    /// Zero for a task that has outlived every value: nothing says that it will ever end.
    pub fn at(&self, attained: f64) -> f64 {
        let first = self.points.partition_point(|p| p.at <= attained);
        let before = first.checked_sub(1).and_then(|i| self.points.get(i));
        let (at, served, ended) = before.map_or((0.0, 0.0, 0.0), |p| (p.at, p.served, p.ended));
        if first == self.points.len() {
            return 0.0;
        }
        let served = served + (1.0 - ended) * (attained.max(0.0) - at);
        self.steepest(first, served, ended).1
    }

    /// Of the points from `first` on, the one to which the slope from (`served`, `ended`) is steepest, and that slope.
    /// Along the hull slopes rise up to it and fall behind it.
    fn steepest(&self, first: usize, served: f64, ended: f64) -> (usize, f64) {
        let slope = |i: usize| {
            let p = self.points[i];
            (p.ended - ended) / (p.served - served).max(f64::MIN_POSITIVE)
        };
        let (mut best, mut most) = (first, slope(first));
        loop {
            let next = self.points[best].next;
            let there = slope(next);
            if next == best || there < most {
                return (best, most);
            }
            (best, most) = (next, there);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() <= 1e-12 * expected.abs(), "found {found}, expected {expected}");
    }

    /// The definition, over every value as the end of the stretch.
    fn plain(samples: &[f64], attained: f64) -> f64 {
        let left: Vec<f64> = samples.iter().filter(|x| **x > attained).map(|x| x - attained).collect();
        let rate = |d: &f64| {
            let ended = left.iter().filter(|x| *x <= d).count() as f64;
            ended / left.iter().map(|x| x.min(*d)).sum::<f64>()
        };
        left.iter().map(rate).fold(0.0, f64::max)
    }

    /// S is 1 or 10, each with 1/2. At 0: to 1 s, (1/2)/1; to 10 s, 1/5.5. At 1/2: (1/2)/(1/2). From 1 on only 10
    /// is left: 1/9 at 1, 1/4 at 6.
    #[test]
    fn two_points() {
        let index = GittinsIndex::of_samples(&[10.0, 1.0]).unwrap();
        for (attained, expected) in [(0.0, 0.5), (0.5, 1.0), (1.0, 1.0 / 9.0), (6.0, 0.25), (10.0, 0.0), (11.0, 0.0)] {
            near(index.at(attained), expected);
        }
    }

    /// S is 9 or 10: at 0 it is best to serve to the end, 1/9.5 against (1/2)/9; close to 9 it is best to see whether
    /// it ends there: at 8.9, (1/2)/0.1 against 1/0.6.
    #[test]
    fn the_best_stretch_changes_between_two_points() {
        let index = GittinsIndex::of_samples(&[9.0, 10.0]).unwrap();
        near(index.at(0.0), 1.0 / 9.5);
        assert!((index.at(8.9) - 5.0).abs() < 1e-9);
    }

    /// 1 w.p. 3/4 and 5 w.p. 1/4: 0.75/1 at 0, 1/4 at 1.
    #[test]
    fn weights_need_not_add_up_to_one() {
        let index = GittinsIndex::of_weights([(1.0, 6.0), (5.0, 2.0), (7.0, 0.0)]).unwrap();
        near(index.at(0.0), 0.75);
        near(index.at(1.0), 0.25);
        near(index.at(5.0), 0.0);
    }

    /// A fixed time: 1/(x − a), which rises until the end.
    #[test]
    fn a_fixed_time_is_more_urgent_the_longer_it_ran() {
        let index = GittinsIndex::of_samples(&[4.0, 4.0, 4.0]).unwrap();
        for (attained, expected) in [(0.0, 0.25), (2.0, 0.5), (3.0, 1.0)] {
            near(index.at(attained), expected);
        }
    }

    /// Geometric on 1, 2, 3, … with chance p: without memory, so p after every whole second. Cut at 600, where
    /// 0.9^600 < 1e-27 is left.
    #[test]
    fn without_memory_the_index_is_constant() {
        let p = 0.1;
        let weights = (1..=600).map(|k| (f64::from(k), p * 0.9f64.powi(k - 1)));
        let index = GittinsIndex::of_weights(weights).unwrap();
        for attained in [0.0, 1.0, 7.0, 50.0, 100.0] {
            assert!((index.at(attained) - p).abs() < 1e-9, "{attained}: {}", index.at(attained));
        }
    }

    #[test]
    fn what_is_no_distribution_is_refused() {
        assert_eq!(GittinsIndex::of_samples(&[]), Err(GittinsError::Empty));
        assert_eq!(GittinsIndex::of_samples(&[1.0, 0.0]), Err(GittinsError::Value(0.0)));
        assert!(GittinsIndex::of_samples(&[f64::NAN]).is_err());
        assert_eq!(GittinsIndex::of_weights([(1.0, -1.0)]), Err(GittinsError::Weight(-1.0)));
        assert_eq!(GittinsIndex::of_weights([(1.0, 0.0)]), Err(GittinsError::Empty));
    }

    proptest! {
        #[test]
        fn agrees_with_the_definition(
            samples in prop::collection::vec(1u32..60, 1..25), attained in 0u32..60, part in 0.0f64..1.0,
        ) {
            let samples: Vec<f64> = samples.into_iter().map(f64::from).collect();
            let index = GittinsIndex::of_samples(&samples).unwrap();
            for a in [f64::from(attained), f64::from(attained) + part] {
                let (found, expected) = (index.at(a), plain(&samples, a));
                prop_assert!((found - expected).abs() <= 1e-6 * expected, "{found} {expected}");
            }
        }
    }
}
