//! Standard Workload Format: rigid parallel jobs from batch systems.
//!
//! A data line has 18 numbers, -1 where unknown; lines that start with `;` are comments, some of
//! them headers `; Key: value`. Definition: Chapin, Cirne, Feitelson et al., "Benchmarks and
//! standards for the evaluation of parallel job schedulers", JSSPP 1999, version 2.2.
//!
//! What a job is, as the field's published studies replay it:
//!
//! | row | from |
//! |---|---|
//! | processors | field 8 (requested), or 5 (allocated) where 8 is not positive |
//! | runtime | field 4 |
//! | estimate | field 9, or the runtime where it is not positive |
//! | killed | field 4 > field 9: the job runs for the estimate |
//! | memory | field 10 (requested), field 7 (used): kB of 1024 bytes per processor |
//! | status | ignored, except that a burst (status 2, 3, 4) of a job already listed is no job of its own |
//!
//! Left out and counted: jobs whose submit time is unknown, whose runtime or processors are not
//! positive, or that are larger than the machine. The machine's size stands in comments before the
//! first data line.

use std::collections::HashMap;
use std::path::Path;

use super::arrival::{row, settle};
use super::cell::Cell;
use super::task::TraceTask;
use super::{CleaningReport, Limits, Line, TraceError, TraceReader};
use crate::model::task::Label;
use crate::units::{Bytes, SimDuration, SimTime};

mod header;

pub use header::SwfHeader;

/// Names of the 18 fields, in order.
const FIELDS: [&str; 18] = [
    "1 job number",
    "2 submit time",
    "3 wait time",
    "4 run time",
    "5 allocated processors",
    "6 average CPU time",
    "7 used memory",
    "8 requested processors",
    "9 requested time",
    "10 requested memory",
    "11 status",
    "12 user",
    "13 group",
    "14 executable",
    "15 queue",
    "16 partition",
    "17 preceding job",
    "18 think time",
];

/// Why jobs are left out.
pub mod skipped {
    /// Field 2 is negative.
    pub const SUBMIT: &str = "submit time unknown";
    /// Field 4 is not positive.
    pub const RUNTIME: &str = "run time not positive";
    /// Neither field 8 nor field 5 is positive.
    pub const PROCESSORS: &str = "processors not positive";
    /// Wider than the machine.
    pub const TOO_LARGE: &str = "more processors than the machine has";
    /// A repeated job number with status 2, 3 or 4.
    pub const BURST: &str = "burst of a job already listed (status 2, 3 or 4)";
}

/// What was changed in kept jobs.
pub mod changed {
    /// Field 8 is not positive.
    pub const PROCESSORS: &str = "requested processors absent: allocated ones taken";
    /// Field 9 is not positive.
    pub const ESTIMATE: &str = "estimate absent: run time taken";
    /// Field 4 > field 9, and jobs are killed at their estimate.
    pub const KILLED: &str = "run time beyond the estimate: killed at the estimate";
    /// Field 4 > field 9, and jobs run on.
    pub const RAN_ON: &str = "run time beyond the estimate: kept as logged";
}

/// How to read a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SwfOptions {
    /// Processors of the machine; `None`: the header's MaxProcs, else MaxNodes, else no limit.
    pub max_processors: Option<u32>,
    /// End a job at its estimate, as a batch system does (default true).
    pub kill_at_estimate: bool,
    /// What the file may ask of this machine.
    pub limits: Limits,
}

impl Default for SwfOptions {
    fn default() -> Self {
        Self { max_processors: None, kill_at_estimate: true, limits: Limits::default() }
    }
}

/// One rigid job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SwfJob {
    /// Field 1.
    pub id: u64,
    /// Physical line in the file.
    pub line: u64,
    /// Time since the log's first submit, which is the earliest of all its data lines, kept or not.
    pub submit: SimTime,
    /// How long it runs, positive; at most the estimate if jobs are killed at it.
    pub runtime: SimDuration,
    /// Field 4: how long it ran according to the log.
    pub logged: SimDuration,
    /// What a scheduler may know of the runtime, positive.
    pub estimate: SimDuration,
    /// The runtime was cut to the estimate.
    pub killed: bool,
    /// Processors held from start to end, positive.
    pub processors: u32,
    /// Field 10, per processor.
    pub requested_memory: Option<Bytes>,
    /// Field 7, per processor.
    pub used_memory: Option<Bytes>,
    /// Field 12.
    pub user: Option<u32>,
    /// Field 13.
    pub group: Option<u32>,
    /// Field 14.
    pub executable: Option<u32>,
    /// Field 15; 0 often means interactive.
    pub queue: Option<u32>,
}

