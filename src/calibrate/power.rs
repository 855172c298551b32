//! Power by clock.

use std::collections::BTreeMap;

use super::{Kernels, Point};

/// How power grows with the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Law {
    /// `base + C f V(f)²`, the voltage flat up to a knee and linear beyond it.
    Knee,
    /// `base + C f³`.
    Cubic,
}

/// A fitted law: the base and the voltage curve belong to the device, the switched capacitance to each kernel.
#[derive(Clone, Debug, PartialEq)]
pub struct PowerFit {
    /// Its form.
    pub law: Law,
    /// Power at clock 0 in W, leakage with it.
    pub base: f64,
    /// Where the voltage begins to rise, in GHz; meaningless for [`Law::Cubic`].
    pub knee: f64,
    /// Rise of the voltage per GHz, relative to the flat one; meaningless for [`Law::Cubic`].
    pub slope: f64,
    /// `C` by kernel, in W/GHz; in W/GHz³ for [`Law::Cubic`].
    pub per_ghz: BTreeMap<String, f64>,
}

/// The search for the knee begins on a grid of so many steps each way.
const GRID: u32 = 24;
/// The steepest rise that is looked for, per GHz.
const STEEPEST: f64 = 1.5;
/// Each round of refinement halves the steps.
const ROUNDS: u32 = 12;

impl PowerFit {
    pub(super) fn of(kernels: &Kernels, law: Law) -> Self {
        if law == Law::Cubic {
            return Self::linear(kernels, law, 0.0, 0.0).0;
        }
        let clocks = super::clocks_of(kernels);
        let (low, high) = (clocks.first().copied().unwrap_or(0.0), clocks.last().copied().unwrap_or(1.0));
        let mut steps = ((high - low) / f64::from(GRID), STEEPEST / f64::from(GRID));
        let start = Self::linear(kernels, law, low, 0.0);
        let on_grid = (0..=GRID).flat_map(|i| (0..=GRID).map(move |j| (f64::from(i), f64::from(j))));
        let mut best =
            on_grid.fold(start, |best, (i, j)| least(best, Self::linear(kernels, law, low + i * steps.0, j * steps.1)));
        for _ in 0..ROUNDS {
            let centre = (best.0.knee, best.0.slope);
            for (i, j) in
                [(-1.0, -1.0), (-1.0, 0.0), (-1.0, 1.0), (0.0, -1.0), (0.0, 1.0), (1.0, -1.0), (1.0, 0.0), (1.0, 1.0)]
            {
                let knee = (centre.0 + i * steps.0).clamp(low, high);
                let slope = (centre.1 + j * steps.1).max(0.0);
                best = least(best, Self::linear(kernels, law, knee, slope));
            }
            if (best.0.knee, best.0.slope) == centre {
                steps = (steps.0 / 2.0, steps.1 / 2.0);
            }
        }
        best.0
    }

    /// With the voltage curve given, base and capacitances are linear: weighted least squares, each capacitance
    /// eliminated, the base not below 0. Returns the sum of squared relative errors too.
    fn linear(kernels: &Kernels, law: Law, knee: f64, slope: f64) -> (Self, f64) {
        let mut fit = Self { law, base: 0.0, knee, slope, per_ghz: BTreeMap::new() };
        // Of each kernel, with weights 1/P²: Σ w g², Σ w g, Σ w g P.
        let mut sums = Vec::with_capacity(kernels.len());
        let (mut above, mut below) = (0.0, 0.0);
        for points in kernels.values() {
            let [mut gg, mut g1, mut gp, mut one, mut p1] = [0.0; 5];
            for Point { ghz, watts, .. } in points {
                let (g, w) = (fit.shape(*ghz), 1.0 / (watts * watts));
                gg += w * g * g;
                g1 += w * g;
                gp += w * g * watts;
                one += w;
                p1 += w * watts;
            }
            above += p1 - g1 * gp / gg;
            below += one - g1 * g1 / gg;
            sums.push((gg, g1, gp));
        }
        fit.base = if below > 0.0 { (above / below).max(0.0) } else { 0.0 };
        let base = fit.base;
        let capacitances = sums.iter().map(|(gg, g1, gp)| ((gp - base * g1) / gg).max(0.0));
        fit.per_ghz = kernels.keys().cloned().zip(capacitances).collect();
        let of = |(kernel, points): (&String, &Vec<Point>)| -> f64 {
            let error = |p: &Point| fit.watts(kernel, p.ghz).map_or(0.0, |w| w / p.watts - 1.0);
            points.iter().map(|p| error(p) * error(p)).sum()
        };
        let squares = kernels.iter().map(of).sum();
        (fit, squares)
    }

    /// Dynamic power over `C` at `ghz`.
    fn shape(&self, ghz: f64) -> f64 {
        match self.law {
            Law::Cubic => ghz * ghz * ghz,
            Law::Knee => {
                let voltage = 1.0 + self.slope * (ghz - self.knee).max(0.0);
                ghz * voltage * voltage
            }
        }
    }

    /// Power of a kernel at `ghz`, in W.
    pub fn watts(&self, kernel: &str, ghz: f64) -> Option<f64> {
        Some(self.base + self.per_ghz.get(kernel)? * self.shape(ghz))
    }

    /// Power of the typical kernel at `ghz`, in W.
    pub fn typical_watts(&self, ghz: f64) -> f64 {
        self.base + self.typical_per_ghz() * self.shape(ghz)
    }

    /// The median of the kernels' capacitances.
    pub fn typical_per_ghz(&self) -> f64 {
        median(self.per_ghz.values().copied().collect())
    }
}

/// The one with the lesser second part; the first where they are equal.
fn least(a: (PowerFit, f64), b: (PowerFit, f64)) -> (PowerFit, f64) {
    if b.1 < a.1 { b } else { a }
}

/// The middle value, or the mean of the two; 0 of nothing.
pub(super) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let n = values.len();
    match (n.checked_sub(1).and_then(|last| values.get(last / 2)), values.get(n / 2)) {
        (Some(a), Some(b)) => (a + b) / 2.0,
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(
            [median(vec![]), median(vec![3.0]), median(vec![4.0, 1.0]), median(vec![9.0, 1.0, 2.0])],
            [0.0, 3.0, 2.5, 2.0]
        );
    }
}
