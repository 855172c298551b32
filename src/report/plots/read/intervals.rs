//! `intervals.csv`: pieces of work, and units that are down or asleep.

use super::table::{Csv, Names};
use crate::report::plots::PlotError;
use std::path::Path;

/// What a task does in a piece of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::report::plots) enum Doing {
    Run,
    Save,
    Load,
}

/// How a piece ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::report::plots) enum Ending {
    /// Preempted, or moved to other units.
    Cut,
    /// Its units failed.
    Lost,
    /// The run did.
    Open,
    /// As the task did.
    Whole,
}

/// What a unit does instead of working.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::report::plots) enum Away {
    Down,
    /// Or on its way.
    Asleep,
}

/// A piece of a task's time on units.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::report::plots) struct Piece {
    pub(in crate::report::plots) source: String,
    pub(in crate::report::plots) task: String,
    pub(in crate::report::plots) units: Vec<u64>,
    pub(in crate::report::plots) doing: Doing,
    pub(in crate::report::plots) ending: Ending,
    /// From and to in seconds.
    pub(in crate::report::plots) span: (f64, f64),
}

/// A time for which a unit could not work: unit, what, from and to in seconds.
pub(in crate::report::plots) type Gap = (u64, Away, (f64, f64));

/// The file's rows.
#[derive(Clone, Debug, Default)]
pub(in crate::report::plots) struct Intervals {
    pub(in crate::report::plots) pieces: Vec<Piece>,
    pub(in crate::report::plots) gaps: Vec<Gap>,
}

impl Intervals {
    /// Reads the file; nothing when there is none. Rows of other things are passed over.
    pub(in crate::report::plots) fn read(path: &Path) -> Result<Self, PlotError> {
        let mut all = Self::default();
        let Some(mut csv) = Csv::open(path)? else { return Ok(all) };
        let (what, from, to) = (csv.required("what")?, csv.required("from_s")?, csv.required("to_s")?);
        let [task, units, detail, source] = ["task", "units", "detail", "source"].map(|name| csv.column(name));
        while let Some(row) = csv.next()? {
            let span = (row.needed(from)?, row.needed(to)?);
            if span.1 < span.0 {
                return Err(row.bad(Some(to), "it ends before it begins"));
            }
            let numbers = row.text(units)?.split(';').map(str::trim).filter(|text| !text.is_empty());
            let numbers: Result<Vec<u64>, _> = numbers.map(str::parse).collect();
            let numbers = numbers.map_err(|_| row.bad(units, "expected unit numbers as 3;4;5"))?;
            let doing = match row.text(Some(what))? {
                "run" => Doing::Run,
                "save" => Doing::Save,
                "load" => Doing::Load,
                "down" => {
                    all.gaps.extend(numbers.into_iter().map(|unit| (unit, Away::Down, span)));
                    continue;
                }
                "sleep" | "transition" => {
                    all.gaps.extend(numbers.into_iter().map(|unit| (unit, Away::Asleep, span)));
                    continue;
                }
                _ => continue,
            };
            let ending = match row.text(detail)? {
                "preempted" | "moved" | "retried" => Ending::Cut,
                "failed" => Ending::Lost,
                "running" => Ending::Open,
                _ => Ending::Whole,
            };
            let (source, task) = (row.text(source)?.to_owned(), row.text(task)?.to_owned());
            all.pieces.push(Piece { source, task, units: numbers, doing, ending, span });
        }
        Ok(all)
    }
}

/// `residency.csv`: time at each clock of one device model, in unit-seconds.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::report::plots) struct Residency {
    pub(in crate::report::plots) kind: String,
    pub(in crate::report::plots) device: String,
    /// Clock in Hz, time under load, time without; clocks in the file's order.
    pub(in crate::report::plots) clocks: Vec<(f64, f64, f64)>,
    /// Other states by their names.
    pub(in crate::report::plots) away: Vec<(String, f64)>,
}

/// The device models of the file in its order; none when there is no file.
pub(in crate::report::plots) fn read_residency(path: &Path) -> Result<Vec<Residency>, PlotError> {
    let Some(mut csv) = Csv::open(path)? else { return Ok(Vec::new()) };
    let (clock, time) = (csv.required("frequency_hz")?, csv.required("time_s")?);
    let [kind, device, state] = ["kind", "device", "state"].map(|name| csv.column(name));
    let mut names = Names::default();
    let mut models: Vec<Residency> = Vec::new();
    while let Some(row) = csv.next()? {
        let number = names.number(row.text(device)?);
        if number == models.len() {
            let (kind, device) = (row.text(kind)?.to_owned(), row.text(device)?.to_owned());
            models.push(Residency { kind, device, ..Residency::default() });
        }
        let (hertz, seconds, state) = (row.number(Some(clock))?, row.needed(time)?.max(0.0), row.text(state)?);
        let Some(model) = models.get_mut(number) else { continue };
        let Some(hertz) = hertz else {
            model.away.push((state.to_owned(), seconds));
            continue;
        };
        if model.clocks.last().is_none_or(|last| last.0 != hertz) {
            model.clocks.push((hertz, 0.0, 0.0));
        }
        if let Some(last) = model.clocks.last_mut() {
            match state {
                "busy" => last.1 += seconds,
                _ => last.2 += seconds,
            }
        }
    }
    Ok(models)
}