impl SwfJob {
    /// Memory that a scheduler must set aside per processor: what was asked for, else what was used.
    pub fn memory_per_processor(&self) -> Option<Bytes> {
        self.requested_memory.or(self.used_memory)
    }

    /// A task of the class `job` that runs as long as logged, whether or not it is to be killed.
    pub fn task(&self) -> TraceTask {
        TraceTask {
            class: Some("job".to_owned()),
            estimate: Some(self.estimate),
            units: self.processors,
            memory: self.memory_per_processor().unwrap_or(Bytes::ZERO),
            user: self.user.unwrap_or(0),
            ..TraceTask::plain(Label::Number(self.id), self.submit, self.logged)
        }
    }
}

row!(SwfJob, submit, |job| job.runtime.max(job.estimate));

/// A log as it is replayed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SwfLog {
    /// What the comments say.
    pub header: SwfHeader,
    /// The jobs in order of (submit, line).
    pub jobs: Vec<SwfJob>,
    /// The machine's processors, which no job exceeds; `None` where neither header nor options say.
    pub processors: Option<u32>,
    /// The first submit as the log has it: add it to a job's `submit` to get field 2 back.
    pub first_submit: SimTime,
    /// What was left out and changed.
    pub report: CleaningReport,
    /// SHA-256 of the file in hexadecimal.
    pub sha256: String,
}

/// Reads the log `path`, plain or gzip.
///
/// # Errors
/// The file cannot be read, has no data lines, passes a limit, has a line without 18 numbers, a
/// number out of range, one job number twice, or a gap of more than ten years.
pub fn read_swf(path: &Path, options: &SwfOptions) -> Result<SwfLog, TraceError> {
    parse_swf(TraceReader::open(path, options.limits)?, options)
}

/// As [`read_swf`], from an opened reader.
///
/// # Errors
/// As [`read_swf`].
pub fn parse_swf(mut reader: TraceReader, options: &SwfOptions) -> Result<SwfLog, TraceError> {
    let path = reader.path().to_owned();
    let records = reader.limits().records;
    let mut log = Builder::default();
    while let Some(line) = reader.next_line()? {
        match line.bytes.trim_ascii() {
            [] => {}
            [b';', comment @ ..] => log.header.add(comment),
            _ if log.report.read == records => {
                let expected = format!("at most {records} records");
                return Err(TraceError::input(&path, Some(line.number), "more records", &expected));
            }
            _ => log.add(&split(&path, line)?, options)?,
        }
    }
    log.finish(&path, reader.sha256())
}

/// The 18 fields of a data line.
fn split<'a>(path: &'a Path, line: Line<'a>) -> Result<[Cell<'a>; 18], TraceError> {
    let mut words = line.bytes.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let cells = FIELDS.map(|name| Cell {
        file: path,
        line: line.number,
        name,
        // An empty cell marks a missing word: words are never empty.
        text: words.next().unwrap_or_default(),
    });
    let present = cells.iter().filter(|cell| !cell.text.is_empty()).count() + words.count();
    if present != FIELDS.len() {
        let error = TraceError::input(path, Some(line.number), format!("{present} fields"), "18 fields");
        let cut = "the last line has no line end: is the file cut off?";
        return Err(if line.terminated { error } else { error.hint(cut) });
    }
    // Also the fields that are not used below must be numbers, or the line is not what it seems.
    cells.iter().try_for_each(|cell| cell.billionths().map(drop))?;
    Ok(cells)
}

#[derive(Default)]
struct Builder {
    header: SwfHeader,
    machine: Option<u32>,
    jobs: Vec<SwfJob>,
    /// Line of each job number; only ever looked up.
    lines: HashMap<u64, u64>,
    first_submit: Option<SimTime>,
    report: CleaningReport,
}

