//! The format of a log: as given, or as the file shows.

use std::path::Path;

use crate::json::did_you_mean;
use crate::workload::trace::{FORMATS, Limits, guess_format};

use super::failure::Failure;

/// The format that was given, or that the file's name or first line tells beyond doubt.
pub(super) fn format_of(trace: &Path, given: Option<&str>) -> Result<String, Failure> {
    let known: Vec<&str> = FORMATS.iter().map(|(name, _)| *name).collect();
    match given {
        Some(format) if known.contains(&format) => return Ok(format.to_owned()),
        Some(format) => {
            let hint = did_you_mean(format, &known).map(|h| format!("; {h}")).unwrap_or_default();
            let message = format!("--format: found `{format}`, expected one of {}{hint}", known.join(", "));
            return Err(Failure::new(Failure::USAGE, message));
        }
        None => {}
    }
    match guess_format(trace, Limits::default())? {
        Some(format) if known.contains(&format) => Ok(format.to_owned()),
        _ => {
            let message = format_args!("{}: give its format: --format {}", trace.display(), known.join("|"));
            Err(Failure::new(Failure::USAGE, message))
        }
    }
}
