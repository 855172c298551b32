//! A manifest read back: what is needed to run again what it tells of.

use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;

/// A log that a run read.
#[derive(Clone, Debug, Deserialize)]
pub struct RecordedTrace {
    /// As the scenario names it.
    pub path: String,
    /// SHA-256 of the file.
    pub sha256: String,
}

/// The parts of `manifest.json` that say what ran.
#[derive(Clone, Debug, Deserialize)]
pub struct Recorded {
    /// Program and version.
    pub program: String,
    /// `incomplete` or `running` where the run did not come to its end.
    #[serde(default)]
    pub status: Option<String>,
    /// Arguments of the command.
    #[serde(default)]
    pub command: Vec<String>,
    /// Logs.
    #[serde(default)]
    pub traces: Vec<RecordedTrace>,
    /// Files that the scenario names.
    #[serde(default)]
    pub inputs: Vec<String>,
    /// The document that the command was given.
    #[serde(default)]
    pub given: Value,
}

/// Why a manifest tells too little.
#[derive(Debug, thiserror::Error)]
pub enum RecordedError {
    /// It cannot be read.
    #[error("{}: {error}", path.display())]
    Io {
        /// The manifest.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// It is not a manifest of a finished run.
    #[error("{}: {why}", path.display())]
    Content {
        /// The manifest.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
}

impl Recorded {
    /// Reads `manifest.json` in `folder`.
    ///
    /// # Errors
    /// There is none, it is not JSON, or it is not that of a finished run with its command and document.
    pub fn read(folder: &Path) -> Result<Self, RecordedError> {
        let path = folder.join("manifest.json");
        let bytes = std::fs::read(&path).map_err(|error| RecordedError::Io { path: path.clone(), error })?;
        let content = |why: String| RecordedError::Content { path: path.clone(), why };
        let recorded: Self = serde_json::from_slice(&bytes).map_err(|e| content(format!("not a manifest: {e}")))?;
        if let Some(status) = &recorded.status {
            return Err(content(format!("the run is {status}: there is nothing whole to repeat")));
        }
        if recorded.command.is_empty() || recorded.given.is_null() {
            let program = &recorded.program;
            let command = recorded.command.join(" ");
            let why = format!("written by {program}, it does not hold the document to repeat `{command}` with");
            return Err(content(why));
        }
        Ok(recorded)
    }

    /// Whether this build wrote it.
    pub fn is_of_this_version(&self) -> bool {
        self.program == format!("xpusim {}", env!("CARGO_PKG_VERSION"))
    }
}
