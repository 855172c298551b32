//! Arguments of `replay` and `import`.

use std::path::PathBuf;

use clap::Args;

use crate::experiment::Variation;

use super::{Common, Pairing};

/// Arguments of `replay`.
#[derive(Debug, Args)]
pub struct Replay {
    /// The log, plain or gzip
    pub trace: PathBuf,
    /// Its format, one of `xpusim list formats` [default: by the file's name or first line]
    #[arg(long)]
    pub format: Option<String>,
    /// Units of the machine [default: what the log's header says]
    #[arg(long, conflicts_with_all = ["scenario", "nodes"], value_parser = clap::value_parser!(u32).range(1..))]
    pub units: Option<u32>,
    /// Kind of the units; with --scenario: the kind that runs the jobs [default: cpu for swf and tasks-csv, else gpu]
    #[arg(long)]
    pub kind: Option<String>,
    /// Scheduler: a name, or a JSON object
    #[arg(long)]
    pub scheduler: Option<String>,
    /// Cluster and policies of this scenario instead; its workload gives way to the log
    #[arg(long)]
    pub scenario: Option<PathBuf>,
    /// Nodes of the machine: an openb node list [default: the one beside the pods], or a Tiresias cluster file
    #[arg(long, conflicts_with = "scenario")]
    pub nodes: Option<PathBuf>,
    /// Of a philly log: only the jobs of this virtual cluster
    #[arg(long)]
    pub vc: Option<String>,
    /// Let jobs run past their estimate
    #[arg(long)]
    pub no_kill: bool,
    /// Only the first so many usable jobs
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..))]
    pub limit: Option<u64>,
    /// Compare variants, as `compare` does: KEY=A,B,C
    #[arg(long, value_name = "KEY=A,B,C")]
    pub vary: Vec<Variation>,
    #[command(flatten)]
    pub pairing: Pairing,
    #[command(flatten)]
    pub common: Common,
}

/// Arguments of `import`.
#[derive(Debug, Args)]
pub struct Import {
    /// The log, plain or gzip
    pub trace: PathBuf,
    /// Its format, one of `xpusim list formats` [default: by the file's name or first line]
    #[arg(long)]
    pub format: Option<String>,
    /// Where the CSV goes: a file, or - for stdout
    #[arg(long, value_name = "FILE", default_value = "-")]
    pub out: PathBuf,
    /// Write over a file that is there
    #[arg(long)]
    pub force: bool,
    /// Leave out jobs of an swf log that are wider than this [default: what its header says]
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    pub units: Option<u32>,
    /// Of a philly log: only the jobs of this virtual cluster
    #[arg(long)]
    pub vc: Option<String>,
    /// Only the first so many usable jobs
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..))]
    pub limit: Option<u64>,
    /// Say nothing but errors
    #[arg(long, short)]
    pub quiet: bool,
}
