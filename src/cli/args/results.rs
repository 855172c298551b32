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
    /// Which charts, and how they look [default: DIR/plots.json, if there is one]
    #[arg(long, value_name = "FILE")]
    pub plots: Option<PathBuf>,
}

/// Arguments of `report`.
#[derive(Debug, Args)]
pub struct Report {
    /// A results folder: of a run, a comparison, a sweep or a search
    pub dir: PathBuf,
    /// Where the page goes [default: report.html in the folder]
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Say nothing but errors
    #[arg(long, short)]
    pub quiet: bool,
}

/// How to choose, for `plot --help`.
pub const PLOTS_HELP: &str = r##"A plots.json beside the CSV files says which charts, and how they look. All of it is optional:
  {
    "charts": ["forest", "bars_wait_s.mean", "cdf_wait"],     only these; or "exclude": [...]
    "columns": 1,                                             1 or 2 columns of a paper; "height": 1.3; "font_size": 9
    "titles": true,                                           a title above each chart
    "variants": ["fifo", "easy"],                             these only, in this order
    "metrics": ["wait_s.mean", "edp_js"],                     for bars, boxes and the forest
    "labels": {"easy": "EASY backfilling", "wait_s.mean": "Mean wait"},
    "colors": {"easy": "#0072B2"},                            a policy has the same colour in every folder otherwise
    "units": {"wait_s.mean": "h", "energy": "kWh"},
    "log": ["wait_s.mean"]
  }
Charts of a run: gantt, wait_cdf, utilization, queue, power, memory, packing. Of a comparison: bars_METRIC,
bars_utilization, box_METRIC, forest, energy_response, cdf_wait, ccdf_wait, cdf_response, ccdf_response, cdf_slowdown,
ccdf_slowdown, fairness_cdf. `xpusim schema plots` prints the JSON Schema.

Examples:
  xpusim plot results/mine --png
  xpusim plot results/mine --plots paper.json"##;
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
