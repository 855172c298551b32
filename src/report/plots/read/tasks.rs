//! `tasks.csv` and `units.csv`, as much of them as charts use.

use super::table::{Csv, Names};
use crate::report::plots::PlotError;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::Path;

/// How a task ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::report::plots) enum Status {
    Completed,
    Rejected,
    Failed,
    Killed,
}

/// One task that ended.
#[derive(Clone, Copy, Debug)]
pub(in crate::report::plots) struct Task {
    /// Number of the name in [`Tasks::classes`].
    pub(in crate::report::plots) class: usize,
    /// Number of the name in [`Tasks::sources`].
    pub(in crate::report::plots) source: usize,
    /// Start and finish in seconds, where it ran.
    pub(in crate::report::plots) span: Option<(f64, f64)>,
    pub(in crate::report::plots) wait: Option<f64>,
    pub(in crate::report::plots) response: Option<f64>,
    pub(in crate::report::plots) slowdown: Option<f64>,
    pub(in crate::report::plots) status: Status,
    pub(in crate::report::plots) cloud: bool,
    units: (usize, usize),
    name: (usize, usize),
}

/// All tasks that ended, in the file's order.
#[derive(Clone, Debug, Default)]
pub(in crate::report::plots) struct Tasks {
    pub(in crate::report::plots) rows: Vec<Task>,
    pub(in crate::report::plots) classes: Names,
    pub(in crate::report::plots) sources: Names,
    /// Kind of each unit that a task names, for folders without `units.csv`.
    pub(in crate::report::plots) kinds: BTreeMap<u64, String>,
    // Unit numbers and names of all tasks, one after the other: two
    // allocations instead of two per task.
    units: Vec<u64>,
    names: String,
}

impl Tasks {
    /// Reads the file; `None` when there is none.
    pub(in crate::report::plots) fn read(path: &Path) -> Result<Option<Self>, PlotError> {
        let Some(mut csv) = Csv::open(path)? else { return Ok(None) };
        let (start, finish) = (csv.required("start_s")?, csv.required("finish_s")?);
        let [task, source, class, status, location, kind, units, wait, response, slowdown] = [
            "task",
            "source",
            "class",
            "status",
            "location",
            "unit_kind",
            "units",
            "wait_s",
            "response_s",
            "bounded_slowdown",
        ]
        .map(|name| csv.column(name));
        let mut tasks = Self::default();
        while let Some(row) = csv.next()? {
            let span = row.number(Some(start))?.zip(row.number(Some(finish))?);
            if span.is_some_and(|(from, to)| to < from) {
                return Err(row.bad(Some(finish), "the task finishes before it starts"));
            }
            let (wait, response, slowdown) = (row.number(wait)?, row.number(response)?, row.number(slowdown)?);
            let status = match row.text(status)? {
                "completed" | "" => Status::Completed,
                "rejected" => Status::Rejected,
                "failed" => Status::Failed,
                "killed" => Status::Killed,
                _ => return Err(row.bad(status, "expected completed, rejected, failed or killed")),
            };
            let first_unit = tasks.units.len();
            for number in row.text(units)?.split(';').map(str::trim).filter(|text| !text.is_empty()) {
                let number = number.parse().map_err(|_| row.bad(units, "expected unit numbers as 3;4;5"))?;
                if let Entry::Vacant(place) = tasks.kinds.entry(number) {
                    place.insert(row.text(kind)?.to_owned());
                }
                tasks.units.push(number);
            }
            let first_letter = tasks.names.len();
            tasks.names.push_str(row.text(task)?);
            tasks.rows.push(Task {
                class: tasks.classes.number(row.text(class)?),
                source: tasks.sources.number(row.text(source)?),
                span,
                wait,
                response,
                slowdown,
                status,
                cloud: row.text(location)? == "cloud",
                units: (first_unit, tasks.units.len()),
                name: (first_letter, tasks.names.len()),
            });
        }
        Ok(Some(tasks))
    }

    /// The numbers of the units that `task` ran on; none in the cloud.
    pub(in crate::report::plots) fn units(&self, task: &Task) -> &[u64] {
        self.units.get(task.units.0..task.units.1).unwrap_or_default()
    }

    /// The trace's own id of `task`.
    pub(in crate::report::plots) fn name(&self, task: &Task) -> &str {
        self.names.get(task.name.0..task.name.1).unwrap_or_default()
    }
}

/// One compute unit of the cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::report::plots) struct Unit {
    pub(in crate::report::plots) number: u64,
    pub(in crate::report::plots) kind: String,
}

/// The units of `units.csv` in its order; `None` when there is none.
pub(in crate::report::plots) fn read_units(path: &Path) -> Result<Option<Vec<Unit>>, PlotError> {
    let Some(mut csv) = Csv::open(path)? else { return Ok(None) };
    let (number, kind) = (csv.required("unit")?, csv.required("kind")?);
    let mut units = Vec::new();
    while let Some(row) = csv.next()? {
        let parsed = row.text(Some(number))?.trim().parse();
        let number = parsed.map_err(|_| row.bad(Some(number), "expected a unit number"))?;
        units.push(Unit { number, kind: row.text(Some(kind))?.to_owned() });
    }
    Ok(Some(units))
}
