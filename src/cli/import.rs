//! `import`: a log of any format as CSV.

use std::path::Path;

use crate::sink::OutputFile;
use crate::workload::trace::tasks_csv::write_tasks;
use crate::workload::trace::{Limits, ReadOptions, default_kind, reader_of};

use super::args::Import;
use super::failure::Failure;
use super::format::format_of;
use super::output::{print, tell};

pub(super) fn import(args: &Import) -> Result<(), Failure> {
    let format = format_of(&args.trace, args.format.as_deref())?;
    if args.vc.is_some() && format != "philly" {
        let message = format_args!("--vc goes with a log of format philly, found {format}");
        return Err(Failure::new(Failure::USAGE, message));
    }
    let Some(read) = reader_of(&format) else {
        let message = format_args!("jobs of format {format} say more than a line of tasks-csv can hold");
        return Err(Failure::new(Failure::USAGE, message));
    };
    let to_stdout = args.out == Path::new("-");
    if !to_stdout && !args.force && args.out.exists() {
        let message = format_args!("{}: there is such a file: give --force to write over it", args.out.display());
        return Err(Failure::new(Failure::FILES, message));
    }
    // Jobs keep the run time of the log: whether they are killed is for the replay to say.
    let limits = Limits::default();
    let options =
        ReadOptions { machine: args.units, kill_at_estimate: false, vc: args.vc.as_deref(), each: None, limits };
    let mut log = read(&args.trace, &options)?;
    if !args.quiet {
        tell(&format!("{}: {}", args.trace.display(), log.report));
    }
    log.tasks.truncate(args.limit.map_or(usize::MAX, |n| usize::try_from(n).unwrap_or(usize::MAX)));
    // What the format takes for granted must stand in the file, where tasks-csv takes something else.
    let kind = Some(default_kind(&format)).filter(|kind| *kind != default_kind("tasks-csv"));
    if let Some(kind) = kind {
        for task in log.tasks.iter_mut().filter(|task| task.units > 0 && task.runs_on.is_empty()) {
            task.runs_on = vec![kind.name().to_owned()];
        }
    }
    let csv = write_tasks(&log.tasks);
    if to_stdout {
        return print(&String::from_utf8_lossy(&csv));
    }
    OutputFile::write(&args.out, &csv).map_err(|e| Failure::io(&args.out, &e))
}
