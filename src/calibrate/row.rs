//! A fit as a row of the device catalogue.

use super::{Calibration, Law, PowerFit};
use crate::catalogue::{
    CalibrationSpec, ClockRange, ClocksSpec, Confidence, CubicSpec, DeviceSpec, FitError, KneeSpec, LawSpec, Norm,
    PowerSpec, Provenance,
};
use crate::json::{Hertz, Watts};
use crate::model::kind::UnitKind;

/// The device of `kind` that the typical kernel saw: power and clocks fitted, everything else absent. `source` says where
/// the measurements come from.
pub fn device_row(fit: &Calibration, kind: UnitKind, name: &str, source: &str) -> DeviceSpec {
    let figures = ["power.idle", "power.law", "power.clocks", "power.beta", "power.norm", "power.valid_from"];
    let base = Watts(rounded(fit.power.base, 10.0));
    let clocks = clocks(&fit.clocks);
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
            valid_from: clocks.list().first().copied(),
            law: Some(law(&fit.power, base)),
            clocks: Some(clocks),
            beta: rounded(fit.speed.typical_beta(), 1e3),
            norm: (fit.speed.norm != 1.0).then_some(Norm(fit.speed.norm)),
            ..PowerSpec::new(base, Vec::new())
        },
        sleep: None,
        thermal: None,
        host_link: None,
        interconnect: None,
        price_per_hour: None,
        speed: 1.0,
        calibration: Some(rounded_errors(&fit.quality)),
        note: String::new(),
        provenance: vec![Provenance {
            of: figures.map(str::to_owned).to_vec(),
            source: source.to_owned(),
            confidence: Confidence::Medium,
        }],
    }
}

/// The law of the typical kernel.
fn law(power: &PowerFit, base: Watts) -> LawSpec {
    let typical = rounded(power.typical_per_ghz(), 1e2);
    match power.law {
        Law::Cubic => LawSpec::Cubic(CubicSpec { base, coefficient: typical }),
        Law::Knee => {
            let (knee, slope) = (hertz(power.knee), rounded(power.slope, 1e3));
            LawSpec::Knee(KneeSpec { base, per_ghz: typical, knee, slope })
        }
    }
}

/// The clocks measured, as a range where they are equally spaced.
fn clocks(ghz: &[f64]) -> ClocksSpec {
    let list: Vec<Hertz> = ghz.iter().copied().map(hertz).collect();
    match list.as_slice() {
        [from, second, .., to] => {
            let step = Hertz(second.get() - from.get());
            let equal = list.windows(2).all(|pair| pair[1].get() - pair[0].get() == step.get());
            if equal { ClocksSpec::Range(ClockRange { from: *from, to: *to, step }) } else { ClocksSpec::List(list) }
        }
        _ => ClocksSpec::List(list),
    }
}

/// Clocks are measured in MHz.
fn hertz(ghz: f64) -> Hertz {
    Hertz((ghz * 1e3).round() * 1e6)
}

fn rounded(x: f64, parts: f64) -> f64 {
    (x * parts).round() / parts
}

/// Errors to a hundredth of a per cent.
fn rounded_errors(quality: &CalibrationSpec) -> CalibrationSpec {
    let error = |e: FitError| FitError { within: rounded(e.within, 1e4), left_out: rounded(e.left_out, 1e4) };
    CalibrationSpec {
        time: error(quality.time),
        power: error(quality.power),
        energy: error(quality.energy),
        from: hertz(quality.from.get() / 1e9),
        to: hertz(quality.to.get() / 1e9),
        ..*quality
    }
}
