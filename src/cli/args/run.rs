//! Arguments of `demo`, `run`, `validate` and `verify`.

use std::path::PathBuf;

use clap::Args;

use crate::json::Setting;

use super::{Common, Precision};

/// Arguments of `demo`.
#[derive(Debug, Default, Args)]
pub struct Demo {
    #[command(flatten)]
    pub common: Common,
}

/// Arguments of `run`.
#[derive(Debug, Args)]
pub struct Run {
    /// The scenario file
    pub scenario: PathBuf,
    #[command(flatten)]
    pub precision: Precision,
    /// Intervals from one long replication, by the means of so many batches of tasks
    #[arg(
        long,
        value_name = "20..40",
        help_heading = "Statistics",
        conflicts_with = "precision",
        value_parser = clap::value_parser!(u32).range(20..=40)
    )]
    pub batch_means: Option<u32>,
    #[command(flatten)]
    pub common: Common,
}

/// Arguments of `validate`.
#[derive(Debug, Args)]
pub struct Validate {
    /// The scenario file
    pub scenario: PathBuf,
    /// Change a value of the scenario first
    #[arg(long = "set", value_name = "PATH=VALUE")]
    pub set: Vec<Setting>,
    /// Let paths in the scenario lead into this folder too
    #[arg(long, value_name = "DIR")]
    pub allow_path: Vec<PathBuf>,
}

/// Arguments of `verify`.
#[derive(Debug, Args)]
pub struct Verify {
    /// Only systems whose name contains this; `coverage` counts how often intervals hold the truth
    pub only: Option<String>,
    /// Tasks per replication
    #[arg(long, default_value_t = 100_000)]
    pub tasks: u64,
    /// Replications of each system
    #[arg(long, default_value_t = 40, value_parser = clap::value_parser!(u32).range(2..))]
    pub replications: u32,
    /// Seed
    #[arg(long, default_value_t = 2)]
    pub seed: u64,
    /// Threads [default: all cores]
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=4096))]
    pub jobs: Option<u32>,
    /// Print the rows as JSON
    #[arg(long)]
    pub json: bool,
}
