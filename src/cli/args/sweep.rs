//! Arguments of `sweep`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::experiment::Variation;
use crate::json::Setting;

use super::Pairing;

/// Arguments of `sweep`.
#[derive(Debug, Args)]
pub struct Sweep {
    /// What to do
    #[command(subcommand)]
    pub command: SweepCommand,
}

/// What to do with a sweep.
#[derive(Debug, Subcommand)]
pub enum SweepCommand {
    /// Write the manifest of all cells: scenario × variants × replications
    #[command(
        after_help = "Example:\n  xpusim sweep plan s.json --vary policies.scheduler=fifo,easy --vary workload.0.arrivals.rate=0.5,0.7 --replications 20 --out grid\n\nFiles that the scenarios read are named by their way from DIR: move both together. Planning the same again changes nothing."
    )]
    Plan(SweepPlan),
    /// Run all cells that are not finished, or those of one shard
    #[command(
        after_help = "Examples:\n  xpusim sweep run grid\n  xpusim sweep run grid --shard 0 --of 8\n\nShard I of N has the cells whose number leaves I when divided by N. A finished cell is skipped, a damaged one redone,\none that failed is tried again. Several processes may work in one folder: whoever runs a cell writes the same bytes.\nStopped by SIGTERM in a shard: whole cells stay, and the exit code is 75, so that Slurm's RequeueExit=75 brings it back."
    )]
    Run(SweepRun),
    /// Tell how many cells are finished, failed, damaged and missing
    #[command(after_help = "Example:\n  xpusim sweep status grid --of 8      also: which of 8 shards are not finished")]
    Status(SweepStatus),
    /// Gather the cells: the files of `compare`, and cells.csv
    #[command(
        after_help = "Examples:\n  xpusim sweep collect grid\n  xpusim sweep collect grid --partial --out so-far\n\nThe bytes are those that `compare` writes for the same variants and replications."
    )]
    Collect(SweepCollect),
    /// Submit the shards to a cluster: writes DIR/sweep.sbatch, an array with a task for each shard
    #[command(
        after_help = "Example:\n  xpusim sweep submit grid --slurm --shards 40 --time 2:00:00 --mem 2G\n\nThe folder and this program must be at the same path on every node. Other engines: examples/cluster in the repository."
    )]
    Submit(SweepSubmit),
}

/// Arguments of `sweep plan`.
#[derive(Debug, Args)]
pub struct SweepPlan {
    /// The scenario files
    #[arg(required = true)]
    pub scenarios: Vec<PathBuf>,
    /// Path and values: KEY=A,B,C; repeat to cross
    #[arg(long, value_name = "KEY=A,B,C")]
    pub vary: Vec<Variation>,
    #[command(flatten)]
    pub pairing: Pairing,
    /// Change a value of the scenarios: a dotted path and a value
    #[arg(long = "set", value_name = "PATH=VALUE")]
    pub set: Vec<Setting>,
    /// Seed of every random stream
    #[arg(long)]
    pub seed: Option<u64>,
    /// Independent repetitions of each variant
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    pub replications: Option<u32>,
    /// Let paths in the scenarios lead into this folder too
    #[arg(long, value_name = "DIR")]
    pub allow_path: Vec<PathBuf>,
    /// The sweep's folder
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Replace another plan in that folder; its cells are then redone
    #[arg(long)]
    pub force: bool,
    /// Threads [default: all cores]
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=4096))]
    pub jobs: Option<u32>,
    /// Say nothing but errors
    #[arg(long, short)]
    pub quiet: bool,
}

/// Arguments of `sweep run`.
#[derive(Clone, Debug, Args)]
pub struct SweepRun {
    /// The sweep's folder
    pub dir: PathBuf,
    /// Only this shard, from 0 to N-1
    #[arg(long, value_name = "I", requires = "of")]
    pub shard: Option<u64>,
    /// How many shards there are
    #[arg(long, value_name = "N", requires = "shard", value_parser = clap::value_parser!(u64).range(1..))]
    pub of: Option<u64>,
    /// Run at most so many cells
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub limit: Option<u64>,
    /// Threads; results do not depend on them [default: all cores]
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=4096))]
    pub jobs: Option<u32>,
    /// Run cells of a plan that another version made
    #[arg(long)]
    pub mixed: bool,
    /// Check invariants at every instant (slow)
    #[arg(long)]
    pub check: bool,
    /// Stop a cell after so many events; it has then failed
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub max_events: Option<u64>,
    /// Say nothing but errors
    #[arg(long, short)]
    pub quiet: bool,
}

/// Arguments of `sweep status`.
#[derive(Debug, Args)]
pub struct SweepStatus {
    /// The sweep's folder
    pub dir: PathBuf,
    /// Tell which of N shards are not finished
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub of: Option<u64>,
    /// Threads [default: all cores]
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=4096))]
    pub jobs: Option<u32>,
    /// Print as JSON
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `sweep collect`.
#[derive(Debug, Args)]
pub struct SweepCollect {
    /// The sweep's folder
    pub dir: PathBuf,
    /// Where results go; with several scenarios a folder in it for each [default: DIR/collected]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Leave out what is not finished: only replications that all variants have are compared
    #[arg(long)]
    pub partial: bool,
    /// Mix cells of different versions
    #[arg(long)]
    pub mixed: bool,
    /// Threads [default: all cores]
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=4096))]
    pub jobs: Option<u32>,
    /// Write into a folder that holds files of other origin
    #[arg(long)]
    pub force: bool,
    /// Draw no charts
    #[arg(long)]
    pub no_plots: bool,
    /// Draw the charts as PNG too
    #[arg(long)]
    pub png: bool,
    /// Print comparison.json, and nothing else, on stdout; for one scenario
    #[arg(long)]
    pub json: bool,
    /// Say nothing but errors
    #[arg(long, short)]
    pub quiet: bool,
}

/// Arguments of `sweep submit`.
#[derive(Debug, Args)]
pub struct SweepSubmit {
    /// The sweep's folder
    pub dir: PathBuf,
    /// To Slurm, by sbatch
    #[arg(long, required = true)]
    pub slurm: bool,
    /// Array tasks, each with its part of the cells [default: 16, or as many as there are cells]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=4_000_000))]
    pub shards: Option<u64>,
    /// Cores of each task
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=4096))]
    pub cores: u32,
    /// Time limit of each task, as sbatch takes it
    #[arg(long)]
    pub time: Option<String>,
    /// Memory of each task, as sbatch takes it
    #[arg(long)]
    pub mem: Option<String>,
    /// Partition
    #[arg(long)]
    pub partition: Option<String>,
    /// Write the script and submit nothing
    #[arg(long)]
    pub dry_run: bool,
}
