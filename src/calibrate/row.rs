//! A fit as a row of the device catalogue.

use super::{Calibration, Law};
use crate::catalogue::{Confidence, DeviceSpec, PStateSpec, PowerSpec, Provenance};
use crate::json::{Hertz, Watts};
use crate::model::kind::UnitKind;

/// The device of `kind` that the typical kernel saw: power and clocks fitted, everything else absent. `source` says where
/// the measurements come from.
pub fn device_row(fit: &Calibration, kind: UnitKind, name: &str, source: &str) -> DeviceSpec {
    let watts = |ghz: f64| Watts(tenths(fit.power.typical_watts(ghz)));
    // Clocks are measured in MHz.
    let hertz = |ghz: f64| Hertz((ghz * 1e3).round() * 1e6);
    let pstates: Vec<PStateSpec> = fit.clocks.iter().map(|ghz| PStateSpec::new(hertz(*ghz), watts(*ghz))).collect();
    let figures = ["power.idle", "power.active", "power.pstates", "power.beta"];
    DeviceSpec {
        kind,
        name: name.to_owned(),
        aliases: Vec::new(),
        memory: None,
        memory_bandwidth: None,
        peak: std::collections::BTreeMap::new(),
        efficiency: None,
        tdp: None,
        power: PowerSpec {
            beta: (fit.speed.typical_beta() * 1e3).round() / 1e3,
            ..PowerSpec::new(Watts(tenths(fit.power.base)), pstates)
        },
        sleep: None,
        thermal: None,
        host_link: None,
        interconnect: None,
        price_per_hour: None,
        speed: 1.0,
        calibration: Some(fit.quality.clone()),
        note: String::new(),
        provenance: vec![Provenance {
            of: figures.map(str::to_owned).to_vec(),
            source: format!("{} {source}", law(fit)),
            confidence: Confidence::Medium,
        }],
    }
}

/// The law in words, without the idle power, which is the law's value at clock 0.
fn law(fit: &Calibration) -> String {
    let power = &fit.power;
    let (base, c) = (power.base, power.typical_per_ghz());
    match power.law {
        Law::Cubic => format!("P = {base:.1} W + {c:.1} W/GHz^3 f^3, typical kernel;"),
        Law::Knee => format!(
            "P = {base:.1} W + {c:.1} W/GHz f V(f)^2, V = 1 up to {:.3} GHz, then 1 + {:.3} (f - {:.3}), typical kernel;",
            power.knee, power.slope, power.knee
        ),
    }
}

fn tenths(watts: f64) -> f64 {
    (watts * 10.0).round() / 10.0
}
