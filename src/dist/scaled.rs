//! A multiple of another distribution.

use super::{Dist, Law};
use crate::rng::StreamRng;

/// Another distribution times a constant; see [`Dist::scaled`].
#[derive(Clone, Debug, PartialEq)]
pub struct Scaled {
    by: f64,
    base: Box<Dist>,
}

impl Scaled {
    pub(super) fn new(base: Dist, by: f64) -> Self {
        Self { by, base: Box::new(base) }
    }

    /// Its factor and the rest.
    pub(super) const fn parts(&self) -> (f64, &Dist) {
        (self.by, &self.base)
    }
}

impl Law for Scaled {
    fn sample(&self, rng: &mut StreamRng) -> f64 {
        (self.by * self.base.sample(rng)).min(f64::MAX)
    }
    fn mean(&self) -> f64 {
        self.by * self.base.mean()
    }
    fn variance(&self) -> f64 {
        self.by * self.by * self.base.variance()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Purpose, Streams};

    /// The same draws, three times as large; mean 3·2, variance 9·4 of an exponential of mean 2.
    #[test]
    fn a_multiple_keeps_its_draws() {
        let base = Dist::exponential(2.0).unwrap();
        let tripled = base.clone().scaled(3.0).unwrap();
        assert_eq!((tripled.mean(), tripled.variance()), (6.0, 36.0));
        let draws = |d: &Dist| {
            let mut rng = Streams::new(7, 0).stream(Purpose::Task, 0);
            (0..100).map(|_| d.sample(&mut rng)).collect::<Vec<f64>>()
        };
        for (one, three) in draws(&base).iter().zip(draws(&tripled)) {
            assert_eq!(one * 3.0, three);
        }
    }

    /// A constant stays one, 1 changes nothing, and a lognormal still tells what belongs to a normal value.
    #[test]
    fn what_is_known_of_a_distribution_stays_known() {
        assert_eq!(Dist::constant(4.0).unwrap().scaled(0.5).unwrap(), Dist::constant(2.0).unwrap());
        let law = Dist::lognormal(10.0, 1.0).unwrap();
        assert_eq!(law.clone().scaled(1.0).unwrap(), law);
        let doubled = law.clone().scaled(2.0).unwrap();
        assert_eq!(doubled.at_normal(0.3), law.at_normal(0.3).map(|x| 2.0 * x));
        for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert!(law.clone().scaled(bad).is_err(), "{bad}");
        }
    }
}
