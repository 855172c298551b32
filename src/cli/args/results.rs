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
