//! Tasks in our own words: the CSV that `import` writes, and the `tasks.csv` of a run.
//!
//! Columns by name, in any order; others are not read. Times are seconds of the run, kept as they stand.
//!
//! | column | is | where it is absent or empty |
//! |---|---|---|
//! | `task` | name, unique in its `source` | must be there |
//! | `arrival_s` | arrival | must be there |
//! | `run_s` | time on a unit of speed 1 | left out and counted |
//! | `units` | gang width, 0 for a task that needs only its host | must be there |
//! | `class` | name of the class | `job` |
//! | `estimate_s` | what the user says of `run_s` | the truth |
//! | `instances` | equal parts that may be in different nodes; divides `units` | 1 |
//! | `share` | part of each unit, in (0, 1], of a pooled unit up to 4000 devices | 1 |
//! | `memory_bytes` | device memory per unit | 0 |
//! | `host_cpus`, `host_memory_bytes` | of the node that it (each instance) runs in | 0 |
//! | `priority` | higher is more urgent | 0 |
//! | `deadline_s` | when it should have ended | none |
//! | `user` | number of the user | 0 |
//! | `runs_on` | kinds or devices, joined by a bar | as the scenario says |
//! | `device` | device models that it is bound to, joined by a bar | any of those |
//! | `one_node` | `true` where all units must be in one node | `false` |
//!
//! A file with a column `status` is the `tasks.csv` of a run. Its `units` are numbers of units, as `3;4;5`,
//! and count; its `unit_kind` is what the task runs on. Tasks that were rejected or failed, or that ran in
//! the cloud, are left out and counted. A killed task runs as long as it did. What the file does not tell is
//! as above: shares, estimates, priorities, host resources, dependencies.
//!
//! Order of tasks: by (arrival, line); in the file of a run, whose lines are in order of their ends, by
//! (arrival, name), numbers first.

use std::path::Path;

use super::arrival::{Fate, Row, gather};
use super::cell::Cell;
use super::names::{Names, label};
use super::table::{Record, Table};
use super::task::TraceTask;
use super::{CleaningReport, Limits, TraceError, TraceReader};
use crate::model::task::Label;
use crate::units::{Bytes, Share, SimDuration, SimTime};

mod write;

pub use write::write_tasks;

/// Columns that must be there.
pub(super) const COLUMNS: &[&str] = &["task", "arrival_s", "run_s", "units"];

/// Columns that may be there.
const OPTIONAL: &[&str] = &[
    "class",
    "estimate_s",
    "instances",
    "share",
    "memory_bytes",
    "host_cpus",
    "host_memory_bytes",
    "priority",
    "deadline_s",
    "user",
    "runs_on",
    "device",
    "one_node",
    // Those of a run.
    "source",
    "status",
    "location",
    "unit_kind",
];

/// Why tasks are left out.
pub mod skipped {
    /// `run_s` is empty.
    pub const RUN: &str = "run_s unknown";
    /// `status` is `rejected`.
    pub const REJECTED: &str = "rejected: never ran";
    /// `status` is `failed`.
    pub const FAILED: &str = "failed: what it would have run is unknown";
    /// `location` is `cloud`.
    pub const CLOUD: &str = "ran in the cloud: its units are unknown";
}

/// What was changed in kept tasks.
pub mod changed {
    /// `status` is `killed`.
    pub const KILLED: &str = "killed: runs as long as it did, and completes";
    /// No unit is named.
    pub const HOST_ONLY: &str = "no units: needs only its host, of which nothing is known";
}

/// Units of one task.
const MOST_UNITS: u64 = 1 << 24;
/// Millionths of the most devices that a pooled unit has.
const MOST_SHARE: u64 = 4_000_000_000;
/// A thousandth of 2^40 cores.
const MOST_MILLI: u64 = 1 << 40;

/// The tasks of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct TasksLog {
    /// In order of arrival.
    pub tasks: Vec<TraceTask>,
    /// What was left out and changed.
    pub report: CleaningReport,
    /// SHA-256 of the file in hexadecimal.
    pub sha256: String,
}

/// Reads the file `path`, plain or gzip.
///
/// # Errors
/// The file cannot be read, a column is missing, a value is out of range, an arrival is unknown, a deadline
/// is before its arrival, or a name comes twice.
pub fn read_tasks_csv(path: &Path, limits: Limits) -> Result<TasksLog, TraceError> {
    parse_tasks_csv(TraceReader::open(path, limits)?)
}

/// As [`read_tasks_csv`], from an opened reader.
///
/// # Errors
/// As [`read_tasks_csv`].
pub fn parse_tasks_csv(reader: TraceReader) -> Result<TasksLog, TraceError> {
    let mut table = Table::with_optional(reader, COLUMNS, OPTIONAL)?;
    let of_a_run = table.has("status");
    let mut names = Names::default();
    let mut gathered = gather(&mut table, |record, report| judge(record, of_a_run, &mut names, report))?;
    // Times are those of a run, which begins at 0 and not with its first task.
    gathered.first = Some(SimTime::ZERO);
    if of_a_run {
        gathered.rows.sort_by(|a, b| a.by_name().cmp(&b.by_name()));
        for (rank, row) in gathered.rows.iter_mut().enumerate() {
            row.rank = rank as u64;
        }
    }
    let (rows, _, report) = gathered.settle(table.path())?;
    Ok(TasksLog { tasks: rows.into_iter().map(|row| row.task).collect(), report, sha256: table.sha256() })
}

/// A task with its place.
struct Placed {
    task: TraceTask,
    line: u64,
    rank: u64,
}

impl Placed {
    fn by_name(&self) -> (SimTime, &Label, u64) {
        (self.task.arrival, &self.task.id, self.line)
    }
}

