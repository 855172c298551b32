//! Sweeps that outgrow one process: a grid of independent cells, run in any order, anywhere, more than once.
//!
//! ```text
//! DIR/sweep.json                   the plan: scenarios, variants, replications, hashes
//! DIR/cells/00012/00012345.json    a finished cell: one line of JSON that ends with its own checksum
//! DIR/cells/00012/00012345.failed  what the last attempt at a cell said
//! ```
//!
//! A cell is one replication of one variant. Its file names the plan, its number and the scenario by hash, and
//! appears whole by renaming, so processes need not know of each other: whoever runs a cell writes the same bytes.

mod cell;
mod gather;
mod hash;
mod jobs;
mod make;
mod place;
mod plan;
mod run;
mod slurm;
mod store;
mod survey;

pub use cell::{CellFile, CellState};
pub use gather::Gathered;
pub use jobs::first_variant;
pub use make::{Source, make};
pub use plan::{Place, PlannedScenario, PlannedVariant, SweepPlan};
pub use run::{CellFailure, Outcome, Shard, SweepOptions, SweepProgress, run};
pub use slurm::Sbatch;
pub use store::Store;
pub use survey::{State, Survey, Tally};

use std::io;
use std::path::{Path, PathBuf};

use crate::experiment::CompareError;

/// Program and version that make and run plans.
pub const PROGRAM: &str = concat!("xpusim ", env!("CARGO_PKG_VERSION"));

/// Why a sweep did not go on. Cells that are finished stay so.
#[derive(Debug, thiserror::Error)]
pub enum SweepError {
    /// A file could not be read or written.
    #[error("{}: {error}", path.display())]
    Io {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// The plan, or what it names, is not what it should be.
    #[error("{0}")]
    Input(String),
    /// A variant is not a scenario.
    #[error(transparent)]
    Variant(#[from] CompareError),
}

impl SweepError {
    fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |error| Self::Io { path, error }
    }
}
