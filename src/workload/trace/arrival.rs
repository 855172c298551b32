//! From time stamps of a log to arrivals of a run: one rule for every importer.

use std::path::Path;

use super::table::{Record, Table};
use super::{CleaningReport, TraceError};
use crate::units::{NANOS_PER_SEC, SimDuration, SimTime};

/// No log is idle this long: a longer gap means mixed units or mixed epochs.
const GAP_LIMIT: SimDuration = SimDuration::from_secs(10 * 31_557_600);

/// What [`settle`] must know of a row.
pub(super) trait Row {
    /// Time stamp in the file; after [`settle`], time since the log's first.
    fn arrival(&self) -> SimTime;
    /// Replaces the arrival.
    fn set_arrival(&mut self, at: SimTime);
    /// The longest that a policy may take it to run.
    fn longest(&self) -> SimDuration;
    /// Physical line.
    fn line(&self) -> u64;
    /// Order of rows that arrive together.
    fn rank(&self) -> u64 {
        self.line()
    }
}

/// Makes a job a [`Row`]: its field of arrival, and how its longest run is found.
macro_rules! row {
    ($job:ty, $arrival:ident, $longest:expr) => {
        impl $crate::workload::trace::arrival::Row for $job {
            fn arrival(&self) -> $crate::units::SimTime {
                self.$arrival
            }
            fn set_arrival(&mut self, at: $crate::units::SimTime) {
                self.$arrival = at;
            }
            fn longest(&self) -> $crate::units::SimDuration {
                let longest: fn(&Self) -> $crate::units::SimDuration = $longest;
                longest(self)
            }
            fn line(&self) -> u64 {
                self.line
            }
        }
    };
}

pub(super) use row;

/// What becomes of a record.
pub(super) enum Fate<R> {
    /// It is a row.
    Kept(R),
    /// It is left out, for a reason; its arrival may still be the log's first.
    Left(Option<SimTime>, &'static str),
}

/// The rows of a table, not yet settled.
pub(super) struct Gathered<R> {
    /// In file order.
    pub(super) rows: Vec<R>,
    /// The earliest arrival of all records, kept or not, if any is known.
    pub(super) first: Option<SimTime>,
    /// What was left out.
    pub(super) report: CleaningReport,
}

/// Lets `judge` decide on each record of `table`.
///
/// # Errors
/// Those of the table and of `judge`; no records.
pub(super) fn gather<R: Row>(
    table: &mut Table,
    mut judge: impl FnMut(&Record<'_>, &mut CleaningReport) -> Result<Fate<R>, TraceError>,
) -> Result<Gathered<R>, TraceError> {
    let (mut rows, mut first, mut report) = (Vec::new(), None::<SimTime>, CleaningReport::default());
    while let Some(record) = table.next()? {
        report.read += 1;
        let fate = judge(&record, &mut report)?;
        let arrived = match &fate {
            Fate::Kept(row) => Some(row.arrival()),
            Fate::Left(arrived, _) => *arrived,
        };
        first = first.into_iter().chain(arrived).min();
        match fate {
            Fate::Kept(row) => rows.push(row),
            Fate::Left(_, why) => report.skip(why),
        }
    }
    if report.read == 0 {
        return Err(no_records(table));
    }
    report.kept = rows.len() as u64;
    Ok(Gathered { rows, first, report })
}

/// A table of a header alone.
pub(super) fn no_records(table: &Table) -> TraceError {
    TraceError::input(table.path(), None, "no records", "records below the header")
}

impl<R: Row> Gathered<R> {
    /// The rows by (arrival, line), arrivals relative to the first of all; and that first.
    ///
    /// # Errors
    /// As [`settle`].
    pub(super) fn settle(mut self, file: &Path) -> Result<(Vec<R>, SimTime, CleaningReport), TraceError> {
        let origin = self.first.unwrap_or_default();
        settle(file, &mut self.rows, origin, &mut self.report)?;
        Ok((self.rows, origin, self.report))
    }
}

/// Sorts `rows` by (arrival, rank) and makes arrivals relative to `origin`.
///
/// # Errors
/// A gap of more than ten years between neighbours, or an end beyond the clock's range.
pub(super) fn settle<R: Row>(
    file: &Path,
    rows: &mut [R],
    origin: SimTime,
    report: &mut CleaningReport,
) -> Result<(), TraceError> {
    let mut latest = SimTime::ZERO;
    for row in rows.iter() {
        let at = row.arrival();
        if at < latest {
            report.change("record earlier than the one before it: sorted by (arrival, line)");
        }
        latest = latest.max(at);
    }
    rows.sort_unstable_by_key(|row| (row.arrival(), row.rank()));
    let mut previous: Option<SimTime> = None;
    for row in rows.iter_mut() {
        let stamp = row.arrival();
        if let Some(gap) = previous.map(|p| stamp - p).filter(|gap| *gap > GAP_LIMIT) {
            let years = gap.as_nanos() / (31_557_600 * NANOS_PER_SEC);
            return Err(TraceError::input(
                file,
                Some(row.line()),
                format!("arrives {years} years after the record before it"),
                "gaps of at most 10 years",
            )
            .hint("are seconds and milliseconds, or absolute and relative times, mixed?"));
        }
        previous = Some(stamp);
        let arrival = SimTime::from_nanos((stamp - origin).as_nanos());
        if arrival + row.longest() == SimTime::NEVER {
            return Err(TraceError::input(
                file,
                Some(row.line()),
                "arrival plus run time overflows",
                "584 years in all",
            ));
        }
        row.set_arrival(arrival);
    }
    Ok(())
}
