//! Time by clock.

use std::collections::BTreeMap;

use libm::pow;

use super::{Kernels, Point};

/// Norms that are tried; 1 is the β model, larger ones come nearer to the roofline's maximum.
const NORMS: [f64; 9] = [1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0, 6.0, 8.0];

/// A larger norm must be better by so much of the error: where the data cannot tell, the simplest form stands.
const WORTH: f64 = 0.95;

/// `t(f) = ((t_c fmax/f)^p + t_m^p)^(1/p)`: one norm `p` for the device, two times for each kernel.
///
/// Source: the β model of Hsu & Kremer (PLDI 2003) is `p = 1`; the roofline (Williams, Waterman & Patterson, CACM
/// 2009) is its limit.
#[derive(Clone, Debug, PartialEq)]
pub struct SpeedFit {
    /// `p`.
    pub norm: f64,
    /// `fmax` in GHz.
    pub top: f64,
    /// By kernel, the times in seconds that scale with the clock and that do not, at `fmax`.
    pub times: BTreeMap<String, (f64, f64)>,
}

impl SpeedFit {
    pub(super) fn of(kernels: &Kernels, top: f64) -> Self {
        let mut best = Self::with_norm(kernels, top, 1.0);
        let mut least = best.squares(kernels);
        for norm in NORMS {
            let fit = Self::with_norm(kernels, top, norm);
            let squares = fit.squares(kernels);
            if squares < WORTH * WORTH * least {
                (best, least) = (fit, squares);
            }
        }
        best
    }

    fn with_norm(kernels: &Kernels, top: f64, norm: f64) -> Self {
        let times = kernels.iter().map(|(k, points)| (k.clone(), times(points, top, norm))).collect();
        Self { norm, top, times }
    }

    /// Sum of squared relative errors.
    fn squares(&self, kernels: &Kernels) -> f64 {
        let of = |(kernel, points): (&String, &Vec<Point>)| -> f64 {
            let error = |p: &Point| self.time(kernel, p.ghz).map_or(0.0, |t| t / p.seconds - 1.0);
            points.iter().map(|p| error(p) * error(p)).sum()
        };
        kernels.iter().map(of).sum()
    }

    /// Seconds of a kernel at `ghz`.
    pub fn time(&self, kernel: &str, ghz: f64) -> Option<f64> {
        let (compute, memory) = self.times.get(kernel)?;
        Some(pow(pow(compute * self.top / ghz, self.norm) + pow(*memory, self.norm), 1.0 / self.norm))
    }

    /// Of a kernel's two times, the share of the one that scales with the clock: `t_c / (t_c + t_m)`.
    pub fn beta(&self, kernel: &str) -> Option<f64> {
        let (compute, memory) = self.times.get(kernel)?;
        Some(compute / (compute + memory))
    }

    /// The median of all kernels' shares.
    pub fn typical_beta(&self) -> f64 {
        super::power::median(self.times.keys().filter_map(|k| self.beta(k)).collect())
    }
}

/// The two times of a kernel. With `p` given, `t^p` is linear in `f^-p`: weighted least squares, neither time below 0.
fn times(points: &[Point], top: f64, p: f64) -> (f64, f64) {
    let [mut xx, mut x1, mut one, mut xy, mut y1] = [0.0; 5];
    for point in points {
        let (x, y) = (pow(top / point.ghz, p), pow(point.seconds, p));
        let weight = 1.0 / (y * y);
        xx += weight * x * x;
        x1 += weight * x;
        one += weight;
        xy += weight * x * y;
        y1 += weight * y;
    }
    let determinant = xx * one - x1 * x1;
    let (mut a, mut b) = ((xy * one - y1 * x1) / determinant, (xx * y1 - x1 * xy) / determinant);
    if b < 0.0 {
        (a, b) = (xy / xx, 0.0);
    } else if a < 0.0 {
        (a, b) = (0.0, y1 / one);
    }
    (pow(a, 1.0 / p), pow(b, 1.0 / p))
}
