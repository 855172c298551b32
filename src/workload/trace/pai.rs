//! Job lists of the PAI simulator: jobs of several equal instances, each with a part of a GPU or several.
//!
//! Alibaba's Platform for AI; Weng et al., "MLaaS in the Wild: Workload Analysis and Scheduling in
//! Large-Scale Heterogeneous GPU Clusters", NSDI 2022. Times in seconds; `num_gpu` and `num_cpu` are of each
//! instance and may be fractions: kept in hundredths, halves to even.
//!
//! `user_dur`, `group_dur` and `group_gpu_dur` are what a scheduler may know of a job's duration: the mean
//! of earlier jobs of its user, of its group, and of its group with as many GPUs.
//!
//! Jobs of unknown or no length and jobs without instances are left out and counted.

use std::path::Path;

use super::arrival::{Fate, gather, row};
use super::names::{Names, label};
use super::table::{Record, Table};
use super::task::TraceTask;
use super::{CleaningReport, Limits, TraceError, TraceReader};
use crate::model::task::Label;
use crate::units::{Share, SimDuration, SimTime};

/// Columns that a list must have.
pub(super) const COLUMNS: &[&str] =
    &["job_id", "user", "num_gpu", "num_cpu", "num_inst", "submit_time", "duration", "gpu_type"];

/// Columns that it may have.
const PREDICTED: [&str; 3] = ["user_dur", "group_dur", "group_gpu_dur"];

/// The `gpu_type` of jobs that run on any GPU.
const ANY_GPU: &str = "MISC";

/// Why jobs are left out.
pub mod skipped {
    /// `duration` is empty or not positive.
    pub const DURATION: &str = "duration unknown or not positive";
    /// `num_inst` is 0.
    pub const NO_INSTANCE: &str = "no instance";
    /// Neither `num_gpu` nor `num_cpu` is positive.
    pub const NOTHING: &str = "asks for neither GPU nor CPU";
}

/// What was changed in kept jobs.
pub mod changed {
    /// `num_gpu` or `num_cpu` has more than two digits behind the point.
    pub const ROUNDED: &str = "num_gpu or num_cpu rounded to hundredths";
}

/// Hundredths of 2^20 GPUs or CPU cores.
const MOST_HUNDREDTHS: u64 = 100 << 20;
/// Instances of one job.
const MOST_INSTANCES: u64 = 1 << 20;

/// One job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaiJob {
    /// `job_id`, unique in its list.
    pub id: Label,
    /// Physical line in the file.
    pub line: u64,
    /// Name of the user.
    pub user: String,
    /// Hundredths of a GPU of each instance; 0 for a CPU job.
    pub gpu_hundredths: u32,
    /// Hundredths of a CPU core of each instance.
    pub cpu_hundredths: u32,
    /// Equal instances, positive.
    pub instances: u32,
    /// Time since the first submission of the list (of all its jobs, kept or not).
    pub submit: SimTime,
    /// Positive.
    pub duration: SimDuration,
    /// The GPU model that it needs; `None` where any will do (`MISC`, or nothing).
    pub gpu_type: Option<String>,
    /// Duration predicted from the user's earlier jobs, positive.
    pub user_duration: Option<SimDuration>,
    /// Duration predicted from the group's earlier jobs, positive.
    pub group_duration: Option<SimDuration>,
    /// Duration predicted from the group's earlier jobs with as many GPUs, positive.
    pub group_gpu_duration: Option<SimDuration>,
}

row!(PaiJob, submit, |job| {
    let predicted = [job.user_duration, job.group_duration, job.group_gpu_duration];
    predicted.into_iter().flatten().fold(job.duration, SimDuration::max)
});

impl PaiJob {
    /// The job as a task of user number `user`. What the predictors said is not among a task's words.
    pub fn task(&self, user: u32) -> TraceTask {
        let on_host = self.gpu_hundredths == 0;
        let share = Share(self.gpu_hundredths.saturating_mul(10_000));
        TraceTask {
            units: if on_host { 0 } else { self.instances },
            instances: self.instances,
            share: if on_host { Share::WHOLE } else { share },
            host_cpus: u64::from(self.cpu_hundredths) * 10,
            user,
            ..TraceTask::plain(self.id.clone(), self.submit, self.duration)
        }
    }
}

/// A job list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaiLog {
    /// The jobs in order of (submission, line).
    pub jobs: Vec<PaiJob>,
    /// The first submission as the list has it.
    pub first_submission: SimTime,
    /// What was left out and changed.
    pub report: CleaningReport,
    /// SHA-256 of the file in hexadecimal.
    pub sha256: String,
}

/// Reads the list `path`, plain or gzip.
///
/// # Errors
/// The file cannot be read, a column is missing, a value is out of range, a submission is unknown, or an id
/// comes twice.
pub fn read_pai(path: &Path, limits: Limits) -> Result<PaiLog, TraceError> {
    parse_pai(TraceReader::open(path, limits)?)
}

/// As [`read_pai`], from an opened reader.
///
/// # Errors
/// As [`read_pai`].
pub fn parse_pai(reader: TraceReader) -> Result<PaiLog, TraceError> {
    let mut table = Table::with_optional(reader, COLUMNS, &PREDICTED)?;
    let mut names = Names::default();
    let gathered = gather(&mut table, |record, report| judge(record, &mut names, report))?;
    let (jobs, first_submission, report) = gathered.settle(table.path())?;
    Ok(PaiLog { jobs, first_submission, report, sha256: table.sha256() })
}

fn judge(record: &Record<'_>, names: &mut Names, report: &mut CleaningReport) -> Result<Fate<PaiJob>, TraceError> {
    let id = label(&names.take(&record.cell("job_id"))?);
    let submit = record.cell("submit_time").instant()?;
    let (gpu, cpu) = (record.cell("num_gpu"), record.cell("num_cpu"));
    let gpu_hundredths = gpu.fixed(2, MOST_HUNDREDTHS)? as u32;
    let cpu_hundredths = cpu.fixed(2, MOST_HUNDREDTHS)? as u32;
    let instances = record.cell("num_inst").whole(MOST_INSTANCES)? as u32;
    let [user_duration, group_duration, group_gpu_duration] =
        PREDICTED.map(|name| record.cell(name).duration_if_known());
    let gpu_type = record.cell("gpu_type").text()?;

    let left = |why| Ok(Fate::Left(Some(submit), why));
    let Some(duration) = record.cell("duration").duration_if_known()? else { return left(skipped::DURATION) };
    if instances == 0 {
        return left(skipped::NO_INSTANCE);
    }
    if gpu_hundredths == 0 && cpu_hundredths == 0 {
        return left(skipped::NOTHING);
    }
    let hundredth = 10_000_000;
    if gpu.billionths()? % hundredth != 0 || cpu.billionths()? % hundredth != 0 {
        report.change(changed::ROUNDED);
    }
    Ok(Fate::Kept(PaiJob {
        id,
        line: record.line,
        user: record.cell("user").text()?.to_owned(),
        gpu_hundredths,
        cpu_hundredths,
        instances,
        submit,
        duration,
        gpu_type: Some(gpu_type).filter(|name| !name.is_empty() && *name != ANY_GPU).map(str::to_owned),
        user_duration: user_duration?,
        group_duration: group_duration?,
        group_gpu_duration: group_gpu_duration?,
    }))
}

#[cfg(test)]
mod tests;
