//! Helios jobs in a plain list: `job_id, arrival_s, service_sec, gpu_count`.
//!
//! SenseTime's Helios clusters; Hu et al., "Characterization and Prediction of Deep Learning Workloads in
//! Large-Scale GPU Datacenters", SC 2021. The list is the published log brought into four columns. Times
//! in seconds. Jobs that never ran or hold no GPU are left out and counted.

use std::path::Path;

use super::arrival::{Fate, gather, row};
use super::names::{Names, label};
use super::table::Table;
use super::task::TraceTask;
use super::{CleaningReport, Limits, TraceError, TraceReader};
use crate::model::task::Label;
use crate::units::{SimDuration, SimTime};

/// Columns of the list.
pub(super) const COLUMNS: &[&str] = &["job_id", "arrival_s", "service_sec", "gpu_count"];

/// Why jobs are left out.
pub mod skipped {
    /// `service_sec` is empty or not positive.
    pub const DURATION: &str = "service_sec unknown or not positive";
    /// `gpu_count` is 0.
    pub const NO_GPU: &str = "no GPU";
}

/// GPUs of one job.
const MOST_GPUS: u64 = 1 << 20;

/// One job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeliosJob {
    /// `job_id`, unique in its list.
    pub id: Label,
    /// Physical line in the file.
    pub line: u64,
    /// Time since the first arrival of the list (of all its jobs, kept or not).
    pub arrival: SimTime,
    /// `service_sec`, positive.
    pub duration: SimDuration,
    /// GPUs, positive.
    pub gpus: u32,
}

impl HeliosJob {
    /// A gang of whole GPUs.
    pub fn task(&self) -> TraceTask {
        TraceTask { units: self.gpus, ..TraceTask::plain(self.id.clone(), self.arrival, self.duration) }
    }
}

row!(HeliosJob, arrival, |job| job.duration);

/// A list of jobs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeliosLog {
    /// The jobs in order of (arrival, line).
    pub jobs: Vec<HeliosJob>,
    /// The first arrival as the list has it.
    pub first_arrival: SimTime,
    /// What was left out.
    pub report: CleaningReport,
    /// SHA-256 of the file in hexadecimal.
    pub sha256: String,
}

/// Reads the list `path`, plain or gzip.
///
/// # Errors
/// The file cannot be read, a column is missing, a value is out of range, an arrival is unknown, or an id
/// comes twice.
pub fn read_helios(path: &Path, limits: Limits) -> Result<HeliosLog, TraceError> {
    parse_helios(TraceReader::open(path, limits)?)
}

/// As [`read_helios`], from an opened reader.
///
/// # Errors
/// As [`read_helios`].
pub fn parse_helios(reader: TraceReader) -> Result<HeliosLog, TraceError> {
    let mut table = Table::open(reader, COLUMNS)?;
    let mut names = Names::default();
    let gathered = gather(&mut table, |record, _| {
        let id = label(&names.take(&record.cell("job_id"))?);
        let arrival = record.cell("arrival_s").instant()?;
        let gpus = record.cell("gpu_count").whole(MOST_GPUS)? as u32;
        let left = |why| Ok(Fate::Left(Some(arrival), why));
        let Some(duration) = record.cell("service_sec").duration_if_known()? else { return left(skipped::DURATION) };
        if gpus == 0 {
            return left(skipped::NO_GPU);
        }
        Ok(Fate::Kept(HeliosJob { id, line: record.line, arrival, duration, gpus }))
    })?;
    let (jobs, first_arrival, report) = gathered.settle(table.path())?;
    Ok(HeliosLog { jobs, first_arrival, report, sha256: table.sha256() })
}

#[cfg(test)]
mod tests;
