//! From measurements of time and power at several clocks to a row of the device catalogue.
//!
//! ```text
//! measurements  CSV     → kernel, clock, time, power
//! speed         times   → norm of the device, beta of each kernel
//! power         powers  → base, voltage knee, activity of each kernel
//! row           both    → a device row with the fit's errors
//! ```
//!
//! Everything minimises the sum of squared *relative* errors, so that a short kernel counts as much as a long one. An
//! error is told within the sample and with each clock left out in turn: the second says what the form is worth
//! between its points.

mod measurements;
mod power;
mod row;
mod speed;

pub use measurements::{Measurement, read_measurements};
pub use power::{Law, PowerFit};
pub use row::device_row;
pub use speed::SpeedFit;

use std::collections::BTreeMap;

use crate::catalogue::{CalibrationSpec, FitError};
use crate::json::Hertz;

/// Measurements by kernel, each a list of clock in GHz, time in s, power in W.
pub(crate) type Kernels = BTreeMap<String, Vec<Point>>;

/// One measurement of a kernel.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Point {
    pub(crate) ghz: f64,
    pub(crate) seconds: f64,
    pub(crate) watts: f64,
}

/// A device as fitted.
#[derive(Clone, Debug, PartialEq)]
pub struct Calibration {
    /// Time by clock.
    pub speed: SpeedFit,
    /// Power by clock.
    pub power: PowerFit,
    /// Errors and range.
    pub quality: CalibrationSpec,
    /// The clocks measured, in GHz, ascending.
    pub clocks: Vec<f64>,
}

/// What cannot be fitted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CalibrationError {
    /// Too few clocks.
    #[error("found {found} clocks in the range, expected at least 4: the forms have three parameters")]
    TooFewClocks {
        /// How many there are.
        found: usize,
    },
    /// A kernel was measured too rarely.
    #[error("kernel {kernel}: found {found} clocks in the range, expected at least 3")]
    TooFewPoints {
        /// Which.
        kernel: String,
        /// How often.
        found: usize,
    },
}

/// Fits a device to `measurements` at clocks from `from` to `to` GHz.
///
/// # Errors
/// There are fewer than 4 clocks in the range, or fewer than 3 of one kernel.
pub fn calibrate(measurements: &[Measurement], from: f64, to: f64, law: Law) -> Result<Calibration, CalibrationError> {
    let mut kernels = Kernels::new();
    for m in measurements.iter().filter(|m| (from..=to).contains(&m.ghz)) {
        let point = Point { ghz: m.ghz, seconds: m.seconds, watts: m.watts };
        kernels.entry(m.kernel.clone()).or_default().push(point);
    }
    let clocks = clocks_of(&kernels);
    if clocks.len() < 4 {
        return Err(CalibrationError::TooFewClocks { found: clocks.len() });
    }
    for (kernel, points) in &kernels {
        let mut own: Vec<f64> = points.iter().map(|p| p.ghz).collect();
        own.sort_by(f64::total_cmp);
        own.dedup();
        if own.len() < 3 {
            return Err(CalibrationError::TooFewPoints { kernel: kernel.clone(), found: own.len() });
        }
    }
    let top = clocks.last().copied().unwrap_or(1.0);
    let speed = SpeedFit::of(&kernels, top);
    let power = PowerFit::of(&kernels, law);
    let within = errors(&kernels, &speed, &power);
    let left_out = left_out(&kernels, &clocks, law);
    let both = |i: usize| FitError { within: within.mean(i), left_out: left_out.mean(i) };
    let quality = CalibrationSpec {
        points: kernels.values().map(Vec::len).sum::<usize>() as u32,
        kernels: kernels.len() as u32,
        from: Hertz(clocks.first().copied().unwrap_or(0.0) * 1e9),
        to: Hertz(top * 1e9),
        time: both(0),
        power: both(1),
        energy: both(2),
    };
    Ok(Calibration { speed, power, quality, clocks })
}

fn clocks_of(kernels: &Kernels) -> Vec<f64> {
    let mut clocks: Vec<f64> = kernels.values().flatten().map(|p| p.ghz).collect();
    clocks.sort_by(f64::total_cmp);
    clocks.dedup();
    clocks
}

/// Sums of absolute relative errors of time, power and energy.
#[derive(Clone, Copy, Debug, Default)]
struct Errors {
    sums: [f64; 3],
    count: u32,
}

impl Errors {
    fn mean(&self, i: usize) -> f64 {
        self.sums[i] / f64::from(self.count.max(1))
    }

    fn add(self, other: Self) -> Self {
        let [a, b, c] = self.sums;
        let [d, e, f] = other.sums;
        Self { sums: [a + d, b + e, c + f], count: self.count + other.count }
    }
}