impl Row for Placed {
    fn arrival(&self) -> SimTime {
        self.task.arrival
    }
    fn set_arrival(&mut self, at: SimTime) {
        self.task.arrival = at;
    }
    fn longest(&self) -> SimDuration {
        let TraceTask { run, estimate, deadline, .. } = &self.task;
        [*estimate, *deadline].into_iter().flatten().fold(*run, SimDuration::max)
    }
    fn line(&self) -> u64 {
        self.line
    }
    fn rank(&self) -> u64 {
        self.rank
    }
}

fn judge(
    record: &Record<'_>,
    of_a_run: bool,
    names: &mut Names,
    report: &mut CleaningReport,
) -> Result<Fate<Placed>, TraceError> {
    let name = names.take_within(record.cell("source").text()?, &record.cell("task"))?;
    let arrival = record.cell("arrival_s").instant()?;
    let why = if of_a_run { why_it_left_no_run(record)? } else { None };
    let run = match (why, record.cell("run_s").known()) {
        (Some(why), _) => return Ok(Fate::Left(None, why)),
        (None, None) => return Ok(Fate::Left(None, skipped::RUN)),
        (None, Some(cell)) => cell.instant()? - SimTime::ZERO,
    };
    let units = if of_a_run { units_held(&record.cell("units"))? } else { units_asked_for(&record.cell("units"))? };
    let task = task(record, TraceTask { units, ..TraceTask::plain(label(&name), arrival, run) })?;
    if of_a_run && units == 0 {
        report.change(changed::HOST_ONLY);
    }
    if record.cell("status").text == b"killed" {
        report.change(changed::KILLED);
    }
    Ok(Fate::Kept(Placed { task, line: record.line, rank: record.line }))
}

/// Why a task of a run cannot be run again.
fn why_it_left_no_run(record: &Record<'_>) -> Result<Option<&'static str>, TraceError> {
    let status = record.cell("status");
    let cloud = record.cell("location").text == b"cloud";
    Ok(match status.text {
        b"rejected" => Some(skipped::REJECTED),
        b"failed" => Some(skipped::FAILED),
        b"completed" | b"killed" => cloud.then_some(skipped::CLOUD),
        _ => return Err(status.error("completed, rejected, failed or killed")),
    })
}

/// `3;4;5` are three units.
fn units_held(cell: &Cell<'_>) -> Result<u32, TraceError> {
    let Some(cell) = (*cell).known() else { return Ok(0) };
    let mut count = 0;
    for text in cell.text.split(|b| *b == b';') {
        Cell { text, ..cell }.whole(u64::from(u32::MAX))?;
        count += 1;
    }
    Ok(count)
}

fn units_asked_for(cell: &Cell<'_>) -> Result<u32, TraceError> {
    if cell.text.contains(&b';') {
        return Err(cell
            .error("a number of units")
            .hint("the tasks.csv of a run, with its units, has a column status"));
    }
    Ok(cell.whole(MOST_UNITS)? as u32)
}

/// What the optional columns say.
fn task(record: &Record<'_>, plain: TraceTask) -> Result<TraceTask, TraceError> {
    let given = |name| record.cell(name).known();
    let estimate = given("estimate_s").map(|cell| {
        let positive = cell.duration_if_positive()?;
        positive.ok_or_else(|| cell.error("a time above 0"))
    });
    let share = given("share").map(|cell| match cell.fixed(6, MOST_SHARE)? as u32 {
        0 => Err(cell.error("a share above 0, of at least a millionth")),
        millionths => Ok(Share(millionths)),
    });
    let instances = given("instances").map(|cell| match cell.whole(MOST_UNITS)? as u32 {
        n if n > 0 && plain.units.is_multiple_of(n) => Ok(n),
        _ => Err(cell.error("a number above 0 that divides `units`")),
    });
    let deadline = given("deadline_s").map(|cell| match cell.instant()? {
        deadline if deadline >= plain.arrival => Ok(deadline - plain.arrival),
        _ => Err(cell.error("a time not before the arrival")),
    });
    let priority = given("priority").map(|cell| match cell.real()? {
        x if x.abs() <= 1e15 => Ok(x),
        _ => Err(cell.error("a number from -1e15 to 1e15")),
    });
    let bytes = |name| given(name).map_or(Ok(Bytes::ZERO), |cell| cell.whole(u64::MAX).map(Bytes));
    let one_node = record.cell("one_node");
    let runs_on = given("runs_on").unwrap_or(record.cell("unit_kind"));
    Ok(TraceTask {
        class: given("class").map(|cell| cell.text().map(str::to_owned)).transpose()?,
        estimate: estimate.transpose()?,
        instances: instances.unwrap_or(Ok(1))?,
        share: share.unwrap_or(Ok(Share::WHOLE))?,
        memory: bytes("memory_bytes")?,
        host_cpus: given("host_cpus").map_or(Ok(0), |cell| cell.fixed(3, MOST_MILLI))?,
        host_memory: bytes("host_memory_bytes")?,
        priority: priority.unwrap_or(Ok(0.0))?,
        deadline: deadline.transpose()?,
        user: given("user").map_or(Ok(0), |cell| cell.whole(u64::from(u32::MAX)))? as u32,
        runs_on: names_in(&runs_on)?,
        devices: names_in(&record.cell("device"))?,
        one_node: match one_node.text {
            b"true" => true,
            b"false" | b"" => false,
            _ => return Err(one_node.error("true or false")),
        },
        ..plain
    })
}

/// `a|b` as two names.
fn names_in(cell: &Cell<'_>) -> Result<Vec<String>, TraceError> {
    Ok(cell.text()?.split('|').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect())
}

#[cfg(test)]
mod tests;
