//! Philly jobs in a plain list: `timestamp, duration, num_gpus, cluster`.
//!
//! Microsoft's Philly clusters; Jeon et al., "Analysis of Large-Scale Multi-Tenant GPU Clusters for DNN
//! Training Workloads", USENIX ATC 2019. The list is the published log brought into columns, one line a
//! job: `timestamp` is its submission (`YYYY-MM-DD HH:MM:SS`, taken as UTC), `duration` in seconds,
//! `cluster` its virtual cluster, that is, its tenant. `gpu_time` is the product of two others and not
//! read.
//!
//! The list has no ids: a job is called by the number of its record, from 1. Jobs that never ran or hold no
//! GPU are left out and counted; so are those of other virtual clusters, where one is asked for.

use std::collections::BTreeSet;
use std::path::Path;

use super::arrival::{Fate, gather, row};
use super::error::shown;
use super::table::Table;
use super::task::TraceTask;
use super::{CleaningReport, Limits, TraceError, TraceReader};
use crate::json::nearest;
use crate::model::task::Label;
use crate::units::{SimDuration, SimTime};

/// Columns of the list.
pub(super) const COLUMNS: &[&str] = &["timestamp", "duration", "num_gpus", "cluster"];

/// Why jobs are left out.
pub mod skipped {
    /// `duration` is empty or not positive.
    pub const DURATION: &str = "duration unknown or not positive";
    /// `num_gpus` is 0.
    pub const NO_GPU: &str = "no GPU";
    /// `cluster` is not the one asked for.
    pub const OTHER_VC: &str = "of another virtual cluster";
}

/// GPUs of one job.
const MOST_GPUS: u64 = 1 << 20;

/// One job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhillyJob {
    /// Number of its record in the file, from 1.
    pub number: u64,
    /// Physical line in the file.
    pub line: u64,
    /// Time since the first submission (of all jobs of the virtual clusters that are read, kept or not).
    pub arrival: SimTime,
    /// Positive.
    pub duration: SimDuration,
    /// GPUs, positive.
    pub gpus: u32,
    /// Virtual cluster.
    pub vc: String,
    /// Position of the virtual cluster among the names of those that are read, in order of the alphabet.
    pub tenant: u32,
}

impl PhillyJob {
    /// A gang of whole GPUs; its class is the virtual cluster, its user the tenant.
    pub fn task(&self) -> TraceTask {
        TraceTask {
            class: Some(self.vc.clone()),
            units: self.gpus,
            user: self.tenant,
            ..TraceTask::plain(Label::Number(self.number), self.arrival, self.duration)
        }
    }
}

row!(PhillyJob, arrival, |job| job.duration);

/// A list of jobs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhillyLog {
    /// The jobs in order of (submission, line).
    pub jobs: Vec<PhillyJob>,
    /// The first submission, since 1970.
    pub first_submission: SimTime,
    /// What was left out.
    pub report: CleaningReport,
    /// SHA-256 of the file in hexadecimal.
    pub sha256: String,
}

/// Reads the list `path`, plain or gzip: all jobs, or those of the virtual cluster `vc`.
///
/// # Errors
/// The file cannot be read, a column is missing, a value is out of range or no time stamp, or no job is of
/// `vc`.
pub fn read_philly(path: &Path, vc: Option<&str>, limits: Limits) -> Result<PhillyLog, TraceError> {
    parse_philly(TraceReader::open(path, limits)?, vc)
}

/// As [`read_philly`], from an opened reader.
///
/// # Errors
/// As [`read_philly`].
pub fn parse_philly(reader: TraceReader, vc: Option<&str>) -> Result<PhillyLog, TraceError> {
    let mut table = Table::open(reader, COLUMNS)?;
    let mut names = BTreeSet::new();
    let gathered = gather(&mut table, |record, report| {
        let cluster = record.cell("cluster").text()?;
        let submitted = record.cell("timestamp").timestamp()?;
        let gpus = record.cell("num_gpus").whole(MOST_GPUS)? as u32;
        let duration = record.cell("duration").duration_if_known()?;
        if !names.contains(cluster) {
            names.insert(cluster.to_owned());
        }
        if vc.is_some_and(|wanted| wanted != cluster) {
            return Ok(Fate::Left(None, skipped::OTHER_VC));
        }
        let left = |why| Ok(Fate::Left(Some(submitted), why));
        let Some(duration) = duration else { return left(skipped::DURATION) };
        if gpus == 0 {
            return left(skipped::NO_GPU);
        }
        let (number, line, vc) = (report.read, record.line, cluster.to_owned());
        Ok(Fate::Kept(PhillyJob { number, line, arrival: submitted, duration, gpus, vc, tenant: 0 }))
    })?;
    let names: Vec<String> = names.into_iter().collect();
    if let Some(wanted) = vc.filter(|wanted| names.iter().all(|name| name != wanted)) {
        return Err(no_such_vc(table.path(), wanted, &names));
    }
    let (mut jobs, first_submission, report) = gathered.settle(table.path())?;
    if vc.is_none() {
        for job in &mut jobs {
            job.tenant = names.binary_search(&job.vc).unwrap_or_default() as u32;
        }
    }
    Ok(PhillyLog { jobs, first_submission, report, sha256: table.sha256() })
}

fn no_such_vc(path: &Path, wanted: &str, names: &[String]) -> TraceError {
    let found = format!("no job of the virtual cluster {}", shown(wanted.as_bytes()));
    let listed: Vec<String> = names.iter().take(60).map(|name| shown(name.as_bytes())).collect();
    let error = TraceError::input(path, None, found, &format!("one of {}", listed.join(", ")));
    match nearest(wanted, names) {
        Some(name) => error.hint(format!("is {} meant?", shown(name.as_bytes()))),
        None => error,
    }
}

#[cfg(test)]
mod tests;
