//! Exponential and its mixtures.

use super::check::{list, positive, weights};
use super::discrete::Table;
use super::{DistError, Law, standard};
use crate::rng::StreamRng;

/// Exponential; see [`Dist::exponential`](super::Dist::exponential).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Exponential {
    mean: f64,
}

impl Exponential {
    pub(super) fn new(mean: f64) -> Result<Self, DistError> {
        Ok(Self { mean: positive("mean", mean)? })
    }
}

impl Law for Exponential {
    #[inline]
    fn sample(&self, rng: &mut StreamRng) -> f64 {
        self.mean * standard::exponential(rng)
    }
    fn mean(&self) -> f64 {
        self.mean
    }
    fn variance(&self) -> f64 {
        self.mean * self.mean
    }
}

/// A mixture of exponentials; see [`Dist::hyperexponential`](super::Dist::hyperexponential).
#[derive(Clone, Debug, PartialEq)]
pub struct Hyperexponential {
    /// The mean of the phase that was chosen.
    phase: Table,
}

impl Hyperexponential {
    pub(super) fn new(w: &[f64], means: &[f64]) -> Result<Self, DistError> {
        list("means", means)?;
        for &m in means {
            positive("means", m)?;
        }
        weights("weights", w, means.len())?;
        Ok(Self { phase: Table::new(means, w) })
    }
}

impl Law for Hyperexponential {
    #[inline]
    fn sample(&self, rng: &mut StreamRng) -> f64 {
        self.phase.draw(rng) * standard::exponential(rng)
    }
    fn mean(&self) -> f64 {
        self.phase.mean()
    }
    /// With M the mean of the chosen phase, `E[X^2] = 2 E[M^2]`, so `Var X = 2 Var M + E[M]^2`.
    fn variance(&self) -> f64 {
        2.0 * self.phase.variance() + self.phase.mean() * self.phase.mean()
    }
}
