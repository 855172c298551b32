//! The table of throughputs.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use super::{Key, Rows};
use crate::workload::trace::error::shown;
use crate::workload::trace::{Limits, TraceError, TraceReader};

/// Steps per second that are told apart from none, and that the clock can count.
const RANGE: std::ops::RangeInclusive<f64> = 1e-9..=1e9;

/// Steps per second of each (job type, width) on each device.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Throughputs {
    devices: BTreeMap<String, Rows>,
    /// SHA-256 of the file in hexadecimal.
    pub sha256: String,
}

impl Throughputs {
    /// The devices with their number of rows, by name.
    pub fn devices(&self) -> impl Iterator<Item = (&str, usize)> {
        self.devices.iter().map(|(name, rows)| (name.as_str(), rows.len()))
    }

    /// Steps per second of a job alone on `width` units of `device`; `None` where it cannot run there.
    pub fn alone(&self, device: &str, job_type: &str, width: u32) -> Option<f64> {
        self.devices.get(device)?.get(&(job_type.to_owned(), width)).copied().filter(|steps| *steps > 0.0)
    }
}

/// Reads a table, at most 64 MiB of it.
///
/// # Errors
/// The file cannot be read, is not JSON of that shape, or a throughput is neither 0 nor from 1e-9 to 1e9.
pub fn read_throughputs(path: &Path) -> Result<Throughputs, TraceError> {
    // A table may be a single line.
    let limits = Limits { bytes: 64 << 20, line_bytes: 64 << 20, ..Limits::default() };
    parse_throughputs(TraceReader::open(path, limits)?)
}

/// As [`read_throughputs`], from an opened reader.
pub(super) fn parse_throughputs(mut reader: TraceReader) -> Result<Throughputs, TraceError> {
    let path = reader.path().to_owned();
    let mut text = Vec::new();
    while let Some(line) = reader.next_line()? {
        text.extend_from_slice(line.bytes);
        text.push(b'\n');
    }
    // Only `null` is read of a row; the rest is as long as the table is wide.
    let table: BTreeMap<String, BTreeMap<String, BTreeMap<String, Value>>> =
        serde_json::from_slice(&text).map_err(|e| {
            let line = Some(e.line() as u64).filter(|n| *n > 0);
            TraceError::input(
                &path,
                line,
                e.to_string(),
                "JSON {device: {\"('job type', width)\": {\"null\": steps/s}}}",
            )
        })?;
    let mut devices = BTreeMap::new();
    for (device, rows) in table {
        let mut known = Rows::new();
        for (name, row) in rows {
            let place = |what: &str| format!("{}/{}/{what}", shown(device.as_bytes()), shown(name.as_bytes()));
            let key = key(&name).ok_or_else(|| {
                TraceError::input(&path, None, place(""), "keys like ('ResNet-18 (batch size 64)', 1)")
            })?;
            let Some(alone) = row.get("null") else { continue };
            let steps = alone.as_f64().filter(|s| *s == 0.0 || RANGE.contains(s)).ok_or_else(|| {
                TraceError::input(&path, None, shown(alone.to_string().as_bytes()), "0, or a number from 1e-9 to 1e9")
                    .field(place("null"))
            })?;
            known.insert(key, steps);
        }
        devices.insert(device, known);
    }
    Ok(Throughputs { devices, sha256: reader.sha256() })
}

/// What `('job type', width)` names.
fn key(text: &str) -> Option<Key> {
    let (quoted, width) = text.strip_prefix('(')?.strip_suffix(')')?.rsplit_once(',')?;
    let inside = |quote: char| quoted.trim().strip_prefix(quote)?.strip_suffix(quote);
    Some((inside('\'').or_else(|| inside('"'))?.to_owned(), width.trim().parse().ok()?))
}
