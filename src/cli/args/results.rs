//! Arguments of the commands that read a results folder.

use std::path::PathBuf;

use clap::Args;

/// Arguments of `plot`.
#[derive(Debug, Args)]
pub struct Plot {
    /// A results folder
    pub dir: PathBuf,
    /// PNG too
    #[arg(long)]
    pub png: bool,
}

/// Arguments of `export`.
#[derive(Debug, Args)]
pub struct Export {
    /// The results folder of a run
    pub dir: PathBuf,
    /// Trace events for Perfetto: DIR/perfetto.json
    #[arg(long, required_unless_present = "batsim")]
    pub perfetto: bool,
    /// Tables as Batsim writes them: jobs.csv, schedule.csv and machine_states.csv in DIR/batsim
    #[arg(long)]
    pub batsim: bool,
    /// Write into this folder instead
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

/// Arguments of `bundle`.
#[derive(Debug, Args)]
pub struct Bundle {
    /// The results folder
    pub dir: PathBuf,
    /// The archive [default: DIR.tar.gz]
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Where the scenario's files are, if not where its command was given
    #[arg(long, value_name = "DIR")]
    pub allow_path: Vec<PathBuf>,
    /// Write over an archive that is there
    #[arg(long)]
    pub force: bool,
}

/// Arguments of `reproduce`.
#[derive(Debug, Args)]
pub struct Reproduce {
    /// A results folder with its manifest, or an unpacked bundle
    pub dir: PathBuf,
    /// Keep the new results here [default: they are removed]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Threads; results do not depend on them [default: all cores]
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=4096))]
    pub jobs: Option<u32>,
    /// Where the scenario's files are, if not where its command was given
    #[arg(long, value_name = "DIR")]
    pub allow_path: Vec<PathBuf>,
}
