//! Measurements from CSV, in the columns of several published sets.

use std::path::Path;

use crate::workload::trace::table::{Record, Table};
use crate::workload::trace::{Limits, TraceError, TraceReader};

/// A kernel at one clock.
#[derive(Clone, Debug, PartialEq)]
pub struct Measurement {
    /// What ran.
    pub kernel: String,
    /// Core clock in GHz.
    pub ghz: f64,
    /// Its time in s.
    pub seconds: f64,
    /// Its mean power in W.
    pub watts: f64,
}

/// One way to name the columns.
struct Columns {
    /// What makes up the kernel's name; a memory clock among them keeps its settings apart.
    kernel: &'static [&'static str],
    /// Core clock in MHz.
    clock: &'static str,
    time: &'static str,
    /// Of the time, in seconds.
    time_unit: f64,
    /// Power in W, or energy in J.
    power: &'static str,
    is_energy: bool,
}

/// The known ways: our own, Perseus (Chung et al., SOSP 2024), NV-DVFS and GPU-DVFS (Wang & Chu, ICPADS 2018; Wang et
/// al., TPDS 2022).
const FORMS: [Columns; 4] = [
    Columns {
        kernel: &["kernel"],
        clock: "frequency_mhz",
        time: "time_s",
        time_unit: 1.0,
        power: "power_w",
        is_energy: false,
    },
    Columns {
        kernel: &["instruction", "stage"],
        clock: "frequency",
        time: "time",
        time_unit: 1.0,
        power: "energy",
        is_energy: true,
    },
    Columns {
        kernel: &["benchmark", "kernel", "argNo"],
        clock: "core_frequency",
        time: "time",
        time_unit: 1e-3,
        power: "average_power",
        is_energy: false,
    },
    Columns {
        kernel: &["appName", "kernel", "memF"],
        clock: "coreF",
        time: "time/ms",
        time_unit: 1e-3,
        power: "power/W",
        is_energy: false,
    },
];

/// All columns of all forms.
fn all_columns() -> Vec<&'static str> {
    let of = |f: &Columns| f.kernel.iter().copied().chain([f.clock, f.time, f.power]).collect::<Vec<_>>();
    let mut names: Vec<&str> = FORMS.iter().flat_map(of).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Reads the measurements of a file, each kernel's name after `prefix`. Of rows that are equal but for the kernel's
/// name, as where equal stages of a model were written out one by one, the first is kept.
///
/// # Errors
/// The file cannot be read, has none of the known sets of columns, or a figure that is not above 0.
pub fn read_measurements(path: &Path, prefix: &str) -> Result<Vec<Measurement>, TraceError> {
    let reader = TraceReader::open(path, Limits::default())?;
    let mut table = Table::with_optional(reader, &[], &all_columns())?;
    let complete = |f: &&Columns| f.kernel.iter().chain([&f.clock, &f.time, &f.power]).all(|name| table.has(name));
    let Some(form) = FORMS.iter().find(complete) else {
        let found = "none of the known sets of columns";
        let expected = "kernel, frequency_mhz, time_s, power_w; or the columns of a published set";
        return Err(TraceError::input(path, Some(1), found, expected));
    };
    let mut all: Vec<Measurement> = Vec::new();
    while let Some(record) = table.next()? {
        let one = measurement(&record, form, prefix)?;
        let same = |m: &Measurement| (m.ghz, m.seconds, m.watts) == (one.ghz, one.seconds, one.watts);
        if !all.iter().any(same) {
            all.push(one);
        }
    }
    if all.is_empty() {
        return Err(TraceError::input(path, None, "no records", "measurements"));
    }
    Ok(all)
}

fn measurement(record: &Record<'_>, form: &Columns, prefix: &str) -> Result<Measurement, TraceError> {
    let parts: Result<Vec<&str>, TraceError> = form.kernel.iter().map(|name| record.cell(name).text()).collect();
    let kernel = format!("{prefix}{}", parts?.join("/"));
    let positive = |name: &'static str| {
        let cell = record.cell(name);
        cell.real().and_then(|x| if x > 0.0 { Ok(x) } else { Err(cell.error("a number above 0")) })
    };
    let seconds = positive(form.time)? * form.time_unit;
    let power = positive(form.power)?;
    let watts = if form.is_energy { power / seconds } else { power };
    Ok(Measurement { kernel, ghz: positive(form.clock)? / 1e3, seconds, watts })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, text: &str) -> Result<Vec<Measurement>, TraceError> {
        let path = std::env::temp_dir().join(format!("xpusim-measurements-{}-{name}.csv", std::process::id()));
        std::fs::write(&path, text).unwrap();
        let read = read_measurements(&path, "");
        std::fs::remove_file(&path).unwrap();
        read
    }

    #[test]
    fn columns_tell_the_units() {
        let own = read("own", "kernel,frequency_mhz,time_s,power_w\ngemm,1410,0.5,400\n").unwrap();
        assert_eq!(own, [Measurement { kernel: "gemm".into(), ghz: 1.41, seconds: 0.5, watts: 400.0 }]);
        let energy = read("energy", "stage,instruction,frequency,time,energy\n0,forward,1410,0.5,200\n").unwrap();
        assert_eq!(energy, [Measurement { kernel: "forward/0".into(), ..own[0].clone() }]);
        let text = "benchmark,kernel,argNo,core_frequency,time,average_power\nb,gemm,i0,1410,500,400\n";
        assert_eq!(read("nv", text).unwrap(), [Measurement { kernel: "b/gemm/i0".into(), ..own[0].clone() }]);
    }

    #[test]
    fn equal_rows_count_once_and_wrong_ones_are_named() {
        let twice = "stage,instruction,frequency,time,energy\n0,forward,1410,0.5,200\n1,forward,1410,0.5,200\n";
        assert_eq!(read("twice", twice).unwrap().len(), 1);
        let error = read("zero", "kernel,frequency_mhz,time_s,power_w\na,1410,0.5,400\na,1400,0,400\n").unwrap_err();
        assert!(error.to_string().contains(":3") && error.to_string().contains("time_s"), "{error}");
        let error = read("none", "a,b\n1,2\n").unwrap_err();
        assert!(error.to_string().contains("frequency_mhz"), "{error}");
    }
}
