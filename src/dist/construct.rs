//! The constructors: one for each family, none lets a bad parameter through.
//!
//! Common ranges: a value, bound or mean that may be zero is in [0, 1e30]; one that may not is in
//! [1e-30, 1e30]; a coefficient of variation (`cv`, standard deviation / mean) is 0 or in [1e-6, 1000].

use super::{
    BoundedPareto, Constant, Discrete, Dist, DistError, Exponential, Gamma, Hyperexponential, Lognormal, Pareto,
    Scaled, Shifted, TruncatedNormal, Uniform, Weibull,
};

impl Dist {
    /// Always 0.
    pub const fn zero() -> Self {
        Self::Constant(Constant::ZERO)
    }

    /// Always `value >= 0`.
    ///
    /// # Errors
    /// `value` is not in [0, 1e30].
    pub fn constant(value: f64) -> Result<Self, DistError> {
        Constant::new("value", value).map(Self::Constant)
    }

    /// Uniform on [`low`, `high`].
    ///
    /// # Errors
    /// `0 <= low <= high <= 1e30` does not hold.
    pub fn uniform(low: f64, high: f64) -> Result<Self, DistError> {
        Uniform::new(low, high).map(Self::Uniform)
    }

    /// Exponential with the given `mean`: `F(x) = 1 - exp(-x/mean)`.
    ///
    /// # Errors
    /// `mean` is not in [1e-30, 1e30].
    pub fn exponential(mean: f64) -> Result<Self, DistError> {
        Exponential::new(mean).map(Self::Exponential)
    }

    /// A normal variable with `mean` and `sd`, conditioned on being at least 0.
    ///
    /// The parameters are those of the normal *before* the condition. The moments reported are those
    /// of the values drawn, and so larger: with `mean = 2 sd` the mean grows by 2.8 %, with
    /// `mean = 4 sd` by 0.003 %.
    ///
    /// # Errors
    /// `mean` or `sd` is not in [0, 1e30].
    pub fn normal(mean: f64, sd: f64) -> Result<Self, DistError> {
        if sd == 0.0 {
            return Constant::new("mean", mean).map(Self::Constant);
        }
        TruncatedNormal::new(mean, sd).map(Self::Normal)
    }

    /// Lognormal with the given `mean` and coefficient of variation *of the values* (not of their logarithms).
    ///
    /// # Errors
    /// `mean` is not in [1e-30, 1e30], or `cv` neither 0 nor in [1e-6, 1000].
    pub fn lognormal(mean: f64, cv: f64) -> Result<Self, DistError> {
        let law = Lognormal::new(mean, cv)?;
        if cv == 0.0 { Self::constant(mean) } else { Ok(Self::Lognormal(law)) }
    }

    /// Gamma with the given `mean` and coefficient of variation: shape `1/cv^2`, scale `mean * cv^2`.
    ///
    /// # Errors
    /// `mean` is not in [1e-30, 1e30], or `cv` neither 0 nor in [1e-6, 1000].
    pub fn gamma(mean: f64, cv: f64) -> Result<Self, DistError> {
        super::check::cv(cv)?;
        if cv == 0.0 {
            super::check::positive("mean", mean)?;
            return Self::constant(mean);
        }
        Gamma::new(mean, 1.0 / (cv * cv)).map(Self::Gamma)
    }

    /// Erlang: the sum of `k` independent exponentials, with the given `mean` of the whole sum.
    ///
    /// # Errors
    /// `k` is not in 1 to 1,000,000, or `mean` not in [1e-30, 1e30].
    pub fn erlang(k: u32, mean: f64) -> Result<Self, DistError> {
        let k = f64::from(k);
        super::check::require((1.0..=1e6).contains(&k), "k", k, "an integer from 1 to 1000000")?;
        if k == 1.0 { Self::exponential(mean) } else { Gamma::new(mean, k).map(Self::Gamma) }
    }

    /// Weibull: `F(x) = 1 - exp(-(x/scale)^shape)`.
    ///
    /// # Errors
    /// `shape` is not in [0.02, 1000], or `scale` not in [1e-30, 1e30].
    pub fn weibull(shape: f64, scale: f64) -> Result<Self, DistError> {
        Weibull::new(shape, scale).map(Self::Weibull)
    }

    /// Pareto: `F(x) = 1 - (scale/x)^shape` for `x >= scale`.
    ///
    /// # Errors
    /// `shape` is not in [0.001, 1e6], or `scale` not in [1e-30, 1e30].
    pub fn pareto(shape: f64, scale: f64) -> Result<Self, DistError> {
        Pareto::new(shape, scale).map(Self::Pareto)
    }

    /// Pareto conditioned on being at most `high`:
    /// `F(x) = (1 - (low/x)^shape) / (1 - (low/high)^shape)` for `low <= x <= high`.
    ///
    /// # Errors
    /// `shape` is not in [0.001, 1e6], or `1e-30 <= low < high <= 1e30` does not hold.
    pub fn bounded_pareto(shape: f64, low: f64, high: f64) -> Result<Self, DistError> {
        BoundedPareto::new(shape, low, high).map(Self::BoundedPareto)
    }

    /// Exponential with mean `means[i]`, `i` chosen with probability proportional to `weights[i]`.
    ///
    /// # Errors
    /// `means` is empty or has an entry outside [1e-30, 1e30]; `weights` has another length, a
    /// negative entry, or only zeros.
    pub fn hyperexponential(weights: &[f64], means: &[f64]) -> Result<Self, DistError> {
        Hyperexponential::new(weights, means).map(Self::Hyperexponential)
    }

    /// Zipf: the integers 1 to `n`, `k` with probability proportional to `k^-exponent`.
    ///
    /// # Errors
    /// `n` is not in 1 to 1,048,576 (the table is stored), or `exponent` not in [0, 100].
    pub fn zipf(n: u32, exponent: f64) -> Result<Self, DistError> {
        Discrete::zipf(n, exponent).map(Self::Discrete)
    }

    /// One of `values`, chosen with probability proportional to its weight, or evenly without weights.
    ///
    /// # Errors
    /// `values` is empty or has an entry outside [0, 1e30]; `weights` has another length, a negative
    /// entry, or only zeros.
    pub fn empirical(values: &[f64], weights: Option<&[f64]>) -> Result<Self, DistError> {
        Discrete::empirical(values, weights).map(Self::Discrete)
    }

    /// This distribution plus the constant `by`: a latency with a floor.
    ///
    /// # Errors
    /// `by` is not in [0, 1e30].
    pub fn shifted(self, by: f64) -> Result<Self, DistError> {
        Shifted::new(self, by).map(Self::Shifted)
    }

    /// This distribution times `factor`: the same draws, each so many times as large.
    ///
    /// A factor of 1 changes nothing, and a constant stays a constant.
    ///
    /// # Errors
    /// `factor` is not in [1e-30, 1e30], or a constant would be greater than 1e30.
    pub fn scaled(self, factor: f64) -> Result<Self, DistError> {
        let by = super::check::positive("factor", factor)?;
        match self {
            whole if by == 1.0 => Ok(whole),
            Self::Constant(_) => Self::constant(self.mean() * by),
            base => Ok(Self::Scaled(Scaled::new(base, by))),
        }
    }
}
