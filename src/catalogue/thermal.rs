//! Thermal figures: what can be wrong with them, and what the simulation makes of them.

use super::DeviceSpec;
use super::check::is_positive;
use crate::json::Problem;
use crate::model::device::PState;
use crate::model::thermal::{Thermal, Throttle};

/// Absolute zero in °C.
const COLDEST: f64 = -273.15;
/// More than any device survives.
const HOTTEST: f64 = 1000.0;
/// A device that warms up faster than this is a slip in a unit; in s.
const LEAST_TIME_CONSTANT: f64 = 1e-3;
/// `release_at` below `throttle_at`, where it is not given.
const HYSTERESIS: f64 = 5.0;

/// Everything that is wrong with the thermal figures of `device`.
pub(super) fn problems(device: &DeviceSpec) -> Vec<Problem> {
    let Some(t) = &device.thermal else { return Vec::new() };
    let states = device.power.states();
    let mut found = Vec::new();
    let mut wrong = |at: &str, what: String, expected: &str| {
        found.push(Problem::new(format!("/thermal{at}"), what, expected));
    };
    for (at, value, unit) in [("/resistance", t.resistance, "K/W"), ("/capacitance", t.capacitance, "J/K")] {
        if !is_positive(value) || value > 1e12 {
            wrong(at, format!("{value} {unit}"), "more than 0");
        }
    }
    let tau = t.resistance * t.capacitance;
    if is_positive(tau) && tau < LEAST_TIME_CONSTANT {
        wrong("", format!("a time constant of {tau} s"), "resistance × capacitance of at least 1 ms");
    }
    let reference = t.leakage.as_ref().map(|l| l.reference);
    for (at, degrees) in
        [("/throttle_at", t.throttle_at), ("/release_at", t.release_at), ("/leakage/reference", reference)]
    {
        if let Some(degrees) = degrees.filter(|d| !(COLDEST..=HOTTEST).contains(d)) {
            wrong(at, format!("{degrees} °C"), "a temperature from -273.15 to 1000 °C");
        }
    }
    if let (Some(above), Some(below)) = (t.throttle_at, t.release_at)
        && below >= above
    {
        wrong("/release_at", format!("{below} °C"), &format!("less than the {above} °C of `throttle_at`"));
    }
    let asked = [t.release_at.is_some(), t.throttle_to.is_some(), t.step.is_some()];
    if t.throttle_at.is_none() && asked.contains(&true) {
        wrong("", "no `throttle_at`".to_owned(), "the temperature at which the clock goes down");
    }
    if t.throttle_at.is_some() && states.len() < 2 {
        wrong("/throttle_at", format!("{} P-states", states.len()), "at least two, to go down to one");
    }
    if let Some(lowest) = states.first().map(|p| p.frequency.get())
        && let Some(to) = t.throttle_to.map(|f| f.get()).filter(|f| *f < lowest)
    {
        wrong("/throttle_to", format!("{to} Hz"), &format!("at least the {lowest} Hz of the lowest P-state"));
    }
    if let Some(step) = t.step.filter(|s| s.get() < LEAST_TIME_CONSTANT) {
        wrong("/step", format!("{} s", step.get()), "at least 1 ms");
    }
    if let Some(leak) = &t.leakage {
        let growth = leak.power.get() * leak.per_kelvin;
        if !(0.0..=1.0).contains(&leak.per_kelvin) {
            wrong("/leakage/per_kelvin", leak.per_kelvin.to_string(), "a number in [0, 1]");
        } else if growth * t.resistance >= 1.0 {
            let expected = format!(
                "power × per_kelvin below 1 / resistance = {} W/K: beyond, the temperature runs away",
                1.0 / t.resistance
            );
            wrong("/leakage", format!("{growth} W/K"), &expected);
        }
        if leak.power > device.power.idle {
            let found = format!("{} W", leak.power.get());
            let expected = format!("at most the {} W of the idle device, which contain it", device.power.idle.get());
            wrong("/leakage/power", found, &expected);
        }
    }
    found
}

