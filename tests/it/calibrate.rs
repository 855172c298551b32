//! Fits to published measurements of time and power by clock.

use std::collections::BTreeMap;

use crate::support::data;
use xpu_manager_rust::calibrate::{Calibration, Law, Measurement, calibrate, read_measurements};
use xpu_manager_rust::catalogue::{Catalogue, DeviceSpec};
use xpu_manager_rust::json::Hertz;

/// The fit to files of the folder of measurements, each of `names`, at clocks from `from` to `to` GHz.
fn fitted(names: &[&str], from: f64, to: f64) -> Option<Calibration> {
    Some(calibrate(&measured(names)?, from, to, Law::Knee).unwrap())
}

fn measured(names: &[&str]) -> Option<Vec<Measurement>> {
    let mut all = Vec::new();
    for name in names {
        let path = data("XPUSIM_TRACES", &format!("dvfs/{name}.csv"), &format!("traces/dvfs/{name}.csv"))?;
        all.extend(read_measurements(&path, &format!("{name}/")).unwrap());
    }
    Some(all)
}

/// Factor `a` that brings `a x` nearest to `y` in relative squares, and the sum of the absolute relative errors.
fn scaled(pairs: &[(f64, f64)]) -> (f64, f64) {
    let above: f64 = pairs.iter().map(|(x, y)| x / y).sum();
    let below: f64 = pairs.iter().map(|(x, y)| (x / y) * (x / y)).sum();
    let a = above / below;
    (a, pairs.iter().map(|(x, y)| (a * x / y - 1.0).abs()).sum())
}

/// Mean errors of a device row's power and time against `measured`, each kernel with the activity and the beta that suit
/// it best: these are the tasks' to say.
fn row_errors(row: &DeviceSpec, measured: &[Measurement]) -> (f64, f64) {
    let law = row.power.law.as_ref().unwrap();
    let (base, norm) = (law.base().get(), row.power.norm.map_or(1.0, |n| n.0));
    let top = row.power.clocks.as_ref().unwrap().list().last().unwrap().get() / 1e9;
    let range = row.power.valid_from.unwrap().get() / 1e9 - 1e-9..=top + 1e-9;
    let mut kernels: BTreeMap<&str, Vec<&Measurement>> = BTreeMap::new();
    for m in measured.iter().filter(|m| range.contains(&m.ghz)) {
        kernels.entry(m.kernel.as_str()).or_default().push(m);
    }
    let (mut power, mut time) = (0.0, 0.0);
    for points in kernels.values() {
        let dynamic = |m: &Measurement| law.power(Hertz(m.ghz * 1e9)).get() - base;
        // Weighted by the whole power, as what is above the base alone could be small.
        let above: f64 = points.iter().map(|m| dynamic(m) * (m.watts - base) / (m.watts * m.watts)).sum();
        let below: f64 = points.iter().map(|m| dynamic(m) * dynamic(m) / (m.watts * m.watts)).sum();
        let activity = above / below;
        power += points.iter().map(|m| ((base + activity * dynamic(m)) / m.watts - 1.0).abs()).sum::<f64>();
        let slowed = |ghz: f64, beta: f64| ((beta * top / ghz).powf(norm) + (1.0 - beta).powf(norm)).powf(1.0 / norm);
        let errors = (0..=200).map(|i| {
            let pairs: Vec<_> = points.iter().map(|m| (slowed(m.ghz, f64::from(i) / 200.0), m.seconds)).collect();
            scaled(&pairs).1
        });
        time += errors.fold(f64::INFINITY, f64::min);
    }
    let count = kernels.values().map(Vec::len).sum::<usize>() as f64;
    (power / count, time / count)
}

/// The rows as they are shipped, rounding and all.
#[test]
#[cfg_attr(not(published_logs), ignore = "no published measurements: set XPUSIM_TRACES")]
fn the_shipped_rows_reproduce_the_measurements() {
    for (id, files, most) in [
        ("a100", &["perseus_gpt3-175b_a100_sxm_bf16", "perseus_bloom_a100_sxm_bf16"][..], 0.015),
        ("a40", &["perseus_gpt3-175b_a40_bf16", "perseus_bloom_a40_bf16"], 0.015),
        ("v100", &["nvdvfs_v100-profile"], 0.04),
        ("rtx8000", &["nvdvfs_rtx8000-profile"], 0.04),
    ] {
        let Some(measured) = measured(files) else { return };
        let row = Catalogue::builtin().unwrap().get(id).unwrap();
        let (power, time) = row_errors(row, &measured);
        assert!(power < most && time < most, "{id}: power {power}, time {time}");
        let told = row.calibration.as_ref().unwrap();
        assert!((power - told.power.within).abs() < 1e-3, "{id}: {power}, told {}", told.power.within);
    }
}

/// Pipeline stages of GPT-3 and Bloom at every 15 MHz (Chung et al., SOSP 2024).
#[test]
#[cfg_attr(not(published_logs), ignore = "no published measurements: set XPUSIM_TRACES")]
fn large_models_are_reproduced_within_a_per_cent_and_a_half() {
    // Beyond 1.4 GHz the A40 runs into its power limit of 300 W, which is no law of the clock.
    for (device, to, kernels) in [("a100_sxm", 9.0, 8), ("a40", 1.4, 8)] {
        let names = ["gpt3-175b", "bloom"].map(|model| format!("perseus_{model}_{device}_bf16"));
        let Some(fit) = fitted(&names.each_ref().map(String::as_str), 0.0, to) else { return };
        assert_eq!(fit.quality.kernels, kernels);
        for error in [fit.quality.time, fit.quality.power] {
            assert!(error.within < 0.015 && error.left_out < 0.015, "{device}: {:?}", fit.quality);
        }
    }
}

/// Twenty CUDA kernels (Wang & Chu, ICPADS 2018).
#[test]
#[cfg_attr(not(published_logs), ignore = "no published measurements: set XPUSIM_TRACES")]
fn kernels_are_reproduced_within_four_per_cent() {
    for (device, from) in [("v100", 0.7), ("rtx8000", 0.0)] {
        let Some(fit) = fitted(&[&format!("nvdvfs_{device}-profile")], from, 9.0) else { return };
        assert_eq!(fit.quality.kernels, 20);
        for error in [fit.quality.time, fit.quality.power] {
            assert!(error.within < 0.04, "{device}: {:?}", fit.quality);
        }
    }
}
