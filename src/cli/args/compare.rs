//! Arguments of `compare`.

use std::path::PathBuf;

use clap::Args;

use crate::experiment::Variation;

use super::Common;

/// Arguments of `compare`.
#[derive(Debug, Args)]
pub struct Compare {
    /// The scenario file
    pub scenario: PathBuf,
    /// Path and values: KEY=A,B,C; repeat to cross. The first variant is the baseline
    #[arg(long, value_name = "KEY=A,B,C", required_unless_present = "tie_sweep")]
    pub vary: Vec<Variation>,
    /// Run each variant with ties decided by lot in N ways too, and tell how far each metric moves
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub tie_sweep: Option<u32>,
    /// Fail (exit 1) unless this holds, as in 'easy.wait_s.mean < fifo.wait_s.mean'
    #[arg(long, value_name = "RELATION")]
    pub expect: Vec<String>,
    #[command(flatten)]
    pub common: Common,
}