impl Builder {
    fn add(&mut self, cells: &[Cell<'_>; 18], options: &SwfOptions) -> Result<(), TraceError> {
        if self.report.read == 0 {
            self.machine = options.max_processors.or_else(|| self.header.processors());
        }
        self.report.read += 1;
        match self.judge(cells, options)? {
            Ok(job) => self.jobs.push(job),
            Err(reason) => self.report.skip(reason),
        }
        Ok(())
    }

    /// The job of a data line, or why it is left out.
    fn judge(
        &mut self,
        cells: &[Cell<'_>; 18],
        options: &SwfOptions,
    ) -> Result<Result<SwfJob, &'static str>, TraceError> {
        let [
            id,
            submit,
            _,
            run,
            allocated,
            _,
            used,
            requested,
            time,
            memory,
            status,
            user,
            group,
            executable,
            queue,
            ..,
        ] = cells;
        let submitted = submit.instant_if_known()?;
        if let Some(at) = submitted {
            self.first_submit = Some(self.first_submit.map_or(at, |first| first.min(at)));
        }
        let number = id.whole(u64::MAX)?;
        if let Some(earlier) = self.lines.insert(number, id.line) {
            if matches!(status.text, b"2" | b"3" | b"4") {
                return Ok(Err(skipped::BURST));
            }
            let hint = format!("line {earlier} has the same number");
            return Err(id.error("a job number of its own").hint(hint));
        }
        let asked = requested.small_if_known()?.filter(|n| *n > 0);
        let granted = allocated.small_if_known()?.filter(|n| *n > 0);
        let stated = time.duration_if_positive()?;
        let logged = run.duration_if_positive()?;

        let Some(submit) = submitted else { return Ok(Err(skipped::SUBMIT)) };
        let Some(logged) = logged else { return Ok(Err(skipped::RUNTIME)) };
        let Some(processors) = asked.or(granted) else { return Ok(Err(skipped::PROCESSORS)) };
        if self.machine.is_some_and(|most| processors > most) {
            return Ok(Err(skipped::TOO_LARGE));
        }
        let estimate = stated.unwrap_or(logged);
        let overrun = logged > estimate;
        let killed = overrun && options.kill_at_estimate;
        for (applies, rule) in [
            (asked.is_none(), changed::PROCESSORS),
            (stated.is_none(), changed::ESTIMATE),
            (killed, changed::KILLED),
            (overrun && !killed, changed::RAN_ON),
        ] {
            if applies {
                self.report.change(rule);
            }
        }
        Ok(Ok(SwfJob {
            id: number,
            line: id.line,
            submit,
            runtime: if killed { estimate } else { logged },
            logged,
            estimate,
            killed,
            processors,
            requested_memory: kilobytes(memory)?,
            used_memory: kilobytes(used)?,
            user: user.small_if_known()?,
            group: group.small_if_known()?,
            executable: executable.small_if_known()?,
            queue: queue.small_if_known()?,
        }))
    }

    fn finish(mut self, path: &Path, sha256: String) -> Result<SwfLog, TraceError> {
        if self.report.read == 0 {
            return Err(TraceError::input(path, None, "no records", "data lines of 18 numbers"));
        }
        let first_submit = self.first_submit.unwrap_or_default();
        settle(path, &mut self.jobs, first_submit, &mut self.report)?;
        self.report.kept = self.jobs.len() as u64;
        let Self { header, machine, jobs, report, .. } = self;
        Ok(SwfLog { header, jobs, processors: machine, first_submit, report, sha256 })
    }
}

/// Kilobytes as bytes, rounded up; `None` where not positive.
fn kilobytes(cell: &Cell<'_>) -> Result<Option<Bytes>, TraceError> {
    let billionths = cell.billionths()?;
    if billionths <= 0 {
        return Ok(None);
    }
    let bytes = (billionths * 1024 + 999_999_999) / 1_000_000_000;
    u64::try_from(bytes).map(|b| Some(Bytes(b))).map_err(|_| cell.error("at most 16 EiB"))
}

#[cfg(test)]
mod tests;
