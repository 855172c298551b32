//! Probability distributions: samplers with exact moments.
//!
//! Every value is a non-negative `f64` in SI units (seconds, bytes, operations). Moments are closed
//! forms, so a scenario's load is known before its first task.
//!
//! *The same bits everywhere.* Samplers use `+ - * / sqrt` and the `libm` crate only. They do not
//! call `rand_distr`, which reaches the platform's `exp` and `ln` as soon as any crate of the build
//! turns on `num-traits/std`.
//!
//! *Common random numbers.* Uniform, normal, lognormal and bounded Pareto spend one 64-bit draw and
//! increase with it (inversion); Zipf and empirical spend one (alias table). All others are built on
//! the ziggurat or on rejection and spend a random number of draws: give each entity its own stream.

mod check;
mod construct;
mod discrete;
mod exponential;
mod families;
mod gamma;
mod normal;
mod pareto;
mod plain;
mod scaled;
mod standard;
#[cfg(test)]
mod tests;
mod weibull;

pub use check::DistError;
pub use discrete::Discrete;
pub use exponential::{Exponential, Hyperexponential};
pub use families::FAMILIES;
pub use gamma::Gamma;
pub use normal::{Lognormal, TruncatedNormal};
pub use pareto::{BoundedPareto, Pareto};
pub use plain::{Constant, Shifted, Uniform};
pub use scaled::Scaled;
pub use standard::normal_quantile;
pub use weibull::Weibull;

use crate::rng::StreamRng;

/// A distribution of non-negative numbers, its parameters checked by the constructors.
///
/// An enum rather than a trait object: the set is closed, and a sample is drawn for every task.
#[derive(Clone, Debug, PartialEq)]
pub enum Dist {
    /// One value, always.
    Constant(Constant),
    /// Uniform on an interval.
    Uniform(Uniform),
    /// Exponential.
    Exponential(Exponential),
    /// Normal, conditioned on not being negative.
    Normal(TruncatedNormal),
    /// Lognormal.
    Lognormal(Lognormal),
    /// Gamma, and Erlang as its case of an integer shape.
    Gamma(Gamma),
    /// Weibull.
    Weibull(Weibull),
    /// Pareto of the first kind.
    Pareto(Pareto),
    /// Pareto, truncated above.
    BoundedPareto(BoundedPareto),
    /// A mixture of exponentials.
    Hyperexponential(Hyperexponential),
    /// Zipf and empirical: finitely many values.
    Discrete(Discrete),
    /// Another distribution plus a constant.
    Shifted(Shifted),
    /// Another distribution times a constant.
    Scaled(Scaled),
}

/// One value of the exponential distribution of mean 1.
pub fn unit_exponential(rng: &mut StreamRng) -> f64 {
    standard::exponential(rng)
}

/// One value of the standard normal distribution, increasing with its one draw.
pub fn standard_normal(rng: &mut StreamRng) -> f64 {
    standard::normal(rng)
}

/// One value of the uniform distribution on (0, 1).
pub fn unit_uniform(rng: &mut StreamRng) -> f64 {
    standard::unit(rng)
}

/// What every family provides.
trait Law {
    /// One value, never negative, never NaN, at most [`f64::MAX`].
    fn sample(&self, rng: &mut StreamRng) -> f64;
    /// The mean, infinite where the integral diverges.
    fn mean(&self) -> f64;
    /// The variance, infinite where the integral diverges.
    fn variance(&self) -> f64;
}

/// Evaluates `$call` with `$law` bound to the payload of whichever variant `$dist` is.
macro_rules! each {
    ($dist:expr, $law:ident => $call:expr) => {
        match $dist {
            Dist::Constant($law) => $call,
            Dist::Uniform($law) => $call,
            Dist::Exponential($law) => $call,
            Dist::Normal($law) => $call,
            Dist::Lognormal($law) => $call,
            Dist::Gamma($law) => $call,
            Dist::Weibull($law) => $call,
            Dist::Pareto($law) => $call,
            Dist::BoundedPareto($law) => $call,
            Dist::Hyperexponential($law) => $call,
            Dist::Discrete($law) => $call,
            Dist::Shifted($law) => $call,
            Dist::Scaled($law) => $call,
        }
    };
}

impl Dist {
    /// Draws one value: finite, at least 0, no allocation.
    #[inline]
    pub fn sample(&self, rng: &mut StreamRng) -> f64 {
        each!(self, law => law.sample(rng))
    }

    /// Of a (shifted or scaled) lognormal, the value that belongs to the standard normal value `z`: what [`Dist::sample`] makes
    /// of its draw. `None` for all others.
    pub fn at_normal(&self, z: f64) -> Option<f64> {
        match self {
            Self::Lognormal(law) => Some(law.at(z)),
            Self::Shifted(law) => {
                let (by, rest) = law.parts();
                rest.at_normal(z).map(|x| (by + x).min(f64::MAX))
            }
            Self::Scaled(law) => {
                let (by, rest) = law.parts();
                rest.at_normal(z).map(|x| (by * x).min(f64::MAX))
            }
            _ => None,
        }
    }

    /// The exact mean, infinite where it does not exist (Pareto with `shape <= 1`).
    pub fn mean(&self) -> f64 {
        each!(self, law => law.mean())
    }

    /// The exact variance, infinite where it does not exist (Pareto with `shape <= 2`).
    pub fn variance(&self) -> f64 {
        each!(self, law => law.variance())
    }

    /// The exact second moment `E[X^2]`, which the Pollaczek-Khinchine formula asks for.
    pub fn second_moment(&self) -> f64 {
        let mean = self.mean();
        self.variance() + mean * mean
    }

    /// The squared coefficient of variation, `variance / mean^2`.
    ///
    /// 0 for a constant, also for the constant 0; infinite where the variance is.
    pub fn cv2(&self) -> f64 {
        let (mean, variance) = (self.mean(), self.variance());
        if variance == 0.0 || variance.is_infinite() { variance } else { variance / (mean * mean) }
    }
}
