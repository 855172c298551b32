//! Which units there are, and what `intervals.csv` tells of them and of tasks in several pieces.

use std::path::Path;

use crate::report::plots::PlotError;
use crate::report::plots::read::table::Csv;

use super::encode::Table;
use super::tasks::in_ranges;

/// Most intervals in the page: the longest are kept.
const INTERVALS: usize = 100_000;

/// The rows of the Gantt chart from `units.csv`: number, kind, device and node of each unit.
pub(super) fn units(path: &Path) -> Result<Option<String>, PlotError> {
    let Some(mut csv) = Csv::open(path)? else { return Ok(None) };
    let (unit, kind) = (csv.required("unit")?, csv.required("kind")?);
    let (device, node) = (csv.column("device"), csv.column("node"));
    let mut numbers = Vec::new();
    let mut words: [Vec<String>; 3] = Default::default();
    while let Some(row) = csv.next()? {
        let number = row.text(Some(unit))?.trim().parse::<u32>();
        numbers.push(i64::from(number.map_err(|_| row.bad(Some(unit), "expected a unit number"))?));
        for (list, column) in words.iter_mut().zip([Some(kind), device, node]) {
            list.push(row.text(column)?.to_owned());
        }
    }
    let mut table = Table::new(numbers.len());
    table.steps("unit", 0, &numbers);
    for (name, list) in ["kind", "device", "node"].into_iter().zip(&words) {
        table.words(name, list.iter().map(String::as_str));
    }
    Ok(Some(table.json("")))
}

/// One row of `intervals.csv`.
struct Interval {
    words: [String; 5],
    from: f64,
    to: f64,
}

/// Pieces of tasks, and times in which units were not to be had, from `intervals.csv`; also a sentence where not
/// all are kept.
pub(super) fn intervals(path: &Path) -> Result<Option<(String, Option<String>)>, PlotError> {
    let Some(mut csv) = Csv::open(path)? else { return Ok(None) };
    let (what, from, to) = (csv.required("what")?, csv.required("from_s")?, csv.required("to_s")?);
    let [task, units, detail, source] = ["task", "units", "detail", "source"].map(|name| csv.column(name));
    let mut rows: Vec<Interval> = Vec::new();
    while let Some(row) = csv.next()? {
        let (begin, end) = (row.needed(from)?, row.needed(to)?);
        if end < begin {
            return Err(row.bad(Some(to), "the interval ends before it begins"));
        }
        let numbers = row.text(units)?.split(';').map(str::trim).filter(|text| !text.is_empty());
        let numbers: Result<Vec<u64>, _> = numbers.map(str::parse).collect();
        let numbers = numbers.map_err(|_| row.bad(units, "expected unit numbers as 3;4;5"))?;
        let text = |column| Ok::<_, PlotError>(row.text(column)?.to_owned());
        let words = [text(Some(what))?, text(task)?, in_ranges(numbers).0, text(detail)?, text(source)?];
        rows.push(Interval { words, from: begin, to: end });
    }
    let all = rows.len();
    let note = (all > INTERVALS).then(|| format!("Of {all} intervals the {INTERVALS} longest are drawn."));
    rows.sort_by(|a, b| (b.to - b.from).total_cmp(&(a.to - a.from)));
    rows.truncate(INTERVALS);
    rows.sort_by(|a, b| a.from.total_cmp(&b.from));
    let mut table = Table::new(rows.len());
    for (i, name) in ["what", "task", "units", "detail", "source"].into_iter().enumerate() {
        table.words(name, rows.iter().map(|row| row.words.get(i).map_or("", String::as_str)));
    }
    table.reals("from_s", 12, rows.iter().map(|row| Some(row.from)));
    table.reals("to_s", 12, rows.iter().map(|row| Some(row.to)));
    Ok(Some((table.json(""), note)))
}
