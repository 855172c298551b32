//! Gamma, with Erlang as its case of an integer shape.

use super::check::positive;
use super::{DistError, Law, standard};
use crate::rng::StreamRng;

/// Gamma; see [`Dist::gamma`](super::Dist::gamma) and [`Dist::erlang`](super::Dist::erlang).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gamma {
    mean: f64,
    shape: f64,
    /// The method's `d` and `c` for the shape, or for shape + 1 where the shape is below 1.
    d: f64,
    c: f64,
}

impl Gamma {
    /// `shape` was checked by the caller to be within [1e-6, 1e12].
    pub(super) fn new(mean: f64, shape: f64) -> Result<Self, DistError> {
        positive("mean", mean)?;
        let d = if shape < 1.0 { shape + 1.0 } else { shape } - 1.0 / 3.0;
        Ok(Self { mean, shape, d, c: 1.0 / (9.0 * d).sqrt() })
    }

    /// Gamma with scale 1 and shape `d + 1/3 >= 1`, by squeeze and rejection (Marsaglia & Tsang,
    /// ACM TOMS 26, 2000); at least 95 % of the candidates are taken.
    #[inline]
    fn standard(&self, rng: &mut StreamRng) -> f64 {
        loop {
            let z = standard::normal(rng);
            let root = 1.0 + self.c * z;
            if root <= 0.0 {
                continue;
            }
            let v = root * root * root;
            let u = standard::unit(rng);
            let z2 = z * z;
            let squeezed = u < 1.0 - 0.0331 * z2 * z2;
            if squeezed || libm::log(u) < z2 / 2.0 + self.d * (1.0 - v + libm::log(v)) {
                return self.d * v;
            }
        }
    }
}

impl Law for Gamma {
    #[inline]
    fn sample(&self, rng: &mut StreamRng) -> f64 {
        let x = self.standard(rng) * (self.mean / self.shape);
        if self.shape < 1.0 {
            // Shape a is shape a + 1 times U^(1/a), and -ln U is exponential.
            x * libm::exp(-standard::exponential(rng) / self.shape)
        } else {
            x
        }
    }
    fn mean(&self) -> f64 {
        self.mean
    }
    fn variance(&self) -> f64 {
        self.mean * self.mean / self.shape
    }
}
