//! How long work takes on a device, and how that scales with its clock.

use super::Device;

/// Seconds that operations and bytes take on a device (Williams, Waterman & Patterson, CACM 2009).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Roofline {
    /// Seconds per operation; 0 where the device has no peak for the precision.
    pub per_flop: f64,
    /// Seconds per byte; 0 where the device has no memory bandwidth.
    pub per_byte: f64,
    /// How the two times combine: the p of their p-norm, at least 1. They add up for 1 and overlap for infinity.
    pub norm: f64,
}

impl Default for Roofline {
    fn default() -> Self {
        Self { per_flop: 0.0, per_byte: 0.0, norm: f64::INFINITY }
    }
}

impl Roofline {
    /// Seconds of `flops` operations and `bytes` moved at the highest clock.
    pub fn seconds(&self, flops: f64, bytes: f64) -> f64 {
        p_norm(flops * self.per_flop, bytes * self.per_byte, self.norm)
    }

    /// Progress per second where the highest clock is `ratio` times the present one, relative to that at the highest:
    /// the operations take longer, the bytes do not.
    pub fn rate(&self, flops: f64, bytes: f64, ratio: f64) -> f64 {
        slowed(flops * self.per_flop, bytes * self.per_byte, ratio, self.norm)
    }
}

/// How the time of a class of tasks scales with the clock of a device.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scaling {
    /// Share of the time that scales with the clock, in [0, 1]: `t_c / (t_c + t_m)` at the highest.
    pub beta: f64,
    /// The p of the p-norm by which `t_c` and `t_m` combine, at least 1.
    pub norm: f64,
    /// Whether a task that states operations and bytes scales by these, and not by `beta`.
    pub counts: bool,
}

impl Device {
    /// The roofline at `precision`.
    pub fn roofline(&self, precision: &str) -> Roofline {
        let peak = self.peaks.iter().find(|(name, _)| &**name == precision);
        Roofline {
            per_flop: peak.map_or(0.0, |(_, rate)| 1.0 / rate),
            per_byte: self.bandwidth.map_or(0.0, |rate| 1.0 / rate),
            norm: self.roofline_norm,
        }
    }

    /// How the time of a task scales that says nothing of it.
    pub const fn scaling(&self) -> Scaling {
        Scaling { beta: self.beta, norm: self.norm, counts: true }
    }

    /// How many times the highest clock is that of P-state `p`; `None` where it is that clock, or none is published.
    pub fn slowness(&self, p: usize) -> Option<f64> {
        match (self.pstates.get(p), self.pstates.last()) {
            (Some(at), Some(top)) if at.frequency > 0.0 && at.frequency < top.frequency => {
                Some(top.frequency / at.frequency)
            }
            _ => None,
        }
    }

    /// Progress per second in P-state `p`, relative to the top one.
    ///
    /// `t(f) = ((t_c fmax/f)^p + t_m^p)^(1/p)` with `t_c : t_m = β : 1 − β`. For `p = 1` that is the β model
    /// `t(f) = t(fmax) (β fmax/f + 1 − β)` (Hsu & Kremer, PLDI 2003); for infinity, the greater of the two.
    pub fn rate(&self, p: usize, scaling: Scaling) -> f64 {
        let Some(ratio) = self.slowness(p) else { return 1.0 };
        let Scaling { beta, norm, .. } = scaling;
        if norm == 1.0 { 1.0 / (beta * ratio + 1.0 - beta) } else { slowed(beta, 1.0 - beta, ratio, norm) }
    }
}

/// `t(fmax) / t(f)`, `compute` being stretched by `ratio`; 1 where there is nothing to do.
fn slowed(compute: f64, memory: f64, ratio: f64, norm: f64) -> f64 {
    let rate = p_norm(compute, memory, norm) / p_norm(compute * ratio, memory, norm);
    // Nothing over nothing is no number, and takes no time at any clock.
    if rate > 0.0 { rate } else { 1.0 }
}

/// `(a^p + b^p)^(1/p)`: the sum for 1, the greater for infinity.
fn p_norm(a: f64, b: f64, p: f64) -> f64 {
    if p == 1.0 {
        return a + b;
    }
    let (low, high) = if a < b { (a, b) } else { (b, a) };
    if p == f64::INFINITY || low <= 0.0 {
        return high;
    }
    // Relative to the greater one, so that no power overflows.
    high * libm::pow(1.0 + libm::pow(low / high, p), 1.0 / p)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-12 * expected.abs().max(1.0), "found {found}, expected {expected}");
    }

    /// Sides 3 and 4: 7 one after the other, 5 in the Euclidean norm, 4 overlapped.
    #[test]
    fn the_norm_goes_from_the_sum_to_the_greater() {
        let roofline = |norm| Roofline { per_flop: 1.0, per_byte: 2.0, norm };
        for (norm, seconds) in [(1.0, 7.0), (2.0, 5.0), (f64::INFINITY, 4.0)] {
            close(roofline(norm).seconds(3.0, 2.0), seconds);
        }
        // Operations take twice as long: sides 6 and 4, so 10, √52 and 6.
        for (norm, rate) in [(1.0, 0.7), (2.0, 5.0 / 52f64.sqrt()), (f64::INFINITY, 4.0 / 6.0)] {
            close(roofline(norm).rate(3.0, 2.0, 2.0), rate);
        }
    }

    #[test]
    fn nothing_to_do_takes_no_time_at_any_clock() {
        for norm in [1.0, 2.0, f64::INFINITY] {
            close(Roofline { per_flop: 0.0, per_byte: 0.0, norm }.rate(3.0, 2.0, 2.0), 1.0);
            close(Roofline { per_flop: 1.0, per_byte: 1.0, norm }.rate(0.0, 2.0, 2.0), 1.0);
            close(Roofline { per_flop: 1.0, per_byte: 1.0, norm }.rate(3.0, 0.0, 2.0), 0.5);
        }
    }
}
