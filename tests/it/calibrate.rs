//! Fits to published measurements of time and power by clock.

use crate::support::data;
use xpu_manager_rust::calibrate::{Calibration, Law, calibrate, read_measurements};

/// The fit to files of the folder of measurements, each of `names`, at clocks from `from` to `to` GHz.
fn fitted(names: &[&str], from: f64, to: f64) -> Option<Calibration> {
    let mut all = Vec::new();
    for name in names {
        let path = data("XPUSIM_TRACES", &format!("dvfs/{name}.csv"), &format!("traces/dvfs/{name}.csv"))?;
        all.extend(read_measurements(&path, &format!("{name}/")).unwrap());
    }
    Some(calibrate(&all, from, to, Law::Knee).unwrap())
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
