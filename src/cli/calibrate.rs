//! `calibrate`: a device row from measurements.

use std::path::Path;

use crate::calibrate::{Calibration, CalibrationError, Law, calibrate as fit, device_row, read_measurements};
use crate::report::tables::render;

use super::args::{Calibrate, PowerLaw};
use super::devices::fit_table;
use super::failure::Failure;
use super::output::print;

pub(super) fn calibrate(args: &Calibrate) -> Result<(), Failure> {
    let mut all = Vec::new();
    for file in &args.files {
        // Kernels of several files are told apart by the files' names.
        let prefix = if args.files.len() > 1 { format!("{}/", stem(file)) } else { String::new() };
        all.extend(read_measurements(file, &prefix)?);
    }
    let law = match args.law {
        PowerLaw::Knee => Law::Knee,
        PowerLaw::Cubic => Law::Cubic,
    };
    let from = args.from.map_or(0.0, |f| f.get() / 1e9);
    let to = args.to.map_or(f64::INFINITY, |f| f.get() / 1e9);
    let found = fit(&all, from, to, law).map_err(|e: CalibrationError| Failure::new(Failure::INPUT, e))?;
    let name = args.name.clone().or_else(|| args.files.first().map(|f| stem(f))).unwrap_or_default();
    let files: Vec<String> = args.files.iter().map(|f| stem(f)).collect();
    let row = device_row(&found, args.kind, &name, &format!("fitted to {}", files.join(", ")));
    let json = serde_json::to_string_pretty(&row).unwrap_or_default() + "\n";
    if args.json {
        return print(&json);
    }
    print(&format!("{}\n{}\n{json}", fit_table(&found.quality), kernels(&found)))
}

/// What a task like each kernel would say of itself.
fn kernels(found: &Calibration) -> String {
    let typical = found.power.typical_per_ghz();
    let rows: Vec<Vec<String>> = found
        .power
        .per_ghz
        .iter()
        .map(|(kernel, c)| {
            let beta = found.speed.beta(kernel).unwrap_or(1.0);
            vec![kernel.clone(), format!("{beta:.3}"), format!("{:.3}", c / typical)]
        })
        .collect();
    let table = render(&[("kernel", false), ("beta", true), ("activity", true)], &rows);
    format!("{table}norm of the device: {}\n", found.speed.norm)
}

fn stem(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    name.split('.').next().unwrap_or(&name).to_owned()
}
