//! `timeline.csv` in columns, and what all charts over time share.

use super::table::Csv;
use crate::report::plots::PlotError;
use crate::report::plots::draw::axis::Axis;
use crate::report::plots::draw::scale::Quantity;
use std::path::Path;

/// The columns of `timeline.csv` that charts use, each a step function.
#[derive(Clone, Debug)]
pub(in crate::report::plots) struct Timeline {
    /// Seconds, never falling.
    pub(in crate::report::plots) time: Vec<f64>,
    columns: Vec<(String, Vec<f64>)>,
}

impl Timeline {
    /// Reads the file; `None` when it is absent or covers no time.
    ///
    /// An empty cell holds the value before it. A column without any value
    /// is as good as absent.
    pub(in crate::report::plots) fn read(path: &Path) -> Result<Option<Self>, PlotError> {
        let Some(mut csv) = Csv::open(path)? else { return Ok(None) };
        let clock = csv.required("time_s")?;
        let used: Vec<(usize, String)> = csv
            .header()
            .iter()
            .enumerate()
            .filter(|(_, name)| !(name.is_empty() || *name == "time_s" || name.starts_with("frequency_hz_")))
            .map(|(index, name)| (index, name.clone()))
            .collect();
        let mut time: Vec<f64> = Vec::new();
        let mut values = vec![Vec::new(); used.len()];
        let mut seen = vec![false; used.len()];
        while let Some(row) = csv.next()? {
            let now = row.needed(clock)?;
            if time.last().is_some_and(|&before| now < before) {
                return Err(row.bad(Some(clock), "time runs backwards"));
            }
            time.push(now);
            for (((index, _), column), seen) in used.iter().zip(&mut values).zip(&mut seen) {
                let value = row.number(Some(*index))?;
                *seen |= value.is_some();
                column.push(value.or_else(|| column.last().copied()).unwrap_or(0.0));
            }
        }
        if time.first() == time.last() {
            return Ok(None);
        }
        let columns = used.into_iter().zip(values).zip(seen).filter(|(_, seen)| *seen);
        let columns = columns.map(|(((_, name), column), _)| (name, column)).collect();
        Ok(Some(Self { time, columns }))
    }

    /// The column `name`, where it has a value at all.
    pub(in crate::report::plots) fn get(&self, name: &str) -> Option<&[f64]> {
        self.columns.iter().find(|(known, _)| known == name).map(|(_, column)| column.as_slice())
    }

    /// (what follows `prefix`, column) of every column that begins with it.
    pub(in crate::report::plots) fn with_prefix<'a>(
        &'a self,
        prefix: &'a str,
    ) -> impl Iterator<Item = (&'a str, &'a [f64])> {
        self.columns.iter().filter_map(move |(name, column)| Some((name.strip_prefix(prefix)?, column.as_slice())))
    }

    /// The time axis of every chart of the run.
    pub(in crate::report::plots) fn axis(&self, count: usize) -> Axis {
        let (first, last) = (self.time.first().copied().unwrap_or(0.0), self.time.last().copied().unwrap_or(1.0));
        time_axis(first, last, count)
    }
}

/// "Time" from 0, or from `first` where most of the axis would be empty.
pub(in crate::report::plots) fn time_axis(first: f64, last: f64, count: usize) -> Axis {
    let from = if (0.0..0.3 * last).contains(&first) { 0.0 } else { first };
    Axis::exact("Time", Quantity::Time, from, last, count)
}

/// The largest value of a column, at least 0.
pub(in crate::report::plots) fn peak(column: &[f64]) -> f64 {
    column.iter().copied().fold(0.0, f64::max)
}
