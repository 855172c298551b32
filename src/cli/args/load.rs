//! Arguments of load sweeps.

use clap::{Args, ValueEnum};

use crate::experiment::{LoadMethod, Loads};

/// What is scaled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum LoadBy {
    /// Tasks come faster: rates are multiplied, times between arrivals of logs divided
    #[default]
    Arrivals,
    /// Tasks are larger: durations, operations and bytes are multiplied
    Sizes,
    /// The machine is smaller: nodes (of a single node, its units) are divided and rounded
    Machine,
}

impl From<LoadBy> for LoadMethod {
    fn from(by: LoadBy) -> Self {
        match by {
            LoadBy::Arrivals => Self::Arrivals,
            LoadBy::Sizes => Self::Sizes,
            LoadBy::Machine => Self::Machine,
        }
    }
}

/// Offered loads and how to reach them.
#[derive(Debug, Default, Clone, Args)]
pub struct Load {
    /// Offered loads at which all variants run: FROM:TO:STEP with both ends, or A,B,C. Draws load curves
    #[arg(long, value_name = "FROM:TO:STEP")]
    pub load: Option<Loads>,
    /// What is scaled to reach a load; it is the baseline's, and the other variants meet the same tasks
    #[arg(long, value_name = "METHOD", value_enum, default_value_t, requires = "load")]
    pub load_by: LoadBy,
}
