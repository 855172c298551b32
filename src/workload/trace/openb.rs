//! The openb lists: pods and nodes of a production GPU cluster that shares GPUs.
//!
//! Alibaba cluster-trace-gpu-v2023; Weng et al., "Beware of Fragmentation: Scheduling GPU-Sharing
//! Workloads with Fragmentation Gradient Descent", USENIX ATC 2023. Times in seconds, CPU in
//! thousandths of a core, GPU in thousandths of a GPU, memory (of the host) in MiB.
//!
//! A pod arrives at its `creation_time`, relative to the first creation of its list, and runs for
//! `deletion_time - scheduled_time`. Pods that were never scheduled, or have no positive duration,
//! are left out and counted, unless the reader is told how long pods run.

use std::path::Path;

use super::arrival::{Fate, gather, no_records, row};
use super::cell::Cell;
use super::names::{Names, label};
use super::table::{Record, Table};
use super::task::TraceTask;
use super::{CleaningReport, Limits, TraceError, TraceReader};
use crate::units::{Bytes, Share, SimDuration, SimTime};

/// Columns of a pod list.
pub(super) const COLUMNS: &[&str] = &[
    "name",
    "cpu_milli",
    "memory_mib",
    "num_gpu",
    "gpu_milli",
    "gpu_spec",
    "qos",
    "pod_phase",
    "creation_time",
    "deletion_time",
    "scheduled_time",
];

/// Why pods are left out.
pub mod skipped {
    /// No `scheduled_time`: still pending when the list was made.
    pub const PENDING: &str = "no scheduled_time: never started";
    /// No `deletion_time`.
    pub const NO_END: &str = "no deletion_time: duration unknown";
    /// `deletion_time <= scheduled_time`.
    pub const DURATION: &str = "duration not positive";
}

/// A thousandth of 2^40 cores: more than any node has.
const MOST_MILLI: u64 = 1 << 40;
/// GPUs of one pod or node.
const MOST_GPUS: u64 = 1 << 20;

/// How long pods run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durations {
    /// As the list says; pods of which it does not say it are left out.
    Listed,
    /// All so long.
    Each(SimDuration),
}

/// One node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenbNode {
    /// Serial name.
    pub name: String,
    /// Physical line in the file.
    pub line: u64,
    /// Thousandths of a CPU core.
    pub cpu_milli: u64,
    /// Host memory.
    pub memory: Bytes,
    /// GPUs, 0 for a CPU node.
    pub gpus: u32,
    /// GPU model, if it has GPUs.
    pub model: Option<String>,
}

/// A node list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenbNodes {
    /// The nodes in file order.
    pub nodes: Vec<OpenbNode>,
    /// SHA-256 of the file in hexadecimal.
    pub sha256: String,
}

/// One pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenbPod {
    /// Name, unique in its list.
    pub name: String,
    /// Physical line in the file.
    pub line: u64,
    /// Creation, since the first creation of the list (of all its pods, kept or not).
    pub arrival: SimTime,
    /// From its scheduling to its deletion, positive; or as the reader was told.
    pub duration: SimDuration,
    /// Thousandths of a CPU core.
    pub cpu_milli: u64,
    /// Host memory.
    pub memory: Bytes,
    /// GPUs, 0 for a CPU pod.
    pub gpus: u32,
    /// Thousandths of each GPU: 1000 where it has several, 1 to 1000 where it has one, else 0.
    pub gpu_milli: u32,
    /// GPU models it may run on; empty means any.
    pub gpu_models: Vec<String>,
    /// Quality-of-service class: LS, Burstable, BE, Guaranteed.
    pub qos: String,
    /// Phase when the list was made: Running, Succeeded, Failed.
    pub phase: String,
}

impl OpenbPod {
    /// A task of one node; its class is named after the GPUs that it may use.
    pub fn task(&self) -> TraceTask {
        let class = match (self.gpus, self.gpu_models.is_empty()) {
            (0, _) => "cpu only".to_owned(),
            (_, true) => "any gpu".to_owned(),
            (_, false) => self.gpu_models.join("|"),
        };
        TraceTask {
            class: Some(class),
            units: self.gpus,
            share: if self.gpus == 0 { Share::WHOLE } else { Share(self.gpu_milli.clamp(1, 1000) * 1000) },
            host_cpus: self.cpu_milli,
            host_memory: self.memory,
            devices: if self.gpus == 0 { Vec::new() } else { self.gpu_models.clone() },
            one_node: true,
            ..TraceTask::plain(label(&self.name), self.arrival, self.duration)
        }
    }
}

row!(OpenbPod, arrival, |pod| pod.duration);

/// A pod list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenbPods {
    /// The pods in order of (creation, line).
    pub pods: Vec<OpenbPod>,
    /// The first creation as the list has it.
    pub first_creation: SimTime,
    /// What was left out.
    pub report: CleaningReport,
    /// SHA-256 of the file in hexadecimal.
    pub sha256: String,
}

