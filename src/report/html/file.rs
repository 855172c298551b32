//! JSON files of a results folder, where they are there.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use serde_json::Value;

use crate::report::plots::PlotError;

/// The text of a file; `None` when there is none.
pub(super) fn text(path: &Path) -> Result<Option<String>, PlotError> {
    let unreadable = |source| PlotError::Read { path: path.to_owned(), source };
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(error)),
    };
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Some(text)),
        Err(error) => {
            let good = error.utf8_error().valid_up_to();
            let line = error.as_bytes().iter().take(good).filter(|b| **b == b'\n').count() as u64 + 1;
            Err(PlotError::csv(path, line, "not UTF-8 text"))
        }
    }
}

/// The text of a JSON file and what it says; `None` when there is none.
pub(super) fn json(path: &Path) -> Result<Option<(String, Value)>, PlotError> {
    let Some(text) = text(path)? else { return Ok(None) };
    match serde_json::from_str(&text) {
        Ok(value) => Ok(Some((text, value))),
        Err(error) => Err(PlotError::csv(path, error.line() as u64, error.to_string())),
    }
}