fn errors(kernels: &Kernels, speed: &SpeedFit, power: &PowerFit) -> Errors {
    let mut errors = Errors::default();
    for (kernel, points) in kernels {
        for p in points {
            let (Some(time), Some(watts)) = (speed.time(kernel, p.ghz), power.watts(kernel, p.ghz)) else { continue };
            let relative = |fitted: f64, measured: f64| (fitted / measured - 1.0).abs();
            errors.sums[0] += relative(time, p.seconds);
            errors.sums[1] += relative(watts, p.watts);
            errors.sums[2] += relative(time * watts, p.seconds * p.watts);
            errors.count += 1;
        }
    }
    errors
}

/// Errors at each clock by a fit to all others.
fn left_out(kernels: &Kernels, clocks: &[f64], law: Law) -> Errors {
    clocks.iter().fold(Errors::default(), |sum, clock| {
        let part = |keep: fn(f64, f64) -> bool| -> Kernels {
            let of = |points: &Vec<Point>| points.iter().copied().filter(|p| keep(p.ghz, *clock)).collect();
            kernels.iter().map(|(k, points)| (k.clone(), of(points))).collect()
        };
        let (others, these) = (part(|a, b| a != b), part(|a, b| a == b));
        let top = clocks_of(&others).last().copied().unwrap_or(1.0);
        sum.add(errors(&these, &SpeedFit::of(&others, top), &PowerFit::of(&others, law)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two kernels on a device of known law: 40 W + C f V², V = 1 to 1.2 GHz, then 1 + 0.5 (f − 1.2).
    fn known() -> Vec<Measurement> {
        let voltage = |f: f64| if f <= 1.2 { 1.0 } else { 1.0 + 0.5 * (f - 1.2) };
        let mut all = Vec::new();
        for (kernel, c, beta) in [("dense", 100.0, 0.9), ("sparse", 60.0, 0.3)] {
            for i in 0..=12 {
                let ghz = 0.8 + 0.05 * f64::from(i);
                let watts = 40.0 + c * ghz * voltage(ghz) * voltage(ghz);
                let seconds = 2.0 * (beta * 1.4 / ghz + 1.0 - beta);
                all.push(Measurement { kernel: kernel.to_owned(), ghz, seconds, watts });
            }
        }
        all
    }

    #[test]
    fn a_known_device_is_found_again() {
        let fit = calibrate(&known(), 0.0, 9.0, Law::Knee).unwrap();
        let near = |a: f64, b: f64, within: f64| assert!((a / b - 1.0).abs() < within, "{a} {b}");
        near(fit.power.base, 40.0, 0.01);
        near(fit.power.knee, 1.2, 0.01);
        near(fit.power.slope, 0.5, 0.03);
        near(fit.power.per_ghz["dense"], 100.0, 0.01);
        near(fit.power.per_ghz["sparse"], 60.0, 0.01);
        assert_eq!(fit.speed.norm, 1.0);
        near(fit.speed.beta("dense").unwrap(), 0.9, 1e-9);
        near(fit.speed.beta("sparse").unwrap(), 0.3, 1e-9);
        for error in [fit.quality.time, fit.quality.power, fit.quality.energy] {
            assert!(error.within < 1e-3 && error.left_out < 1e-3, "{error:?}");
        }
        assert_eq!((fit.quality.points, fit.quality.kernels), (26, 2));
    }

    #[test]
    fn a_form_that_does_not_fit_says_so() {
        // Linear up to a knee is no cubic.
        let of = |law| calibrate(&known(), 0.0, 9.0, law).unwrap().quality.power.within;
        assert!(of(Law::Cubic) > 20.0 * of(Law::Knee), "{} {}", of(Law::Cubic), of(Law::Knee));
        let cubic = known().into_iter().map(|m| Measurement { watts: 40.0 + 60.0 * m.ghz * m.ghz * m.ghz, ..m });
        let fit = calibrate(&cubic.collect::<Vec<_>>(), 0.0, 9.0, Law::Cubic).unwrap();
        assert!(fit.quality.power.within < 1e-9 && (fit.power.base - 40.0).abs() < 1e-6, "{fit:?}");
    }

    #[test]
    fn too_few_clocks_are_refused() {
        let error = calibrate(&known(), 0.79, 0.91, Law::Knee).unwrap_err();
        assert_eq!(error, CalibrationError::TooFewClocks { found: 3 });
        let mut lone = known();
        lone.push(Measurement { kernel: "lone".into(), ghz: 1.0, seconds: 1.0, watts: 1.0 });
        let error = calibrate(&lone, 0.0, 9.0, Law::Knee).unwrap_err();
        assert_eq!(error, CalibrationError::TooFewPoints { kernel: "lone".into(), found: 1 });
    }
}
