//! Arguments of `tune`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::tune::{Method, Parameter};

use super::Common;

/// How to search, as the command line calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum MethodName {
    /// Many candidates measured a little, the best of them again and more (Jamieson & Talwalkar 2016)
    Halving,
    /// Expected improvement over a Gaussian process (Jones, Schonlau & Welch 1998)
    Gp,
}

impl From<MethodName> for Method {
    fn from(name: MethodName) -> Self {
        match name {
            MethodName::Halving => Self::Halving,
            MethodName::Gp => Self::Gp,
        }
    }
}

/// A part of a whole, neither nothing nor all.
fn part(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(x) if x > 0.0 && x < 1.0 => Ok(x),
        _ => Err("expected a number between 0 and 1, such as 0.3".to_owned()),
    }
}

/// Arguments of `tune`.
#[derive(Debug, Args)]
pub struct Tune {
    /// The scenario file
    pub scenario: PathBuf,
    /// A path and the values to try: PATH=LO:HI, LO:HI:log, LO:HI:int, or A,B,C; repeat for more
    #[arg(long, value_name = "PATH=VALUES", required = true)]
    pub param: Vec<Parameter>,
    /// The metric to make best, as summary.json calls it
    #[arg(long, value_name = "METRIC")]
    pub objective: String,
    /// Low values are good [default: as the metric's name tells]
    #[arg(long, conflicts_with = "maximize")]
    pub minimize: bool,
    /// High values are good
    #[arg(long)]
    pub maximize: bool,
    /// How to search
    #[arg(long, value_enum, default_value = "halving")]
    pub method: MethodName,
    /// Runs that the search may take in all
    #[arg(long, value_name = "N", default_value = "240", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub budget: u32,
    /// Fresh runs of the winner, and of the scenario as it stands, for the final comparison
    #[arg(long = "final", value_name = "N", default_value = "20", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub last: u32,
    /// Hide the last part of each log from the search, and compare on it alone
    #[arg(long, value_name = "PART", value_parser = part)]
    pub holdout: Option<f64>,
    #[command(flatten)]
    pub common: Common,
}
