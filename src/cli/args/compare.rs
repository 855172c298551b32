//! Arguments of `compare`.

use std::path::PathBuf;

use clap::Args;

use crate::experiment::Variation;

use super::Common;

/// What variants are compared with.
#[derive(Debug, Default, Clone, Args)]
pub struct Pairing {
    /// The variant that the others are compared with, by its name in the table [default: the first]
    #[arg(long, value_name = "VARIANT", requires = "vary")]
    pub baseline: Option<String>,
    /// Compare variants that saw different tasks too, as independent samples (Welch) instead of in pairs
    #[arg(long)]
    pub different_work: bool,
}

/// Arguments of `compare`.
#[derive(Debug, Args)]
pub struct Compare {
    /// The scenario file
    pub scenario: PathBuf,
    /// Path and values: KEY=A,B,C; repeat to cross
    #[arg(long, value_name = "KEY=A,B,C", required_unless_present = "tie_sweep")]
    pub vary: Vec<Variation>,
    #[command(flatten)]
    pub pairing: Pairing,
    /// Run each variant with ties decided by lot in N ways too, and tell how far each metric moves
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub tie_sweep: Option<u32>,
    /// Fail (exit 1) unless this holds, as in 'easy.wait_s.mean < fifo.wait_s.mean'
    #[arg(long, value_name = "RELATION")]
    pub expect: Vec<String>,
    #[command(flatten)]
    pub common: Common,
}
