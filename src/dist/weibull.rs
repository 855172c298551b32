//! Weibull.

use super::check::{positive, require};
use super::{DistError, Law, standard};
use crate::rng::StreamRng;

/// Weibull; see [`Dist::weibull`](super::Dist::weibull).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weibull {
    scale: f64,
    inverse_shape: f64,
}

impl Weibull {
    pub(super) fn new(shape: f64, scale: f64) -> Result<Self, DistError> {
        // From 0.02 up, gamma(1 + 2/shape) is a finite double.
        require((0.02..=1e3).contains(&shape), "shape", shape, "a number from 0.02 to 1000")?;
        Ok(Self { scale: positive("scale", scale)?, inverse_shape: 1.0 / shape })
    }

    /// `E[(X/scale)^r] = gamma(1 + r/shape)`.
    fn moment(&self, r: f64) -> f64 {
        libm::tgamma(1.0 + r * self.inverse_shape)
    }
}

impl Law for Weibull {
    /// `(X/scale)^shape` is exponential.
    #[inline]
    fn sample(&self, rng: &mut StreamRng) -> f64 {
        self.scale * libm::exp(libm::log(standard::exponential(rng)) * self.inverse_shape)
    }
    fn mean(&self) -> f64 {
        self.scale * self.moment(1.0)
    }
    fn variance(&self) -> f64 {
        let mean = self.moment(1.0);
        self.scale * self.scale * (self.moment(2.0) - mean * mean).max(0.0)
    }
}
