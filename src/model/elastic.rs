//! Gangs whose width may be chosen: what a wider one is worth.

/// A task that can run on any number of units from `min` to `max`.
///
/// Its progress on `k` units is `goodput(k)` of that on one: throughput times statistical efficiency (Qiao et al.,
/// "Pollux: Co-adaptive Cluster Scheduling for Goodput-Optimized Deep Learning", OSDI 2021), each with one parameter:
///
/// * throughput: `k / (1 + serial (k − 1))`, where `serial` is the part of a step on one unit that does not shrink:
///   synchronisation and what is not parallel (Amdahl 1967);
/// * efficiency: `(1 + noise) / (1 + noise k)`, where `1 / noise` is the gradient noise scale in batches of one unit
///   (McCandlish et al. 2018): beyond it, larger batches teach little more.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Elastic {
    /// Least width, at least 1.
    pub min: u32,
    /// Greatest width.
    pub max: u32,
    /// In [0, 1].
    pub serial: f64,
    /// Inverse of the gradient noise scale, at least 0.
    pub noise: f64,
}

impl Elastic {
    /// Progress on `width` units over that on one.
    pub fn goodput(&self, width: u32) -> f64 {
        let k = f64::from(width);
        k / (1.0 + self.serial * (k - 1.0)) * (1.0 + self.noise) / (1.0 + self.noise * k)
    }

    /// Progress on `width` units over that on `reference`.
    pub fn speed(&self, width: u32, reference: u32) -> f64 {
        if width == reference { 1.0 } else { self.goodput(width) / self.goodput(reference) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: 4 / (1 + 0.1 × 3) = 3.0769… of the throughput, 1.05 / 1.2 = 0.875 of the efficiency.
    #[test]
    fn goodput_by_hand() {
        let of = |serial, noise| Elastic { min: 1, max: 8, serial, noise };
        assert_eq!([of(0.0, 0.0).goodput(4), of(1.0, 0.0).goodput(4), of(0.3, 0.7).goodput(1)], [4.0, 1.0, 1.0]);
        assert!((of(0.1, 0.05).goodput(4) - 4.0 / 1.3 * 0.875).abs() < 1e-15);
        assert_eq!(of(0.0, 0.0).speed(4, 8), 0.5);
    }
}
