//! Gaussian-process regression with a constant mean (ordinary kriging).

use nalgebra::{Cholesky, DMatrix, DVector, Dyn};

/// Lengths that a coordinate's correlation may have, in parts of its range.
const LENGTHS: [f64; 8] = [0.05, 0.1, 0.2, 0.35, 0.6, 1.0, 2.0, 4.0];
/// Variances of the process, beside that of the values.
const SIGNALS: [f64; 4] = [0.25, 1.0, 4.0, 16.0];
/// Sweeps over all hyperparameters.
const SWEEPS: usize = 3;
/// Least noise variance beside that of the values: keeps the matrix well conditioned.
const JITTER: f64 = 1e-8;

/// A point: number of the parameter, coordinate.
pub(super) type Features = Vec<(usize, f64)>;

/// A process conditioned on values at points.
///
/// Covariance is Matérn's with ν = 5/2 and a length ℓ for each parameter,
/// `σ² (1 + √5 d + 5 d²/3) exp(−√5 d)`, d² = Σ (Δx/ℓ)² (Rasmussen & Williams, Gaussian Processes for Machine Learning,
/// 2006, equation 4.17), plus noise of known variance. The mean is the generalised least squares estimate, and what is
/// not known of it is part of the variance of a prediction (Jones, Schonlau & Welch, Journal of Global Optimization 13,
/// 1998, equations 7 and 9). Lengths and σ² have the highest likelihood on a coarse grid, one after another: a finer
/// search would follow noise, and end elsewhere on another machine.
#[derive(Clone, Debug)]
pub struct GaussianProcess {
    points: Vec<Features>,
    lengths: Vec<f64>,
    signal: f64,
    fitted: Fitted,
    /// Values are (value − offset) / scale within.
    offset: f64,
    scale: f64,
}

#[derive(Clone, Debug)]
struct Fitted {
    cholesky: Cholesky<f64, Dyn>,
    /// K⁻¹, a column after another; empty until predictions are asked for.
    inverse: Vec<f64>,
    /// K⁻¹ 1 and 1ᵀ K⁻¹ 1.
    ones: DVector<f64>,
    total: f64,
    mean: f64,
    /// K⁻¹ (y − mean).
    weights: DVector<f64>,
    log_likelihood: f64,
}

impl Fitted {
    /// `aᵀ K⁻¹ a`.
    fn form(&self, a: &[f64]) -> f64 {
        let columns = self.inverse.chunks(a.len().max(1));
        columns.zip(a).map(|(column, x)| x * column.iter().zip(a).map(|(c, y)| c * y).sum::<f64>()).sum()
    }
}

/// Matérn 5/2 at scaled distance `d`, of variance 1.
fn matern(d: f64) -> f64 {
    let a = 5f64.sqrt() * d;
    (1.0 + a + a * a / 3.0) * libm::exp(-a)
}

fn distance(a: &Features, b: &Features, lengths: &[f64]) -> f64 {
    let square = |(&(number, x), &(_, y)): (&(usize, f64), &(usize, f64))| {
        let part = (x - y) / lengths.get(number).copied().unwrap_or(1.0);
        part * part
    };
    a.iter().zip(b).map(square).sum::<f64>().sqrt()
}

impl Fitted {
    /// `None` where the matrix is not positive definite.
    fn new(points: &[Features], values: &DVector<f64>, lengths: &[f64], signal: f64, noise: f64) -> Option<Self> {
        let n = points.len();
        let covariance = DMatrix::from_fn(n, n, |i, j| {
            let (Some(a), Some(b)) = (points.get(i), points.get(j)) else { return 0.0 };
            if i == j { signal + noise } else { signal * matern(distance(a, b, lengths)) }
        });
        let cholesky = Cholesky::new(covariance)?;
        let ones = cholesky.solve(&DVector::from_element(n, 1.0));
        let total = ones.sum();
        let mean = ones.dot(values) / total;
        let centred = values.map(|v| v - mean);
        let weights = cholesky.solve(&centred);
        let half_log_det: f64 = cholesky.l_dirty().diagonal().iter().map(|d| libm::log(*d)).sum();
        let log_likelihood =
            -0.5 * centred.dot(&weights) - half_log_det - 0.5 * n as f64 * libm::log(std::f64::consts::TAU);
        let fitted = Self { cholesky, inverse: Vec::new(), ones, total, mean, weights, log_likelihood };
        fitted.log_likelihood.is_finite().then_some(fitted)
    }
}

