//! Heat in closed form: what a throttled device does in the long run.

/// A device with one thermal resistance and capacitance that alternates between two powers: at `high` W until it is
/// at `hot` °C, at `low` W until it is at `cool` °C, and so on.
///
/// `C dT/dt = P − (T − Ta)/R` (Skadron et al., ISCA 2003).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ThrottleCycle {
    /// K/W.
    pub resistance: f64,
    /// J/K.
    pub capacitance: f64,
    /// Of the air in °C.
    pub ambient: f64,
    /// Power at full clock in W.
    pub high: f64,
    /// Throttled power in W.
    pub low: f64,
    /// Where throttling begins, in °C.
    pub hot: f64,
    /// Where it ends, in °C.
    pub cool: f64,
}

impl ThrottleCycle {
    /// Seconds at full clock and seconds throttled of each cycle; `None` where it does not alternate.
    pub fn times(&self) -> Option<(f64, f64)> {
        let tau = self.resistance * self.capacitance;
        let (up, down) = (self.ambient + self.high * self.resistance, self.ambient + self.low * self.resistance);
        let alternates = down < self.cool && self.cool < self.hot && self.hot < up;
        let full = tau * libm::log((up - self.cool) / (up - self.hot));
        let throttled = tau * libm::log((self.hot - down) / (self.cool - down));
        alternates.then_some((full, throttled))
    }

    /// Share of the time that it is throttled.
    pub fn throttled_share(&self) -> Option<f64> {
        self.times().map(|(full, throttled)| throttled / (full + throttled))
    }

    /// Mean power over a cycle in W.
    pub fn mean_power(&self) -> Option<f64> {
        self.throttled_share().map(|share| self.high + share * (self.low - self.high))
    }
}

/// Steady temperature in °C of a device that draws `power` W at `reference` °C and `growth` W more for each kelvin
/// above it: `T = (Ta + R (P − g T0)) / (1 − g R)`; `None` where it runs away, `g R ≥ 1` (Liao, He & Lepak, IEEE TCAD
/// 2005).
pub fn leaky_steady_state(resistance: f64, ambient: f64, power: f64, growth: f64, reference: f64) -> Option<f64> {
    let gain = 1.0 - growth * resistance;
    (gain > 0.0).then(|| (ambient + resistance * (power - growth * reference)) / gain)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Limits of 70 and 40 °C, τ = 50 s, between 60 and 50 °C: 50 ln 2 s each way, so half of the time, at 70 W.
    #[test]
    fn a_symmetric_cycle_is_half_throttled() {
        let cycle = ThrottleCycle {
            resistance: 0.5,
            capacitance: 100.0,
            ambient: 20.0,
            high: 100.0,
            low: 40.0,
            hot: 60.0,
            cool: 50.0,
        };
        let (full, throttled) = cycle.times().unwrap();
        let half = 50.0 * std::f64::consts::LN_2;
        assert!((full - half).abs() < 1e-12 && (throttled - half).abs() < 1e-12);
        assert!((cycle.mean_power().unwrap() - 70.0).abs() < 1e-12);
        assert_eq!(ThrottleCycle { hot: 71.0, ..cycle }.times(), None);
        assert_eq!(ThrottleCycle { cool: 39.0, ..cycle }.throttled_share(), None);
    }

    /// T = 20 + 0.5 (100 + 0.2 (T − 25)): 75 °C.
    #[test]
    fn leakage_settles_or_runs_away() {
        assert_eq!(leaky_steady_state(0.5, 20.0, 100.0, 0.2, 25.0), Some(75.0));
        assert_eq!(leaky_steady_state(0.5, 20.0, 100.0, 2.0, 25.0), None);
    }
}
