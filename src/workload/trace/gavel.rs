//! Gavel's traces: deep-learning training jobs, and how fast each of them is on each type of GPU.
//!
//! Narayanan et al., "Heterogeneity-Aware Cluster Scheduling Policies for Deep Learning Workloads", OSDI 2020.
//! A job is a line of ten fields with tabs between them and no header; its number is that of its line, from 0:
//!
//! | field | used as |
//! |---|---|
//! | 1 job type | row of the table |
//! | 2 to 5 command, folder, argument, data | not read |
//! | 6 total steps | work |
//! | 7 scale factor | gang width |
//! | 8 priority weight | priority |
//! | 9 SLO | not read: it is a multiple of a duration that the trace does not have |
//! | 10 arrival, s | arrival, as it stands |
//!
//! The table of throughputs is JSON: device, then `('job type', scale factor)`, then `null` for the job alone:
//! steps per second of the whole gang. What it says of two jobs that share a GPU is not read.

use std::collections::BTreeMap;
use std::path::Path;

use super::arrival::{row, settle};
use super::cell::Cell;
use super::{CleaningReport, Limits, TraceError, TraceReader};
use crate::units::{NANOS_PER_SEC, SimDuration, SimTime};

mod throughputs;

pub use throughputs::{Throughputs, read_throughputs};

/// Fields of a line.
const FIELDS: usize = 10;
/// A step is taken for a second of reference time, and the clock has so many.
const MOST_STEPS: u64 = u64::MAX / NANOS_PER_SEC;
/// GPUs of one job.
const MOST_WIDTH: u64 = 1 << 20;

/// Why jobs are left out.
pub mod skipped {
    /// Field 6 is 0.
    pub const STEPS: &str = "no steps";
    /// No device of the cluster has a throughput for it.
    pub const NOWHERE: &str = "no throughput on any device of the cluster";
    /// Its scale factor is more than the devices it could use have units.
    pub const TOO_LARGE: &str = "wider than the devices that can run it";
}

/// One training job.
#[derive(Clone, Debug, PartialEq)]
pub struct GavelJob {
    /// Its number: lines from 0.
    pub id: u64,
    /// Physical line in the file.
    pub line: u64,
    /// When it arrives.
    pub arrival: SimTime,
    /// Model and batch size, as the table names them.
    pub job_type: String,
    /// Steps in all, at least 1.
    pub steps: u64,
    /// Gang width.
    pub width: u32,
    /// Priority weight, positive.
    pub priority: f64,
}

row!(GavelJob, arrival, |job| SimDuration::from_secs(job.steps));

/// A trace.
#[derive(Clone, Debug, PartialEq)]
pub struct GavelJobs {
    /// The jobs in order of (arrival, line).
    pub jobs: Vec<GavelJob>,
    /// What was left out.
    pub report: CleaningReport,
    /// SHA-256 of the file in hexadecimal.
    pub sha256: String,
}

/// Reads a trace.
///
/// # Errors
/// The file cannot be read, a line has not ten fields, or a number is out of range.
pub fn read_gavel(path: &Path, limits: Limits) -> Result<GavelJobs, TraceError> {
    parse_gavel(TraceReader::open(path, limits)?)
}

/// As [`read_gavel`], from an opened reader.
///
/// # Errors
/// As [`read_gavel`].
pub fn parse_gavel(mut reader: TraceReader) -> Result<GavelJobs, TraceError> {
    let path = reader.path().to_owned();
    let most = reader.limits().records;
    let mut jobs = Vec::new();
    let mut report = CleaningReport::default();
    while let Some(line) = reader.next_line()? {
        if line.bytes.trim_ascii().is_empty() {
            continue;
        }
        if report.read >= most {
            let expected = format!("at most {most} records");
            return Err(TraceError::input(&path, Some(line.number), "more records", &expected));
        }
        let job = job(&path, line.number, line.bytes, report.read)?;
        report.read += 1;
        if job.steps == 0 {
            report.skip(skipped::STEPS);
        } else {
            jobs.push(job);
        }
    }
    if report.read == 0 {
        return Err(TraceError::input(&path, None, "no records", "lines of ten fields with tabs between them"));
    }
    settle(&path, &mut jobs, SimTime::ZERO, &mut report)?;
    report.kept = jobs.len() as u64;
    Ok(GavelJobs { jobs, report, sha256: reader.sha256() })
}

/// The job of one line.
fn job(path: &Path, line: u64, bytes: &[u8], id: u64) -> Result<GavelJob, TraceError> {
    let fields: Vec<&[u8]> = bytes.split(|b| *b == b'\t').map(<[u8]>::trim_ascii).collect();
    if fields.len() != FIELDS {
        let found = format!("{} fields", fields.len());
        return Err(TraceError::input(path, Some(line), found, "10 fields with tabs between them"));
    }
    let cell = |at: usize, name| Cell { file: path, line, name, text: fields.get(at).copied().unwrap_or_default() };
    let (kind, width) = (cell(0, "1 job type"), cell(6, "7 scale factor"));
    let (weight, arrival) = (cell(7, "8 priority weight"), cell(9, "10 arrival"));
    let job_type = kind.text()?;
    if job_type.is_empty() || job_type.len() > 256 {
        return Err(kind.error("a name of 1 to 256 bytes"));
    }
    let priority = weight.billionths()? as f64 / NANOS_PER_SEC as f64;
    if priority <= 0.0 {
        return Err(weight.error("a positive number"));
    }
    Ok(GavelJob {
        id,
        line,
        arrival: arrival.instant_if_known()?.ok_or_else(|| arrival.error("a time of 0 or later"))?,
        job_type: job_type.to_owned(),
        steps: cell(5, "6 total steps").whole(MOST_STEPS)?,
        width: match width.whole(MOST_WIDTH)? {
            0 => return Err(width.error("at least 1")),
            gpus => gpus as u32,
        },
        priority,
    })
}

/// (job type, width), as the table's rows are keyed.
type Key = (String, u32);
/// Steps per second.
type Rows = BTreeMap<Key, f64>;

#[cfg(test)]
mod tests;
