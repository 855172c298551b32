//! Flags that every simulating command takes.

use std::path::PathBuf;

use clap::Args;

use crate::json::Setting;

/// Flags of every simulating command.
#[derive(Debug, Default, Clone, Args)]
#[command(next_help_heading = "Simulation")]
pub struct Common {
    /// Change a value of the scenario: a dotted path and a value
    #[arg(long = "set", value_name = "PATH=VALUE")]
    pub set: Vec<Setting>,
    /// Seed of every random stream
    #[arg(long)]
    pub seed: Option<u64>,
    /// Independent repetitions
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    pub replications: Option<u32>,
    /// Threads; results do not depend on them [default: all cores]
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=4096))]
    pub jobs: Option<u32>,
    /// Results folder [default: results/NAME]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Write into a folder that holds files of other origin
    #[arg(long)]
    pub force: bool,
    /// Also write events.csv: every event
    #[arg(long)]
    pub events: bool,
    /// Write summary.json and manifest.json only
    #[arg(long)]
    pub summary_only: bool,
    /// Draw no charts
    #[arg(long)]
    pub no_plots: bool,
    /// Draw the charts as PNG too
    #[arg(long)]
    pub png: bool,
    /// Write report.html too: the folder as one page (see `xpusim report`)
    #[arg(long)]
    pub report: bool,
    /// Which charts, and how they look (see `xpusim plot --help`); kept in the results folder as plots.json
    #[arg(long, value_name = "FILE")]
    pub plots: Option<PathBuf>,
    /// Print the summary as JSON, and nothing else, on stdout
    #[arg(long)]
    pub json: bool,
    /// Say nothing but errors
    #[arg(long, short)]
    pub quiet: bool,
    /// Check invariants at every instant (slow)
    #[arg(long)]
    pub check: bool,
    /// Stop a replication after so many events
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub max_events: Option<u64>,
    /// Decide by lot what a tie decides: how much do results hang on the last key?
    #[arg(long, value_name = "SEED")]
    pub shuffle_ties: Option<u64>,
    /// Let paths in the scenario lead into this folder too
    #[arg(long, value_name = "DIR")]
    pub allow_path: Vec<PathBuf>,
}
