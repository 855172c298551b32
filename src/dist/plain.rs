//! Constant, uniform, and the shift of another distribution.

use super::check::{non_negative, require};
use super::standard::unit;
use super::{Dist, DistError, Law};
use crate::rng::StreamRng;

/// One value; see [`Dist::constant`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Constant {
    value: f64,
}

impl Constant {
    pub(super) const ZERO: Self = Self { value: 0.0 };

    pub(super) fn new(parameter: &'static str, value: f64) -> Result<Self, DistError> {
        Ok(Self { value: non_negative(parameter, value)? })
    }
}

impl Law for Constant {
    #[inline]
    fn sample(&self, _: &mut StreamRng) -> f64 {
        self.value
    }
    fn mean(&self) -> f64 {
        self.value
    }
    fn variance(&self) -> f64 {
        0.0
    }
}

/// Uniform on an interval; see [`Dist::uniform`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Uniform {
    low: f64,
    width: f64,
}

impl Uniform {
    pub(super) fn new(low: f64, high: f64) -> Result<Self, DistError> {
        non_negative("low", low)?;
        non_negative("high", high)?;
        require(low <= high, "high", high, "at least `low`")?;
        Ok(Self { low, width: high - low })
    }
}

impl Law for Uniform {
    #[inline]
    fn sample(&self, rng: &mut StreamRng) -> f64 {
        self.low + self.width * unit(rng)
    }
    fn mean(&self) -> f64 {
        self.low + self.width / 2.0
    }
    fn variance(&self) -> f64 {
        self.width * self.width / 12.0
    }
}

/// Another distribution plus a constant; see [`Dist::shifted`].
#[derive(Clone, Debug, PartialEq)]
pub struct Shifted {
    by: f64,
    base: Box<Dist>,
}

impl Shifted {
    pub(super) fn new(base: Dist, by: f64) -> Result<Self, DistError> {
        non_negative("by", by)?;
        // Two shifts are one, so a sample never nests deeper than this.
        Ok(match base {
            Dist::Shifted(inner) => Self { by: non_negative("by", inner.by + by)?, base: inner.base },
            base => Self { by, base: Box::new(base) },
        })
    }
}

impl Shifted {
    /// Its fixed part and the rest.
    pub(super) const fn parts(&self) -> (f64, &Dist) {
        (self.by, &self.base)
    }
}

impl Law for Shifted {
    fn sample(&self, rng: &mut StreamRng) -> f64 {
        (self.by + self.base.sample(rng)).min(f64::MAX)
    }
    fn mean(&self) -> f64 {
        self.by + self.base.mean()
    }
    fn variance(&self) -> f64 {
        self.base.variance()
    }
}
