//! Job lists and cluster files of the Tiresias simulator.
//!
//! Gu et al., "Tiresias: A GPU Cluster Manager for Distributed Deep Learning", NSDI 2019. A job list has the
//! columns `job_id, num_gpu, submit_time, iterations, model_name, duration, interval`, times in whole
//! seconds; `iterations` and `interval` (from this submission to the next) say nothing that is needed and
//! need not be there, so that ElasticFlow's lists are read too (Gu et al., ASPLOS 2023). A cluster file has
//! one line: switches, nodes of each, GPUs, CPU cores and GiB of host memory of each node.
//!
//! Jobs of no length or without GPUs are left out and counted.

use std::path::Path;

use super::arrival::{Fate, gather, no_records, row};
use super::cell::Cell;
use super::names::{Names, label};
use super::table::Table;
use super::task::TraceTask;
use super::{CleaningReport, Limits, TraceError, TraceReader};
use crate::model::task::Label;
use crate::units::{Bytes, SimDuration, SimTime};

/// Columns that a job list must have.
pub(super) const COLUMNS: &[&str] = &["job_id", "num_gpu", "submit_time", "model_name", "duration"];

/// Columns of a cluster file.
const NODE_COLUMNS: [&str; 5] = ["num_switch", "num_node_p_switch", "num_gpu_p_node", "num_cpu_p_node", "mem_p_node"];

/// Why jobs are left out.
pub mod skipped {
    /// `duration` is empty or not positive.
    pub const DURATION: &str = "duration unknown or not positive";
    /// `num_gpu` is 0.
    pub const NO_GPU: &str = "no GPU";
}

/// GPUs of one job or node; nodes and switches of a cluster.
const MOST: u64 = 1 << 20;
/// Whole seconds that the clock can hold.
const MOST_SECONDS: u64 = u64::MAX / 1_000_000_000;

/// One job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TiresiasJob {
    /// `job_id`, unique in its list.
    pub id: Label,
    /// Physical line in the file.
    pub line: u64,
    /// Time since the first submission of the list (of all its jobs, kept or not).
    pub arrival: SimTime,
    /// Positive.
    pub duration: SimDuration,
    /// GPUs, positive.
    pub gpus: u32,
    /// The network that it trains.
    pub model: String,
    /// Iterations of the training, where the list tells them.
    pub iterations: Option<u64>,
}

impl TiresiasJob {
    /// A gang of whole GPUs; its class is the network.
    pub fn task(&self) -> TraceTask {
        TraceTask {
            class: Some(self.model.clone()).filter(|model| !model.is_empty()),
            units: self.gpus,
            ..TraceTask::plain(self.id.clone(), self.arrival, self.duration)
        }
    }
}

row!(TiresiasJob, arrival, |job| job.duration);

/// A job list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TiresiasLog {
    /// The jobs in order of (submission, line).
    pub jobs: Vec<TiresiasJob>,
    /// The first submission as the list has it.
    pub first_submission: SimTime,
    /// What was left out.
    pub report: CleaningReport,
    /// SHA-256 of the file in hexadecimal.
    pub sha256: String,
}

/// A cluster of equal nodes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TiresiasCluster {
    /// Switches, positive.
    pub switches: u32,
    /// Nodes of each switch, positive.
    pub nodes_per_switch: u32,
    /// GPUs of each node.
    pub gpus_per_node: u32,
    /// CPU cores of each node.
    pub cpus_per_node: u32,
    /// Host memory of each node.
    pub memory_per_node: Bytes,
    /// SHA-256 of the file in hexadecimal.
    pub sha256: String,
}

/// Reads the job list `path`, plain or gzip.
///
/// # Errors
/// The file cannot be read, a column is missing, a value is out of range, a time is unknown or no whole
/// second, or an id comes twice.
pub fn read_tiresias(path: &Path, limits: Limits) -> Result<TiresiasLog, TraceError> {
    parse_jobs(TraceReader::open(path, limits)?)
}

/// Reads the cluster file `path`.
///
/// # Errors
/// The file cannot be read, a column is missing, a value is out of range, or there is not one line of
/// values.
pub fn read_tiresias_cluster(path: &Path, limits: Limits) -> Result<TiresiasCluster, TraceError> {
    parse_cluster(TraceReader::open(path, limits)?)
}

/// As [`read_tiresias`], from an opened reader.
///
/// # Errors
/// As [`read_tiresias`].
pub fn parse_jobs(reader: TraceReader) -> Result<TiresiasLog, TraceError> {
    let mut table = Table::with_optional(reader, COLUMNS, &["iterations"])?;
    let mut names = Names::default();
    let gathered = gather(&mut table, |record, _| {
        let id = label(&names.take(&record.cell("job_id"))?);
        let arrival = SimTime::ZERO + SimDuration::from_secs(record.cell("submit_time").whole(MOST_SECONDS)?);
        let gpus = record.cell("num_gpu").whole(MOST)? as u32;
        let iterations = record.cell("iterations").known().map_or(Ok(None), |cell| cell.whole_if_known(u64::MAX))?;
        let model = record.cell("model_name").text()?.to_owned();
        let left = |why| Ok(Fate::Left(Some(arrival), why));
        let Some(duration) = whole_seconds(record.cell("duration"))? else { return left(skipped::DURATION) };
        if gpus == 0 {
            return left(skipped::NO_GPU);
        }
        Ok(Fate::Kept(TiresiasJob { id, line: record.line, arrival, duration, gpus, model, iterations }))
    })?;
    let (jobs, first_submission, report) = gathered.settle(table.path())?;
    Ok(TiresiasLog { jobs, first_submission, report, sha256: table.sha256() })
}

/// A positive number of whole seconds; `None` where it is unknown or not positive.
fn whole_seconds(cell: Cell<'_>) -> Result<Option<SimDuration>, TraceError> {
    let seconds = cell.known().map_or(Ok(None), |cell| cell.whole_if_known(MOST_SECONDS))?;
    Ok(seconds.filter(|s| *s > 0).map(SimDuration::from_secs))
}

/// As [`read_tiresias_cluster`], from an opened reader.
///
/// # Errors
/// As [`read_tiresias_cluster`].
pub fn parse_cluster(reader: TraceReader) -> Result<TiresiasCluster, TraceError> {
    let mut table = Table::open(reader, &NODE_COLUMNS)?;
    let Some(record) = table.next()? else { return Err(no_records(&table)) };
    let positive = |name| {
        let cell = record.cell(name);
        let value = cell.whole(MOST)? as u32;
        if value == 0 { Err(cell.error("at least 1")) } else { Ok(value) }
    };
    let cluster = TiresiasCluster {
        switches: positive("num_switch")?,
        nodes_per_switch: positive("num_node_p_switch")?,
        gpus_per_node: positive("num_gpu_p_node")?,
        cpus_per_node: record.cell("num_cpu_p_node").whole(MOST)? as u32,
        memory_per_node: Bytes(record.cell("mem_p_node").whole(u64::MAX >> 30)? << 30),
        sha256: String::new(),
    };
    if let Some(second) = table.next()? {
        let line = second.line;
        return Err(TraceError::input(table.path(), Some(line), "a second line of values", "one cluster"));
    }
    Ok(TiresiasCluster { sha256: table.sha256(), ..cluster })
}

#[cfg(test)]
mod tests;
