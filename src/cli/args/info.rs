//! Arguments of the commands that tell or print: `list`, `devices`, `calibrate`, `init`, `completions`.

use std::path::PathBuf;

use clap::Args;

use crate::json::{Hertz, inner};
use crate::model::kind::UnitKind;

/// Arguments of `list`.
#[derive(Debug, Args)]
pub struct List {
    /// schedulers, orders, backfills, placements, memory, power, sleep, cloud, adaptive, formula, devices, formats,
    /// distributions or processes; nothing: all
    pub what: Option<String>,
}

/// Arguments of `devices`.
#[derive(Debug, Args)]
pub struct Devices {
    /// An id or alias; nothing: all, one line each
    pub device: Option<String>,
}

/// Arguments of `calibrate`.
#[derive(Debug, Args)]
pub struct Calibrate {
    /// Measurements as CSV, plain or gzip
    #[arg(required = true, value_name = "CSV")]
    pub files: Vec<PathBuf>,
    /// Name of the device [default: that of the first file]
    #[arg(long)]
    pub name: Option<String>,
    /// Its kind
    #[arg(long, default_value = "gpu")]
    pub kind: UnitKind,
    /// Leave out lower clocks, such as those below which another clock falls too
    #[arg(long, value_name = "HZ", value_parser = hertz)]
    pub from: Option<Hertz>,
    /// Leave out higher clocks, such as those at which a power cap binds
    #[arg(long, value_name = "HZ", value_parser = hertz)]
    pub to: Option<Hertz>,
    /// How power grows with the clock: knee (voltage flat, then linear) or cubic
    #[arg(long, value_enum, default_value = "knee")]
    pub law: PowerLaw,
    /// Only the device row, as JSON for the `devices` of a scenario
    #[arg(long)]
    pub json: bool,
}

/// A clock with its unit.
fn hertz(text: &str) -> Result<Hertz, String> {
    inner(serde_json::Value::from(text)).map_err(|e| e.to_string())
}

/// Words of `--law`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum PowerLaw {
    /// Voltage flat up to a knee, then linear
    Knee,
    /// The cube of the clock
    Cubic,
}

/// Arguments of `init`.
#[derive(Debug, Args)]
pub struct Init {
    /// basic, cluster, energy or cloud
    #[arg(default_value = "basic")]
    pub template: String,
}

/// Arguments of `schema`.
#[derive(Debug, Args)]
pub struct Schema {
    /// Of which file
    #[arg(value_enum, default_value = "scenario")]
    pub of: SchemaOf,
}

/// Files that have a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum SchemaOf {
    /// A scenario
    Scenario,
    /// plots.json
    Plots,
}

/// Arguments of `completions`.
#[derive(Debug, Args)]
pub struct Completions {
    /// bash, zsh, fish, elvish or powershell
    pub shell: clap_complete::Shell,
}
