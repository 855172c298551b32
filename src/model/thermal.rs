//! The temperature of a unit: one thermal resistance, one capacitance, and leakage that grows with it.
//!
//! `C dT/dt = P(T) − (T − Ta)/R` with `P(T) = P0 + g (T − T0)`: the RC model of Skadron et al. (ISCA 2003) with
//! leakage linear in the temperature (Liao, He & Lepak, IEEE TCAD 2005). With `1/R' = 1/R − g` it has the form of a
//! chip without leakage: between two changes of power `T(t) = T∞ + (T(0) − T∞) exp(−t / R'C)`.
//!
//! Temperatures are in °C, powers in W, times in s.

use crate::units::SimDuration;

/// What a device's temperature follows from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Thermal {
    /// From the chip to the air, K/W.
    pub resistance: f64,
    /// Of the chip and what is fixed to it, J/K.
    pub capacitance: f64,
    /// Growth of the leakage power with the temperature, W/K; 0 for none. Below `1 / resistance`.
    pub leakage: f64,
    /// Temperature at which the device's powers are as they are written down.
    pub reference: f64,
    /// What heat does to the clock, if anything.
    pub throttle: Option<Throttle>,
}

/// When heat takes the clock down, and when it gives it back.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Throttle {
    /// From this temperature on the clock goes down.
    pub above: f64,
    /// At this one, which is lower, it may go up again.
    pub below: f64,
    /// The lowest P-state that heat forces.
    pub floor: u8,
    /// One P-state each such period; `None`: to `floor` and back at once.
    pub step: Option<SimDuration>,
}

/// A stretch of constant power and ambient temperature.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Segment {
    /// Temperature at its beginning.
    pub start: f64,
    /// Temperature that it tends to.
    pub limit: f64,
    /// Time constant in s.
    pub tau: f64,
}

impl Segment {
    /// The stretch that begins at temperature `start`, at a power of `power` at the reference temperature, which
    /// grows with the temperature where it `leaks`.
    pub fn new(thermal: &Thermal, start: f64, ambient: f64, power: f64, leaks: bool) -> Self {
        let growth = if leaks { thermal.leakage } else { 0.0 };
        let resistance = 1.0 / (1.0 / thermal.resistance - growth);
        let limit = (power - growth * thermal.reference + ambient / thermal.resistance) * resistance;
        Self { start, limit, tau: resistance * thermal.capacitance }
    }

    /// Temperature after `t` seconds.
    pub fn at(&self, t: f64) -> f64 {
        self.limit + (self.start - self.limit) * libm::exp(-t / self.tau)
    }

    /// Integral of the temperature over the first `t` seconds, in K s.
    pub fn integral(&self, t: f64) -> f64 {
        self.limit * t - (self.start - self.limit) * self.tau * libm::expm1(-t / self.tau)
    }

    /// Seconds until the temperature is `to`; `None` where it never is.
    pub fn reaches(&self, to: f64) -> Option<f64> {
        let (all, left) = (self.limit - self.start, self.limit - to);
        let between = if all > 0.0 { self.start <= to && to < self.limit } else { self.limit < to && to <= self.start };
        between.then(|| self.tau * libm::log(all / left))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Thermal =
        Thermal { resistance: 0.5, capacitance: 100.0, leakage: 0.0, reference: 25.0, throttle: None };

    /// 0.2 W/K: 1/R' = 2 − 0.2 = 1.8 W/K.
    const LEAKY: Thermal = Thermal { leakage: 0.2, ..PLAIN };

    fn close(a: f64, b: f64) {
        assert!((a - b).abs() <= 1e-9 * b.abs().max(1.0), "{a} {b}");
    }

    /// 100 W from 20 °C: limit 20 + 50 = 70 °C, τ = 50 s. Half of the way, 45 °C, takes 50 ln 2 s.
    #[test]
    fn a_constant_power_warms_to_its_limit() {
        let s = Segment::new(&PLAIN, 20.0, 20.0, 100.0, true);
        assert_eq!((s.limit, s.tau), (70.0, 50.0));
        close(s.reaches(45.0).unwrap(), 50.0 * std::f64::consts::LN_2);
        close(s.at(50.0 * std::f64::consts::LN_2), 45.0);
        assert_eq!([70.0, 71.0, 19.0].map(|t| s.reaches(t)), [None, None, None]);
        assert_eq!(s.reaches(20.0), Some(0.0));
    }

    /// Without power from 70 °C: down to 45 °C, half of the way to 20 °C, in 50 ln 2 s.
    #[test]
    fn without_power_it_cools() {
        let s = Segment::new(&PLAIN, 70.0, 20.0, 0.0, true);
        close(s.reaches(45.0).unwrap(), 50.0 * std::f64::consts::LN_2);
        assert_eq!([20.0, 75.0].map(|t| s.reaches(t)), [None, None]);
    }

    /// T = 20 + 0.5 (100 + 0.2 (T − 25)) gives T = (20 + 50 − 2.5) / 0.9 = 75 °C, where it draws 110 W.
    /// τ = 100 / 1.8 s.
    #[test]
    fn leakage_raises_the_limit_and_the_time_constant() {
        let s = Segment::new(&LEAKY, 20.0, 20.0, 100.0, true);
        close(s.limit, 75.0);
        close(s.tau, 100.0 / 1.8);
        let asleep = Segment::new(&LEAKY, 20.0, 20.0, 100.0, false);
        assert_eq!((asleep.limit, asleep.tau), (70.0, 50.0));
    }

    /// The closed forms against steps of a hundredth of a second by the midpoint method.
    #[test]
    fn closed_forms_agree_with_small_steps() {
        let s = Segment::new(&LEAKY, 30.0, 20.0, 100.0, true);
        let slope = |t: f64| (100.0 + 0.2 * (t - 25.0) - (t - 20.0) / 0.5) / 100.0;
        let (mut t, mut area, h) = (30.0, 0.0, 0.01);
        for _ in 0..8_000 {
            let middle = t + 0.5 * h * slope(t);
            area += h * middle;
            t += h * slope(middle);
        }
        assert!((s.at(80.0) - t).abs() < 1e-6, "{} {t}", s.at(80.0));
        assert!((s.integral(80.0) - area).abs() < 1e-3, "{} {area}", s.integral(80.0));
    }
}
