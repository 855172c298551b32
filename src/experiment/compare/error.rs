//! Why a comparison brought nothing.

use crate::experiment::RunError;
use crate::scenario::LoadError;

use super::work::DifferentWork;

/// Why a comparison brought nothing.
#[derive(Debug, thiserror::Error)]
pub enum CompareError {
    /// A variant is not a scenario.
    #[error("variant `{label}`:\n{error}")]
    Load {
        /// Which variant.
        label: String,
        /// Why.
        error: Box<LoadError>,
    },
    /// A variant could not be run.
    #[error("variant `{label}`: {error}")]
    Run {
        /// Which variant.
        label: String,
        /// Why.
        error: Box<RunError>,
    },
    /// Variants met different tasks.
    #[error("{0}")]
    DifferentWork(Box<DifferentWork>),
}
