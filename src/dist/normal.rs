//! Truncated normal and lognormal.

use std::f64::consts::{FRAC_1_SQRT_2, PI};

use super::check::{cv, non_negative, positive};
use super::{DistError, Law, standard};
use crate::rng::StreamRng;

/// Normal conditioned on being at least 0; see [`Dist::normal`](super::Dist::normal).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TruncatedNormal {
    mean: f64,
    sd: f64,
    /// Probability that the normal is at least 0; at least 1/2, because `mean >= 0`.
    kept: f64,
}

impl TruncatedNormal {
    pub(super) fn new(mean: f64, sd: f64) -> Result<Self, DistError> {
        non_negative("mean", mean)?;
        positive("sd", sd)?;
        Ok(Self { mean, sd, kept: libm::erfc(-mean / sd * FRAC_1_SQRT_2) / 2.0 })
    }

    /// `a = mean/sd` and the hazard `h = phi(a)/kept`, the two numbers that both moments are made of.
    fn truncation(&self) -> (f64, f64) {
        // Beyond 40 standard deviations the density is below the smallest double.
        let a = (self.mean / self.sd).min(40.0);
        (a, libm::exp(-a * a / 2.0) / (2.0 * PI).sqrt() / self.kept)
    }
}

impl Law for TruncatedNormal {
    /// Inversion from the upper tail: no rejection, and no rounding of a probability to 1. Increasing in its draw.
    #[inline]
    fn sample(&self, rng: &mut StreamRng) -> f64 {
        let above = (1.0 - standard::unit(rng)) * self.kept;
        (self.mean - self.sd * standard::normal_quantile(above)).max(0.0)
    }
    /// `mean + sd h` (Johnson, Kotz & Balakrishnan, Continuous Univariate Distributions 1, 1994, section 13.10).
    fn mean(&self) -> f64 {
        self.mean + self.sd * self.truncation().1
    }
    /// `sd^2 (1 - h (h + a))`, same source.
    fn variance(&self) -> f64 {
        let (a, h) = self.truncation();
        self.sd * self.sd * (1.0 - h * (h + a))
    }
}

/// Lognormal; see [`Dist::lognormal`](super::Dist::lognormal).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lognormal {
    mean: f64,
    cv: f64,
    mu: f64,
    sigma: f64,
}

impl Lognormal {
    /// `sigma^2 = ln(1 + cv^2)`, `mu = ln(mean) - sigma^2/2`: the logarithm's moments.
    pub(super) fn new(mean: f64, coefficient: f64) -> Result<Self, DistError> {
        positive("mean", mean)?;
        let cv = cv(coefficient)?;
        let sigma2 = libm::log1p(cv * cv);
        Ok(Self { mean, cv, mu: libm::log(mean) - sigma2 / 2.0, sigma: sigma2.sqrt() })
    }
}

impl Lognormal {
    /// The value that belongs to the standard normal value `z`.
    pub(super) fn at(&self, z: f64) -> f64 {
        libm::exp(self.mu + self.sigma * z)
    }
}

impl Law for Lognormal {
    #[inline]
    fn sample(&self, rng: &mut StreamRng) -> f64 {
        self.at(standard::normal(rng))
    }
    fn mean(&self) -> f64 {
        self.mean
    }
    fn variance(&self) -> f64 {
        let sd = self.mean * self.cv;
        sd * sd
    }
}
