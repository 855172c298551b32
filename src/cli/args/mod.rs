//! The arguments, and the help that teaches them.

mod common;
mod compare;
mod info;
mod logs;
mod results;
mod run;

use clap::{Parser, Subcommand};

pub use common::Common;
pub use compare::{Compare, Pairing};
pub use info::{Calibrate, Completions, Devices, Init, List, PowerLaw, Schema, SchemaOf};
pub use logs::{Import, Replay};
pub use results::{PLOTS_HELP, Plot, Report};
pub use run::{Demo, Run, Validate, Verify};

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
    #[command(after_help = PLOTS_HELP)]
    Plot(Plot),
    /// Write a results folder as one HTML page: tables, charts with values, a Gantt chart to zoom, the tasks to search
    #[command(
        after_help = "The page is one file that needs no network: it opens from disk, in a mail, on paper.\nIts address can say what is shown: report.html#search=status=failed&from=0&to=3600, #task=17, #metric=wait_s.p99\n\nExamples:\n  xpusim report results/demo\n  xpusim report results/demo --out demo.html"
    )]
    Report(Report),
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
