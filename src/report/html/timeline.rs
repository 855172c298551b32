//! `timeline.csv`: the series over time, each as the steps at which it changes.

use std::path::Path;

use crate::report::plots::PlotError;
use crate::report::plots::draw::steps::bins;
use crate::report::plots::read::table::Csv;

use super::encode::{Table, real};

/// Rows that are shown one by one; of more, means over [`BINS`] stretches of time.
const EXACT: usize = 20_000;
const BINS: usize = 4_000;

/// The series, and the seconds that their means are over where there were too many rows.
pub(super) fn data(path: &Path) -> Result<Option<(String, Option<f64>)>, PlotError> {
    let Some(mut csv) = Csv::open(path)? else { return Ok(None) };
    let clock = csv.required("time_s")?;
    let used: Vec<(usize, String)> = csv
        .header()
        .iter()
        .enumerate()
        .filter(|(index, name)| *index != clock && !name.is_empty())
        .map(|(index, name)| (index, name.clone()))
        .collect();
    let mut time: Vec<f64> = Vec::new();
    let mut columns: Vec<Vec<f64>> = vec![Vec::new(); used.len()];
    while let Some(row) = csv.next()? {
        let now = row.needed(clock)?;
        if time.last().is_some_and(|&before| now < before) {
            return Err(row.bad(Some(clock), "time runs backwards"));
        }
        time.push(now);
        for ((index, _), column) in used.iter().zip(&mut columns) {
            // An empty cell holds the value before it.
            let value = row.number(Some(*index))?;
            column.push(value.or_else(|| column.last().copied()).unwrap_or(0.0));
        }
    }
    let (Some(first), Some(last)) = (time.first().copied(), time.last().copied()) else { return Ok(None) };
    if first >= last {
        return Ok(None);
    }
    let mut width = None;
    if time.len() > EXACT {
        width = Some((last - first) / BINS as f64);
        let mut times = Vec::new();
        for column in &mut columns {
            let reduced = bins(&time, column, BINS);
            times = reduced.iter().map(|bin| bin.start).collect();
            *column = reduced.iter().map(|bin| bin.mean).collect();
        }
        time = times;
    }
    let e = libm::ceil(-libm::log10((last - first) / 1e7)).clamp(0.0, 9.0) as u32;
    let ticks = |t: f64| (t * libm::pow(10.0, f64::from(e))).round() as i64;
    let mut table = Table::new(time.len());
    table.steps("time_s", e, &time.iter().map(|t| ticks(*t)).collect::<Vec<_>>());
    for ((_, name), column) in used.iter().zip(&columns) {
        let texts: Vec<String> = column.iter().map(|v| real(*v, 5)).collect();
        let changed = (0..texts.len()).filter(|&i| i == 0 || texts.get(i) != texts.get(i - 1));
        let (indices, values): (Vec<usize>, Vec<String>) =
            changed.filter_map(|i| Some((i, texts.get(i)?.clone()))).unzip();
        table.changes(name, &indices, &values);
    }
    let end = real(last, 12);
    Ok(Some((table.json(&format!("\"end\":{end},")), width)))
}
