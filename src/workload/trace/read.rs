//! One way to read all formats whose jobs are tasks as they stand.

use std::collections::BTreeMap;
use std::path::Path;

use super::helios::{HeliosJob, read_helios};
use super::openb::{Durations, OpenbPod, read_openb_pods};
use super::pai::read_pai;
use super::philly::{PhillyJob, read_philly};
use super::swf::{SwfJob, SwfOptions, read_swf};
use super::tasks_csv::read_tasks_csv;
use super::tiresias::{TiresiasJob, read_tiresias};
use super::{CleaningReport, Limits, TraceError, TraceTask};
use crate::model::kind::UnitKind;
use crate::units::SimDuration;

/// What a reader may be told.
#[derive(Clone, Copy, Debug)]
pub struct ReadOptions<'a> {
    /// Processors of the machine, for `swf`: wider jobs are left out; `None`: what the log's header says.
    pub machine: Option<u32>,
    /// For `swf`: whether the account counts jobs beyond their estimate as killed; their run time is the
    /// logged one either way.
    pub kill_at_estimate: bool,
    /// For `philly`: only the jobs of this virtual cluster.
    pub vc: Option<&'a str>,
    /// For `openb`: how long every pod runs, also one that never started or ended; `None`: what the list says.
    pub each: Option<SimDuration>,
    /// What the file may ask of this machine.
    pub limits: Limits,
}

impl Default for ReadOptions<'_> {
    fn default() -> Self {
        Self { machine: None, kill_at_estimate: true, vc: None, each: None, limits: Limits::default() }
    }
}

/// A log as tasks.
#[derive(Clone, Debug, PartialEq)]
pub struct TraceLog {
    /// In order of arrival.
    pub tasks: Vec<TraceTask>,
    /// What was left out and changed.
    pub report: CleaningReport,
    /// SHA-256 of the file in hexadecimal.
    pub sha256: String,
}

/// Reads a file as tasks; fails as the format's own reader does.
pub type Reader = fn(&Path, &ReadOptions<'_>) -> Result<TraceLog, TraceError>;

/// The reader of `format`; `None` for an unknown format and for one whose jobs need more words than a
/// [`TraceTask`] has.
pub fn reader_of(format: &str) -> Option<Reader> {
    Some(match format {
        "swf" => |path, options| {
            let ReadOptions { machine: max_processors, kill_at_estimate, limits, .. } = *options;
            let log = read_swf(path, &SwfOptions { max_processors, kill_at_estimate, limits })?;
            let tasks = log.jobs.iter().map(SwfJob::task).collect();
            Ok(TraceLog { tasks, report: log.report, sha256: log.sha256 })
        },
        "openb" => |path, options| {
            let list = read_openb_pods(path, options.limits, options.each.map_or(Durations::Listed, Durations::Each))?;
            let tasks = list.pods.iter().map(OpenbPod::task).collect();
            Ok(TraceLog { tasks, report: list.report, sha256: list.sha256 })
        },
        "philly" => |path, options| {
            let log = read_philly(path, options.vc, options.limits)?;
            let tasks = log.jobs.iter().map(PhillyJob::task).collect();
            Ok(TraceLog { tasks, report: log.report, sha256: log.sha256 })
        },
        "helios" => |path, options| {
            let log = read_helios(path, options.limits)?;
            let tasks = log.jobs.iter().map(HeliosJob::task).collect();
            Ok(TraceLog { tasks, report: log.report, sha256: log.sha256 })
        },
        "tiresias" => |path, options| {
            let log = read_tiresias(path, options.limits)?;
            let tasks = log.jobs.iter().map(TiresiasJob::task).collect();
            Ok(TraceLog { tasks, report: log.report, sha256: log.sha256 })
        },
        "pai" => |path, options| {
            let log = read_pai(path, options.limits)?;
            let mut users: BTreeMap<&str, u32> = BTreeMap::new();
            let tasks = log.jobs.iter().map(|job| {
                let next = users.len() as u32;
                job.task(*users.entry(job.user.as_str()).or_insert(next))
            });
            Ok(TraceLog { tasks: tasks.collect(), report: log.report, sha256: log.sha256 })
        },
        "tasks-csv" => |path, options| {
            let log = read_tasks_csv(path, options.limits)?;
            Ok(TraceLog { tasks: log.tasks, report: log.report, sha256: log.sha256 })
        },
        _ => return None,
    })
}

/// The kind of units that a format's jobs run on where nothing else is said.
pub fn default_kind(format: &str) -> UnitKind {
    match format {
        "swf" | "tasks-csv" => UnitKind::Cpu,
        // All other logs are of clusters for machine learning.
        _ => UnitKind::Gpu,
    }
}

#[cfg(test)]
mod tests {
    use super::super::FORMATS;
    use super::*;

    #[test]
    fn a_missing_file_is_no_fault_of_the_format() {
        for format in FORMATS.iter().filter_map(|(name, _)| reader_of(name)) {
            let error = format(Path::new("/nowhere/at all"), &ReadOptions::default()).unwrap_err();
            assert_eq!(error.kind, super::super::TraceErrorKind::Io, "{error}");
        }
        assert!(reader_of("swff").is_none());
    }
}
