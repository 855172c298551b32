//! The arguments, and the help that teaches them.

mod common;
mod compare;
mod info;
mod load;
mod logs;
mod precision;
mod results;
mod run;
mod select;
mod sweep;
mod tune;

use clap::{Parser, Subcommand};

pub use common::Common;
pub use compare::{Compare, Pairing};
pub use info::{Calibrate, Completions, Devices, Init, List, PowerLaw, Schema, SchemaOf};
pub use load::Load;
pub use logs::{Import, Replay};
pub use precision::{Precision, WarmUpChoice};
pub use results::{Bundle, Export, PLOTS_HELP, Plot, Report, Reproduce};
pub use run::{Demo, Run, Validate, Verify};
pub use select::Selecting;
pub use sweep::{Sweep, SweepCollect, SweepCommand, SweepPlan, SweepRun, SweepStatus, SweepSubmit};
pub use tune::Tune;

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
    #[command(
        after_help = "Examples:\n  xpusim run s.json --replications 20\n  xpusim run s.json --precision 0.02 --metric response_s.p99   until known to 2 %\n  xpusim run s.json --warmup mser-5                            find where statistics should start\n  xpusim run s.json --batch-means 30                           intervals from one long run"
    )]
    Run(Run),
    /// Compare variants of a scenario on the same random numbers
    #[command(
        after_help = "Each --vary names a path in the scenario and its values; several are crossed. Objects keep their commas:\n  xpusim compare s.json --vary policies.scheduler=fifo,easy --vary 'policies.sleep=never,{\"name\":\"timeout\",\"after\":\"10 s\"}'\n\nAll variants must see the same tasks. Where a path changes them, compare within it, or as independent samples:\n  xpusim compare s.json --vary workload.0.arrivals.rate=1,2 --vary policies.scheduler=fifo,easy --within workload.0.arrivals.rate\n  xpusim compare s.json --vary seed=1,2 --replications 10 --different-work\n\nThe best of many, with as few replications as may be:\n  xpusim compare s.json --vary policies.scheduler=fifo,sjf,easy,conservative --select wait_s.mean --indifference 2%\n  xpusim compare s.json --vary policies.scheduler=fifo,sjf,easy,conservative --select wait_s.mean --budget 200\n\nA load sweep with its curves; loads without a steady state are marked as saturated:\n  xpusim compare s.json --load 0.5:0.95:0.05 --vary policies.scheduler=fifo,easy --replications 10"
    )]
    Compare(Compare),
    /// Search the values of parameters that make a metric best
    #[command(
        after_help = "All candidates see the same random numbers. The winner is compared with the scenario as it stands on fresh replications and, with --holdout, on the end of a log that the search has not seen; it is written as best.json.\n--replications is the least number of runs of a candidate (default 4).\n\nExamples:\n  xpusim tune s.json --param policies.sleep.after=1s:600s:log --objective energy_j.total\n  xpusim tune s.json --param policies.scheduler.ageing=0.001:1:log --objective wait_s.p99 --method gp --budget 200\n  xpusim tune log.json --param policies.scheduler=easy,fifo-greedy,sjf-greedy --objective bounded_slowdown.mean --holdout 0.3"
    )]
    Tune(Tune),
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
    /// A grid of variants and replications as cells that any number of processes and machines run
    #[command(
        after_help = "Example:\n  xpusim sweep plan s.json --vary policies.scheduler=fifo,easy --replications 100 --out grid\n  xpusim sweep run grid\n  xpusim sweep collect grid"
    )]
    Sweep(Sweep),
    /// Check a scenario without running it; every error at once
    Validate(Validate),
    /// Draw the charts of a results folder again, from its CSV files
    #[command(after_help = PLOTS_HELP)]
    Plot(Plot),
    /// Write a results folder as one HTML page: tables, charts with values, a Gantt chart to zoom, the tasks to search
    #[command(
        after_help = "The page is one file that needs no network: it opens from disk, in a mail, on paper.\nIts address can say what is shown: report.html#search=status=failed&from=0&to=3600, #task=17, #metric=wait_s.p99\n\nExamples:\n  xpusim report results/demo\n  xpusim report results/demo --out demo.html"
    )]
    Report(Report),
    /// Write a run in the formats of other programs
    #[command(
        after_help = "Examples:\n  xpusim export --perfetto results/demo     then open results/demo/perfetto.json at a Perfetto UI\n  xpusim export --batsim results/demo       tables that evalys draws"
    )]
    Export(Export),
    /// Pack a results folder with its inputs and a script that repeats it
    #[command(
        after_help = "The archive holds the results, the scenario as given, every log that it reads, and reproduce.sh. Mind the\nterms of the logs before you publish it."
    )]
    Bundle(Bundle),
    /// Run again what a manifest tells of, and compare the results byte by byte
    #[command(
        after_help = "Exit code 1: a file differs. Manifests hold times and are not compared.\n\nExamples:\n  xpusim reproduce results/demo\n  tar xzf demo.tar.gz && xpusim reproduce demo"
    )]
    Reproduce(Reproduce),
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
    /// Print the JSON Schema of scenario files, or of plots.json
    Schema(Schema),
    /// Print completions for a shell
    Completions(Completions),
    /// Check the simulator against closed-form theory
    Verify(Verify),
}
