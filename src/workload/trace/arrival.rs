//! From time stamps of a log to arrivals of a run: one rule for every importer.

use std::path::Path;

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
}

/// Sorts `rows` by (arrival, line) and makes arrivals relative to `origin`.
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
    rows.sort_unstable_by_key(|row| (row.arrival(), row.line()));
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
