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
