//! Heavy tails: Pareto, whole and truncated above.

use super::check::{positive, require};
use super::{DistError, Law, standard};
use crate::rng::StreamRng;

fn shape(x: f64) -> Result<f64, DistError> {
    require((1e-3..=1e6).contains(&x), "shape", x, "a number from 0.001 to 1e6")
}

/// Pareto of the first kind; see [`Dist::pareto`](super::Dist::pareto).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pareto {
    shape: f64,
    scale: f64,
}

impl Pareto {
    pub(super) fn new(a: f64, scale: f64) -> Result<Self, DistError> {
        Ok(Self { shape: shape(a)?, scale: positive("scale", scale)? })
    }
}

impl Law for Pareto {
    /// `ln(X/scale)` is exponential with mean `1/shape`.
    #[inline]
    fn sample(&self, rng: &mut StreamRng) -> f64 {
        (self.scale * libm::exp(standard::exponential(rng) / self.shape)).min(f64::MAX)
    }
    /// `shape scale / (shape - 1)`.
    fn mean(&self) -> f64 {
        if self.shape <= 1.0 {
            return f64::INFINITY;
        }
        self.shape * self.scale / (self.shape - 1.0)
    }
    /// `shape scale^2 / ((shape - 1)^2 (shape - 2))`.
    fn variance(&self) -> f64 {
        if self.shape <= 2.0 {
            return f64::INFINITY;
        }
        let over = self.scale / (self.shape - 1.0);
        self.shape * over * over / (self.shape - 2.0)
    }
}

/// Pareto conditioned on an upper bound; see [`Dist::bounded_pareto`](super::Dist::bounded_pareto).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BoundedPareto {
    shape: f64,
    low: f64,
    high: f64,
    /// `ln(high/low)`.
    span: f64,
    /// `1 - (low/high)^shape`: the part of the whole Pareto that is kept.
    kept: f64,
}

impl BoundedPareto {
    pub(super) fn new(a: f64, low: f64, high: f64) -> Result<Self, DistError> {
        let shape = shape(a)?;
        positive("low", low)?;
        positive("high", high)?;
        let span = libm::log(high / low);
        let kept = -libm::expm1(-shape * span);
        require(low < high && kept > 0.0, "high", high, "more than `low`")?;
        Ok(Self { shape, low, high, span, kept })
    }

    /// `E[(X/low)^r] = shape/kept * integral of exp((r - shape) y) dy over [0, span]`, with `y = ln(x/low)`.
    ///
    /// Written with `expm1`, so that no shape is special, not even the 1 and 2 where the integral is a logarithm.
    fn moment(&self, r: f64) -> f64 {
        let x = (r - self.shape) * self.span;
        let growth = if x == 0.0 { 1.0 } else { libm::expm1(x) / x };
        self.shape / self.kept * self.span * growth
    }
}

impl Law for BoundedPareto {
    /// Inversion: `x = low (1 - u kept)^(-1/shape)`.
    #[inline]
    fn sample(&self, rng: &mut StreamRng) -> f64 {
        let y = -libm::log1p(-standard::unit(rng) * self.kept) / self.shape;
        (self.low * libm::exp(y)).min(self.high)
    }
    fn mean(&self) -> f64 {
        self.low * self.moment(1.0)
    }
    fn variance(&self) -> f64 {
        let mean = self.moment(1.0);
        self.low * self.low * (self.moment(2.0) - mean * mean).max(0.0)
    }
}
