//! What the tests of all importers share.

use std::io::Cursor;
use std::path::Path;

use super::{CleaningReport, Limits, TraceReader};

/// A reader of `text`, called `name` in messages.
pub(super) fn reader(name: &str, text: impl AsRef<[u8]>) -> TraceReader {
    TraceReader::from_reader(Path::new(name), Cursor::new(text.as_ref().to_vec()), Limits::default()).unwrap()
}

/// Whether every record is either kept or left out.
pub(super) fn adds_up(report: &CleaningReport, rows: usize) -> bool {
    let skipped: u64 = report.skipped.iter().map(|tally| tally.count).sum();
    report.kept == rows as u64 && report.read == report.kept + skipped
}

/// `text` with the bytes from `at` on replaced by `bytes`.
pub(super) fn damaged(text: &str, at: usize, bytes: Vec<u8>) -> Vec<u8> {
    let mut text = text.as_bytes().to_vec();
    let at = at.min(text.len());
    text.splice(at..(at + bytes.len()).min(text.len()), bytes);
    text
}