/// The figures for the simulation; none where [`problems`] finds some.
pub(super) fn build(device: &DeviceSpec, pstates: &[PState]) -> Option<Thermal> {
    let t = device.thermal.as_ref().filter(|_| problems(device).is_empty())?;
    let fits = |f: f64| pstates.iter().rposition(|p| p.frequency <= f).unwrap_or(0).min(255) as u8;
    let throttle = t.throttle_at.map(|above| Throttle {
        above,
        below: t.release_at.unwrap_or(above - HYSTERESIS),
        floor: t.throttle_to.map_or(0, |f| fits(f.get())),
        step: t.step.map(|s| s.duration()),
    });
    let leakage = t.leakage.as_ref();
    Some(Thermal {
        resistance: t.resistance,
        capacitance: t.capacitance,
        leakage: leakage.map_or(0.0, |l| l.power.get() * l.per_kelvin),
        reference: leakage.map_or(0.0, |l| l.reference),
        throttle,
    })
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::*;
    use serde_json::{Value, json};

    fn device(thermal: Value) -> DeviceSpec {
        serde_json::from_value(json!({"kind": "gpu", "thermal": thermal, "power": {"idle": 50, "active": 300,
            "pstates": [{"frequency": 1e9, "power": 150}, {"frequency": 1.5e9, "power": 200},
                        {"frequency": 2e9, "power": 300}]}}))
        .unwrap()
    }

    #[test]
    fn thermal_figures_become_physics() {
        let spec = device(json!({"resistance": 0.2, "capacitance": 250, "throttle_at": 85, "throttle_to": "1.7 GHz",
            "step": "2 s", "leakage": {"power": 20, "per_kelvin": 0.01, "reference": 60}}));
        assert_eq!(check(&spec), []);
        let thermal = spec.build("x").thermal.unwrap();
        assert_eq!((thermal.leakage, thermal.reference), (0.2, 60.0));
        let throttle = thermal.throttle.unwrap();
        assert_eq!((throttle.above, throttle.below, throttle.floor), (85.0, 80.0, 1));
        assert_eq!(device(json!({"resistance": 0.2, "capacitance": 250})).build("x").thermal.unwrap().throttle, None);
    }

    #[test]
    fn every_fault_has_its_pointer() {
        for (thermal, pointer) in [
            (json!({"resistance": 0, "capacitance": 1}), "/thermal/resistance"),
            (json!({"resistance": 1, "capacitance": -1}), "/thermal/capacitance"),
            (json!({"resistance": 1e-3, "capacitance": 1e-3}), "/thermal"),
            (json!({"resistance": 1, "capacitance": 1, "release_at": 70}), "/thermal"),
            (json!({"resistance": 1, "capacitance": 1, "throttle_at": -300}), "/thermal/throttle_at"),
            (json!({"resistance": 1, "capacitance": 1, "throttle_at": 80, "release_at": 80}), "/thermal/release_at"),
            (json!({"resistance": 1, "capacitance": 1, "throttle_at": 80, "throttle_to": 1}), "/thermal/throttle_to"),
            (json!({"resistance": 1, "capacitance": 1, "throttle_at": 80, "step": 0}), "/thermal/step"),
            // g R = 25 W · 0.04 /K · 1 K/W = 1: it runs away.
            (
                json!({"resistance": 1, "capacitance": 1, "leakage": {"power": 25, "per_kelvin": 0.04, "reference": 25}}),
                "/thermal/leakage",
            ),
            (
                json!({"resistance": 0.1, "capacitance": 1, "leakage": {"power": 60, "per_kelvin": 0.01, "reference": 25}}),
                "/thermal/leakage/power",
            ),
        ] {
            let spec = device(thermal.clone());
            let found: Vec<String> = check(&spec).into_iter().map(|f| f.problem.pointer).collect();
            assert_eq!(found, [pointer], "{thermal}");
            assert_eq!(spec.build("x").thermal, None);
        }
    }
}
