//! Finding and reading the files of a scenario, within the folders that it may read.

use std::path::{Path, PathBuf};

use crate::json::{Document, Limits, Problems, ReadError, Setting};
use crate::workload::trace::TraceError;

/// Environment variable that names a folder of traces.
pub const TRACES_VARIABLE: &str = "XPUSIM_TRACES";

/// Why a scenario cannot be run.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The operating system refused a file.
    #[error("{0}")]
    Io(String),
    /// The input is wrong.
    #[error("{0}")]
    Input(Problems),
    /// A trace is wrong.
    #[error("error: {0}")]
    Trace(TraceError),
}

impl From<ReadError> for LoadError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Input(problems) => Self::Input(problems),
            other @ ReadError::Io { .. } => Self::Io(other.to_string()),
        }
    }
}

impl From<Problems> for LoadError {
    fn from(problems: Problems) -> Self {
        Self::Input(problems)
    }
}

/// Knows where files may be read from.
#[derive(Clone, Debug, Default)]
pub struct Loader {
    /// The scenario's folder.
    pub base: PathBuf,
    /// Further folders that paths may lead into.
    pub allowed: Vec<PathBuf>,
}

impl Loader {
    /// Reads a scenario file and applies settings to it.
    ///
    /// # Errors
    /// The file cannot be read, is not JSON, or a setting does not fit.
    pub fn open(path: &Path, settings: &[Setting], allowed: &[PathBuf]) -> Result<(Self, Document), LoadError> {
        let mut document = Document::read(path, &Limits::default())?.without_remarks();
        for setting in settings {
            document.set(setting)?;
        }
        let parent = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Ok((Self { base: parent.to_owned(), allowed: allowed.to_vec() }, document))
    }

    /// The file behind a path in a scenario: relative to its folder, else below `$XPUSIM_TRACES`.
    ///
    /// # Errors
    /// There is no such file, or it lies outside the folders that may be read.
    pub fn resolve(&self, path: &str) -> Result<PathBuf, String> {
        let traces = std::env::var_os(TRACES_VARIABLE).map(PathBuf::from);
        let roots: Vec<&Path> = [Some(self.base.as_path()), traces.as_deref()]
            .into_iter()
            .flatten()
            .chain(self.allowed.iter().map(PathBuf::as_path))
            .collect();
        let candidates = roots.iter().map(|root| root.join(path));
        let Some(found) = candidates.into_iter().find(|p| p.exists()) else {
            let places: Vec<String> = roots.iter().map(|r| r.display().to_string()).collect();
            return Err(format!(
                "there is no such file in {} (set {TRACES_VARIABLE} to look elsewhere)",
                places.join(" or ")
            ));
        };
        let real = found.canonicalize().map_err(|e| e.to_string())?;
        let inside = roots.iter().filter_map(|r| r.canonicalize().ok()).any(|root| real.starts_with(root));
        if inside { Ok(found) } else { Err("it lies outside the scenario's folder; allow it with --allow-path".into()) }
    }
}
