//! The arguments, and the help that teaches them.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::experiment::Variation;
use crate::json::{Hertz, Setting, inner};
use crate::model::kind::UnitKind;

/// Simulate policies on heterogeneous accelerator clusters.
#[derive(Debug, Parser)]
#[command(
    name = "xpusim",
    version,
    about = "Simulate scheduling, memory, power and cloud policies on clusters of CPUs, GPUs, TPUs, NPUs, LPUs, FPGAs and VPUs",
    after_help = "Start here:\n  xpusim                         run the demo and draw its charts\n  xpusim init > my.json          a scenario of your own\n  xpusim run my.json             simulate it\n  xpusim compare my.json --vary policies.scheduler=fifo,sjf,easy --replications 10\n  xpusim list schedulers         what can be named in a scenario\n\nExit codes: 0 done, 1 a check failed, 2 command line, 3 bad input, 4 files, 5 no progress, 6 a bug of ours"
)]
pub struct Options {
    /// What to do; nothing: the demo.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the built-in demonstration: all seven kinds of units, one screen of results, charts
    Demo(Demo),
    /// Simulate a scenario
    Run(Run),
    /// Compare variants of a scenario on the same random numbers
    #[command(
        after_help = "Each --vary names a path in the scenario and its values; several are crossed. Objects keep their commas:\n  xpusim compare s.json --vary policies.scheduler=fifo,easy --vary 'policies.sleep=never,{\"name\":\"timeout\",\"after\":\"10 s\"}'"
    )]
    Compare(Compare),
    /// Replay a log on N units of one kind, or on the cluster and policies of a scenario
    #[command(
        after_help = "Examples:\n  xpusim replay KTH-SP2.swf.gz --format swf --units 100 --scheduler easy\n  xpusim replay pods.csv.gz --format openb --nodes nodes.csv.gz --scheduler fifo-greedy\n  xpusim replay 60_job.csv --nodes n16g8.csv\n  xpusim replay philly.csv.gz --vc 7f04ca --units 128 --scheduler sjf"
    )]
    Replay(Replay),
    /// Convert a log to CSV with one task a line, which `replay` and scenarios read as format tasks-csv
    #[command(
        after_help = "The CSV goes to stdout, the account of what was left out and changed to stderr.\n\nExamples:\n  xpusim import KTH-SP2.swf.gz > kth.csv\n  xpusim import philly.csv.gz --vc 7f04ca --out vc.csv && xpusim replay vc.csv --units 128 --kind gpu"
    )]
    Import(Import),
    /// Check a scenario without running it; every error at once
    Validate(Validate),
    /// Draw the charts of a results folder again, from its CSV files
    Plot(Plot),
    /// List what can be named in a scenario
    List(List),
    /// List devices, or print one whole: its figures, their sources, the errors of fits
    Devices(Devices),
    /// Fit power and speed by clock to measurements, and print the device row with the fit's errors
    #[command(
        after_help = "Columns: kernel, frequency_mhz, time_s, power_w; those of Perseus, NV-DVFS and GPU-DVFS are known too. Several files are fitted together.\n\nExamples:\n  xpusim calibrate gpt3_a100.csv bloom_a100.csv --name 'NVIDIA A100 SXM'\n  xpusim calibrate v100.csv --from '0.7 GHz' --json > v100.json"
    )]
    Calibrate(Calibrate),
    /// Print a starter scenario
    Init(Init),
    /// Print the JSON Schema of scenario files
    Schema,
    /// Print completions for a shell
    Completions(Completions),
    /// Check the simulator against closed-form theory
    Verify(Verify),
}

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
    pub common: Common,
}

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

/// Arguments of `plot`.
#[derive(Debug, Args)]
pub struct Plot {
    /// A results folder
    pub dir: PathBuf,
    /// PNG too
    #[arg(long)]
    pub png: bool,
}

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

/// Arguments of `completions`.
#[derive(Debug, Args)]
pub struct Completions {
    /// bash, zsh, fish, elvish or powershell
    pub shell: clap_complete::Shell,
}

/// Arguments of `verify`.
#[derive(Debug, Args)]
pub struct Verify {
    /// Only systems whose name contains this
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