impl GaussianProcess {
    /// The process whose lengths and variance make `values` at `points` most likely. `noise` is the variance of a value,
    /// at least 0. Every point has the same parameters in the same order.
    ///
    /// `None` without two points, with a value that is not finite, or where the arithmetic fails.
    pub fn fit(points: &[Vec<(usize, f64)>], values: &[f64], noise: f64) -> Option<Self> {
        let parameters = points.first()?.iter().map(|(number, _)| number + 1).max()?;
        if points.len() != values.len() || points.len() < 2 || !values.iter().chain([&noise]).all(|v| v.is_finite()) {
            return None;
        }
        let n = values.len() as f64;
        let offset = values.iter().sum::<f64>() / n;
        let spread = (values.iter().map(|v| (v - offset) * (v - offset)).sum::<f64>() / n).sqrt();
        let scale = if spread > 0.0 { spread } else { 1.0 };
        let inside = DVector::from_iterator(values.len(), values.iter().map(|v| (v - offset) / scale));
        let noise = (noise / (scale * scale)).max(JITTER);
        let with = |lengths: &[f64], signal: f64| Fitted::new(points, &inside, lengths, signal, noise);
        let (mut lengths, mut signal) = (vec![0.6; parameters], 1.0);
        let mut best = with(&lengths, signal)?;
        for _ in 0..SWEEPS {
            let before = best.log_likelihood;
            for parameter in 0..parameters {
                for length in LENGTHS {
                    let mut other = lengths.clone();
                    other.iter_mut().skip(parameter).take(1).for_each(|l| *l = length);
                    if let Some(fitted) = with(&other, signal).filter(|f| f.log_likelihood > best.log_likelihood) {
                        (best, lengths) = (fitted, other);
                    }
                }
            }
            for other in SIGNALS {
                if let Some(fitted) = with(&lengths, other).filter(|f| f.log_likelihood > best.log_likelihood) {
                    (best, signal) = (fitted, other);
                }
            }
            if best.log_likelihood <= before {
                break;
            }
        }
        // Once, because predictions are many.
        best.inverse = best.cholesky.inverse().as_slice().to_vec();
        Some(Self { points: points.to_vec(), lengths, signal, fitted: best, offset, scale })
    }

    /// Mean and standard deviation of the process, without noise, at a point.
    pub fn predict(&self, point: &[(usize, f64)]) -> (f64, f64) {
        let point = point.to_vec();
        let near = |p: &Features| self.signal * matern(distance(p, &point, &self.lengths));
        let covariance: Vec<f64> = self.points.iter().map(near).collect();
        let dot = |v: &DVector<f64>| covariance.iter().zip(v.iter()).map(|(a, b)| a * b).sum::<f64>();
        let mean = self.fitted.mean + dot(&self.fitted.weights);
        let known = self.fitted.form(&covariance);
        let unexplained = 1.0 - dot(&self.fitted.ones);
        let variance = self.signal - known + unexplained * unexplained / self.fitted.total;
        (self.offset + self.scale * mean, self.scale * variance.max(0.0).sqrt())
    }

    /// Length of each parameter's correlation, in parts of its range.
    pub fn lengths(&self) -> &[f64] {
        &self.lengths
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(x: f64) -> Features {
        vec![(0, x)]
    }

    #[test]
    fn the_covariance_is_materns() {
        // (1 + √5 + 5/3) e^−√5 at distance 1; 1 at 0.
        assert_eq!(matern(0.0), 1.0);
        assert!((matern(1.0) - 0.523_994_108_831_820_3).abs() < 1e-12);
    }

    /// Two points of values −1 and 1 (already of mean 0 and variance 1). By symmetry the mean is 0, so at the middle the
    /// prediction is 0, and with r the correlation of the two the weights are ±1/(σ²(1 − r) + noise).
    #[test]
    fn two_points_by_hand() {
        let values = DVector::from_vec(vec![-1.0, 1.0]);
        let (signal, noise) = (4.0, 0.5);
        let fitted = Fitted::new(&[at(0.0), at(1.0)], &values, &[2.0], signal, noise).unwrap();
        let r = matern(0.5);
        assert!(fitted.mean.abs() < 1e-15);
        assert!((fitted.weights[1] - 1.0 / (signal * (1.0 - r) + noise)).abs() < 1e-12);
        // 1ᵀ K⁻¹ 1 = 2 / (σ² (1 + r) + noise); |K| = (σ² + noise)² − (σ² r)².
        assert!((fitted.total - 2.0 / (signal * (1.0 + r) + noise)).abs() < 1e-12);
        let det = (signal + noise) * (signal + noise) - signal * signal * r * r;
        let expected = -1.0 / (signal * (1.0 - r) + noise) - 0.5 * libm::log(det) - libm::log(std::f64::consts::TAU);
        assert!((fitted.log_likelihood - expected).abs() < 1e-12);
    }

    /// At a measured point without noise there is nothing left to know; far away there is the mean, with more than the
    /// process's own variance, because the mean is estimated.
    #[test]
    fn predictions_pass_through_what_is_known() {
        let points: Vec<Features> = [0.0, 0.2, 0.5, 0.8, 1.0].map(at).to_vec();
        let values = [3.0, 1.0, 0.5, 2.0, 4.0];
        let process = GaussianProcess::fit(&points, &values, 0.0).unwrap();
        for (point, value) in points.iter().zip(values) {
            let (mean, sd) = process.predict(point);
            assert!((mean - value).abs() < 1e-4 && sd < 1e-2, "{mean} {sd} {value}");
        }
        let (_, beside) = process.predict(&at(0.35));
        assert!(beside > 0.01);
    }

    #[test]
    fn what_cannot_be_fitted_is_refused() {
        assert!(GaussianProcess::fit(&[], &[], 0.0).is_none());
        assert!(GaussianProcess::fit(&[at(0.0)], &[1.0], 0.0).is_none());
        assert!(GaussianProcess::fit(&[at(0.0), at(1.0)], &[1.0, f64::NAN], 0.0).is_none());
        // All values alike: flat, and no division by nothing.
        let flat = GaussianProcess::fit(&[at(0.0), at(1.0)], &[2.0, 2.0], 0.0).unwrap();
        assert!((flat.predict(&at(0.5)).0 - 2.0).abs() < 1e-9);
        // Twice the same point.
        assert!(GaussianProcess::fit(&[at(0.5), at(0.5), at(1.0)], &[2.0, 2.5, 1.0], 0.1).is_some());
    }
}
