//! What other programs are told of a run: tasks, their pieces of work, spans of units.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::report::plots::PlotError;
use crate::report::plots::read::table::{Csv, Row};

use super::seconds::nanos;

/// A task that ended.
#[derive(Clone, Debug)]
pub(super) struct Task {
    pub(super) label: String,
    pub(super) source: String,
    pub(super) class: String,
    /// Nanoseconds.
    pub(super) arrival: u64,
    /// Nanoseconds from the first start of work to the end; `None` where it never ran.
    pub(super) span: Option<(u64, u64)>,
    /// When it left the system.
    pub(super) finish: Option<u64>,
    pub(super) status: String,
    pub(super) cloud: bool,
    pub(super) units: Vec<u64>,
    /// Cells that are passed on as they are; empty where they do not apply.
    pub(super) run: String,
    pub(super) response: String,
    pub(super) energy: String,
}

/// A span of time on some units.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Piece {
    /// `run`, or another word of `intervals.csv`.
    pub(super) what: String,
    /// Which task, by place in [`Run::tasks`]; `None` for what units do by themselves.
    pub(super) task: Option<usize>,
    /// Nanoseconds.
    pub(super) from: u64,
    pub(super) to: u64,
    pub(super) units: Vec<u64>,
}

/// A unit of the cluster.
#[derive(Clone, Debug)]
pub(super) struct Unit {
    pub(super) number: u64,
    pub(super) kind: String,
    pub(super) device: String,
    pub(super) node: String,
    /// Joules, as written.
    pub(super) energy: String,
}

/// The tables of a run's folder.
pub(super) struct Run {
    pub(super) tasks: Vec<Task>,
    pub(super) units: Vec<Unit>,
    /// By start; pieces at home come with their units, those in the cloud without.
    pub(super) pieces: Vec<Piece>,
}

impl Run {
    /// Reads `tasks.csv`, `units.csv` and, where there is one, `intervals.csv`.
    ///
    /// # Errors
    /// `tasks.csv` is absent, or a file is not what it should be.
    pub(super) fn read(folder: &Path) -> Result<Self, PlotError> {
        let tasks = read_tasks(&folder.join("tasks.csv"))?;
        let units = read_units(&folder.join("units.csv"))?;
        let told = read_intervals(&folder.join("intervals.csv"), &tasks)?;
        let in_pieces: BTreeSet<usize> = told.iter().filter_map(|p| p.task).collect();
        let whole = |(number, task): (usize, &Task)| {
            let (from, to) = task.span.filter(|_| !in_pieces.contains(&number))?;
            Some(Piece { what: "run".to_owned(), task: Some(number), from, to, units: task.units.clone() })
        };
        let mut pieces: Vec<Piece> = tasks.iter().enumerate().filter_map(whole).chain(told).collect();
        pieces.sort_by_key(|p| p.from);
        Ok(Self { tasks, units, pieces })
    }
}

fn numbers(row: &Row<'_>, column: Option<usize>) -> Result<Vec<u64>, PlotError> {
    let text = row.text(column)?;
    let parts = text.split(';').map(str::trim).filter(|t| !t.is_empty());
    let parsed = parts.map(|t| t.parse().map_err(|_| row.bad(column, "expected unit numbers as 3;4;5")));
    parsed.collect()
}

fn time(row: &Row<'_>, column: Option<usize>) -> Result<Option<u64>, PlotError> {
    match row.text(column)?.trim() {
        "" => Ok(None),
        text => nanos(text).map(Some).ok_or_else(|| row.bad(column, "expected seconds with at most nine decimals")),
    }
}

fn needed(row: &Row<'_>, column: usize) -> Result<u64, PlotError> {
    time(row, Some(column))?.ok_or_else(|| row.bad(Some(column), "expected seconds, found nothing"))
}

fn read_tasks(path: &Path) -> Result<Vec<Task>, PlotError> {
    let absent = || PlotError::Read { path: path.to_owned(), source: std::io::ErrorKind::NotFound.into() };
    let mut csv = Csv::open(path)?.ok_or_else(absent)?;
    let arrival = csv.required("arrival_s")?;
    let [task, source, class, start, finish, status, location, units, run, response, energy] = [
        "task",
        "source",
        "class",
        "start_s",
        "finish_s",
        "status",
        "location",
        "units",
        "run_s",
        "response_s",
        "energy_j",
    ]
    .map(|name| csv.column(name));
    let mut tasks = Vec::new();
    while let Some(row) = csv.next()? {
        let text = |column| row.text(column).map(str::to_owned);
        let (from, to) = (time(&row, start)?, time(&row, finish)?);
        if from.zip(to).is_some_and(|(from, to)| to < from) {
            return Err(row.bad(finish, "the task finishes before it starts"));
        }
        tasks.push(Task {
            label: text(task)?,
            source: text(source)?,
            class: text(class)?,
            arrival: needed(&row, arrival)?,
            span: from.zip(to),
            finish: to,
            status: text(status)?,
            cloud: row.text(location)? == "cloud",
            units: numbers(&row, units)?,
            run: text(run)?,
            response: text(response)?,
            energy: text(energy)?,
        });
    }
    Ok(tasks)
}

fn read_units(path: &Path) -> Result<Vec<Unit>, PlotError> {
    let Some(mut csv) = Csv::open(path)? else { return Ok(Vec::new()) };
    let number = csv.required("unit")?;
    let [kind, device, node, energy] = ["kind", "device", "node", "energy_j"].map(|name| csv.column(name));
    let mut units = Vec::new();
    while let Some(row) = csv.next()? {
        let text = |column| row.text(column).map(str::to_owned);
        let parsed = row.text(Some(number))?.trim().parse();
        units.push(Unit {
            number: parsed.map_err(|_| row.bad(Some(number), "expected a unit number"))?,
            kind: text(kind)?,
            device: text(device)?,
            node: text(node)?,
            energy: text(energy)?,
        });
    }
    Ok(units)
}

fn read_intervals(path: &Path, tasks: &[Task]) -> Result<Vec<Piece>, PlotError> {
    let Some(mut csv) = Csv::open(path)? else { return Ok(Vec::new()) };
    let places: BTreeMap<&str, usize> = tasks.iter().enumerate().map(|(i, t)| (t.label.as_str(), i)).collect();
    let (what, from, to) = (csv.required("what")?, csv.required("from_s")?, csv.required("to_s")?);
    let [task, units] = ["task", "units"].map(|name| csv.column(name));
    let mut pieces = Vec::new();
    while let Some(row) = csv.next()? {
        let (begin, end) = (needed(&row, from)?, needed(&row, to)?);
        if end < begin {
            return Err(row.bad(Some(to), "the interval ends before it begins"));
        }
        // A task that is still in the system has pieces, but no row of its own.
        let label = row.text(task)?;
        let place = places.get(label).copied();
        if label.is_empty() || place.is_some() {
            let units = numbers(&row, units)?;
            pieces.push(Piece { what: row.text(Some(what))?.to_owned(), task: place, from: begin, to: end, units });
        }
    }
    Ok(pieces)
}