/// Reads a node list: columns `sn, cpu_milli, memory_mib, gpu, model`.
///
/// # Errors
/// The file cannot be read, a column is missing, a value is out of range, a name comes twice, or a
/// node with GPUs has no model.
pub fn read_openb_nodes(path: &Path, limits: Limits) -> Result<OpenbNodes, TraceError> {
    parse_nodes(TraceReader::open(path, limits)?)
}

/// Reads a pod list: columns `name, cpu_milli, memory_mib, num_gpu, gpu_milli, gpu_spec, qos,
/// pod_phase, creation_time, deletion_time, scheduled_time`.
///
/// # Errors
/// The file cannot be read, a column is missing, a value is out of range, a name comes twice, a
/// creation time is unknown, or a GPU share is not possible.
pub fn read_openb_pods(path: &Path, limits: Limits, durations: Durations) -> Result<OpenbPods, TraceError> {
    parse_pods(TraceReader::open(path, limits)?, durations)
}

/// As [`read_openb_nodes`], from an opened reader.
///
/// # Errors
/// As [`read_openb_nodes`].
pub fn parse_nodes(reader: TraceReader) -> Result<OpenbNodes, TraceError> {
    let mut table = Table::open(reader, &["sn", "cpu_milli", "memory_mib", "gpu", "model"])?;
    let (mut nodes, mut names) = (Vec::new(), Names::default());
    while let Some(record) = table.next()? {
        let (gpus, model) = (record.cell("gpu"), record.cell("model"));
        let node = OpenbNode {
            name: names.take(&record.cell("sn"))?,
            line: record.line,
            cpu_milli: record.cell("cpu_milli").whole(MOST_MILLI)?,
            memory: mebibytes(&record.cell("memory_mib"))?,
            gpus: gpus.whole(MOST_GPUS)? as u32,
            model: Some(model.text()?.to_owned()).filter(|m| !m.is_empty()),
        };
        if (node.gpus > 0) != node.model.is_some() {
            return Err(model.error("a GPU model exactly where there are GPUs"));
        }
        nodes.push(node);
    }
    if nodes.is_empty() {
        return Err(no_records(&table));
    }
    Ok(OpenbNodes { nodes, sha256: table.sha256() })
}

/// As [`read_openb_pods`], from an opened reader.
///
/// # Errors
/// As [`read_openb_pods`].
pub fn parse_pods(reader: TraceReader, durations: Durations) -> Result<OpenbPods, TraceError> {
    let mut table = Table::open(reader, COLUMNS)?;
    let mut names = Names::default();
    let gathered = gather(&mut table, |record, _| {
        let name = names.take(&record.cell("name"))?;
        let created = record.cell("creation_time").instant()?;
        let lasts = match durations {
            Durations::Listed => duration(record)?,
            Durations::Each(each) => Ok(each),
        };
        Ok(match lasts {
            Ok(duration) => Fate::Kept(pod(record, name, created, duration)?),
            Err(reason) => Fate::Left(Some(created), reason),
        })
    })?;
    let (pods, first_creation, report) = gathered.settle(table.path())?;
    Ok(OpenbPods { pods, first_creation, report, sha256: table.sha256() })
}

/// How long a pod ran, or why it is left out.
fn duration(record: &Record<'_>) -> Result<Result<SimDuration, &'static str>, TraceError> {
    let known = |name| record.cell(name).known().map_or(Ok(None), |cell| cell.instant_if_known());
    let Some(start) = known("scheduled_time")? else { return Ok(Err(skipped::PENDING)) };
    let Some(end) = known("deletion_time")? else { return Ok(Err(skipped::NO_END)) };
    Ok(if end > start { Ok(end - start) } else { Err(skipped::DURATION) })
}

/// The row of a pod.
fn pod(record: &Record<'_>, name: String, created: SimTime, duration: SimDuration) -> Result<OpenbPod, TraceError> {
    let (count, share) = (record.cell("num_gpu"), record.cell("gpu_milli"));
    let (gpus, gpu_milli) = (count.whole(MOST_GPUS)? as u32, share.whole(1000)? as u32);
    match (gpus, gpu_milli) {
        (0, 0) | (1, 1..) | (2.., 1000) => {}
        (0, _) => return Err(share.error("0 for a pod without GPUs")),
        (1, _) => return Err(share.error("1 to 1000 for a pod with one GPU")),
        _ => return Err(share.error("1000 for a pod with several GPUs")),
    }
    let models = record.cell("gpu_spec").text()?;
    Ok(OpenbPod {
        name,
        line: record.line,
        arrival: created,
        duration,
        cpu_milli: record.cell("cpu_milli").whole(MOST_MILLI)?,
        memory: mebibytes(&record.cell("memory_mib"))?,
        gpus,
        gpu_milli,
        gpu_models: models.split('|').map(str::trim).filter(|m| !m.is_empty()).map(str::to_owned).collect(),
        qos: record.cell("qos").text()?.to_owned(),
        phase: record.cell("pod_phase").text()?.to_owned(),
    })
}

fn mebibytes(cell: &Cell<'_>) -> Result<Bytes, TraceError> {
    Ok(Bytes(cell.whole(u64::MAX >> 20)? << 20))
}

#[cfg(test)]
mod tests;
