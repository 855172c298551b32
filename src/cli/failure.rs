//! How a command fails: an exit code and words for people.

use std::any::Any;
use std::fmt::Display;
use std::path::Path;

use crate::experiment::{CompareError, RunError};
use crate::report::plots::PlotError;
use crate::scenario::LoadError;
use crate::sim::SimError;
use crate::workload::trace::{TraceError, TraceErrorKind};

/// A failed command.
#[derive(Debug)]
pub struct Failure {
    /// Exit code.
    pub code: u8,
    /// What to say, empty for nothing.
    pub message: String,
}

impl Failure {
    pub(super) const CHECK: u8 = 1;
    pub(super) const USAGE: u8 = 2;
    pub(super) const INPUT: u8 = 3;
    pub(super) const FILES: u8 = 4;
    pub(super) const STUCK: u8 = 5;
    pub(super) const BUG: u8 = 6;

    /// With `error: ` in front where it is not there yet.
    pub(super) fn new(code: u8, message: impl Display) -> Self {
        let message = message.to_string();
        let message = if message.starts_with("error: ") { message } else { format!("error: {message}") };
        Self { code, message }
    }

    /// A panic outside a replication: a bug of ours.
    pub(super) fn panicked(panic: &(dyn Any + Send)) -> Self {
        let said = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
        let version = env!("CARGO_PKG_VERSION");
        Self::new(
            Self::BUG,
            format_args!("xpusim {version} panicked: {}; please report this", said.unwrap_or("no message")),
        )
    }

    /// A file could not be read or written.
    pub(super) fn io(path: &Path, error: &std::io::Error) -> Self {
        Self::new(Self::FILES, format_args!("{}: {error}", path.display()))
    }
}

impl From<LoadError> for Failure {
    fn from(error: LoadError) -> Self {
        let code = if matches!(error, LoadError::Io(_)) { Self::FILES } else { Self::INPUT };
        Self::new(code, error)
    }
}

impl From<TraceError> for Failure {
    fn from(error: TraceError) -> Self {
        let code = if error.kind == TraceErrorKind::Io { Self::FILES } else { Self::INPUT };
        Self::new(code, error)
    }
}

impl From<RunError> for Failure {
    fn from(error: RunError) -> Self {
        let code = match &error {
            RunError::Io { .. } => Self::FILES,
            RunError::Panic { .. } => Self::BUG,
            RunError::Policy(_) => Self::INPUT,
            RunError::Simulation { error, .. } => match error {
                SimError::Policy { .. } | SimError::Invariant { .. } => Self::BUG,
                _ => Self::STUCK,
            },
        };
        Self::new(code, error)
    }
}

impl From<CompareError> for Failure {
    fn from(error: CompareError) -> Self {
        let (label, inner): (String, Self) = match error {
            CompareError::Load { label, error } => (label, (*error).into()),
            CompareError::Run { label, error } => (label, (*error).into()),
            CompareError::DifferentWork(different) => return Self::new(Self::INPUT, different),
        };
        Self { code: inner.code, message: format!("variant `{label}`:\n{}", inner.message) }
    }
}

impl From<PlotError> for Failure {
    fn from(error: PlotError) -> Self {
        let code =
            if matches!(error, PlotError::Read { .. } | PlotError::Write { .. }) { Self::FILES } else { Self::INPUT };
        Self::new(code, error)
    }
}
