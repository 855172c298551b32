//! From the rows of a log to a source of tasks.
//!
//! ```text
//! file ──reader_of──▶ tasks of a log ──submissions──▶ submissions ──retime──▶ SourcePlan::List
//! ```
//!
//! A format whose jobs do not fit a [`TraceTask`](crate::workload::trace::TraceTask) has a room here with
//! glue of its own.

mod draw;
mod gavel;
mod pai;
mod retime;
mod skip;
mod submissions;

use std::path::Path;
use std::sync::Arc;

use crate::model::task::{Submission, Work};
use crate::units::SimTime;
use crate::workload::trace::pai::read_pai;
use crate::workload::trace::{CleaningReport, FORMATS, Limits, ReadOptions, TraceError, reader_of};

use super::classes::Classes;
use super::plan::{Compiler, TraceReport};
use super::scale;
use super::schema::{DurationsSpec, TraceSpec};
use super::sources::SourcePlan;

use submissions::Target;

/// A log made into submissions, in order of arrival.
struct Imported {
    tasks: Vec<(SimTime, Submission)>,
    sha256: String,
    report: CleaningReport,
}

impl Compiler<'_> {
    pub(super) fn trace(&mut self, number: u16, spec: &TraceSpec, name: &str, classes: &mut Classes<'_>) -> SourcePlan {
        let empty = SourcePlan::List(Arc::from([]));
        let pointer = |field: &str| format!("/workload/{number}/{field}");
        let formats: Vec<&str> = FORMATS.iter().map(|(n, _)| *n).collect();
        if !formats.contains(&spec.format.as_str()) {
            self.findings.unknown(pointer("format"), "a trace format", &spec.format, &formats);
            return empty;
        }
        if spec.vc.is_some() && spec.format != "philly" {
            self.findings.broken(pointer("vc"), "`vc` names a virtual cluster of the format philly");
        }
        if spec.throughputs.is_some() && spec.format != "gavel" {
            let why = format!("`throughputs` belongs to a gavel trace, not to one of format `{}`", spec.format);
            self.findings.broken(pointer("throughputs"), why);
        }
        if !spec.bound_to.is_empty() && spec.format != "pai" {
            self.findings.broken(pointer("bound_to"), "`bound_to` names device models of the format pai");
        }
        let Some(path) = self.path(&spec.path, &pointer("path")) else { return empty };
        if self.trace_error.is_some() {
            return empty;
        }
        let imported = match self.import(number, spec, &path, name, classes) {
            Ok(imported) => imported,
            Err(error) => {
                self.trace_error.get_or_insert(error);
                return empty;
            }
        };
        let Imported { mut tasks, sha256, report } = imported;
        if spec.limit == Some(0) {
            self.findings.wrong(pointer("limit"), 0, "at least 1");
        } else if tasks.is_empty() && self.findings.problems.is_empty() {
            let why: Vec<String> = report.skipped.iter().map(|t| format!("{} {}", t.count, t.what)).collect();
            let all = format!("none of the {} records in `{}` can be used: {}", report.read, spec.path, why.join(", "));
            self.findings.broken(format!("/workload/{number}"), all);
        }
        if let Some(first) = spec.skip.filter(|n| *n > 0) {
            skip::apply(first, &mut tasks, &pointer("skip"), &mut self.findings);
        }
        tasks.truncate(spec.limit.map_or(usize::MAX, |n| usize::try_from(n).unwrap_or(usize::MAX)));
        if let Some(retime) = &spec.retime {
            retime::apply(retime, &mut tasks, &pointer("retime"), &mut self.findings);
        }
        if let Some(each) = spec.durations.as_ref().and_then(DurationsSpec::each) {
            for (_, task) in &mut tasks {
                // Nobody knows better than that, and none is killed before.
                (task.work, task.estimate, task.kill_at_estimate) = (Work::Time(each), None, false);
            }
        }
        let scale = scale::check(spec.scale, &format!("/workload/{number}"), &mut self.findings);
        scale.list(&mut tasks);
        self.traces.push(TraceReport { source: name.to_owned(), path: spec.path.clone(), sha256, report });
        match &spec.draw {
            Some(draw) => draw::drawn(number, draw, scale, tasks.into(), classes, &mut self.findings),
            None => SourcePlan::List(tasks.into()),
        }
    }

    fn import(
        &mut self,
        number: u16,
        spec: &TraceSpec,
        path: &Path,
        name: &str,
        classes: &mut Classes<'_>,
    ) -> Result<Imported, TraceError> {
        if spec.format == "gavel" {
            return self.gavel(number, spec, path, name, classes);
        }
        let mut target = Target { source: number, spec, classes, findings: &mut self.findings };
        // Its predictors and bindings are more than a task's words.
        let reader = reader_of(&spec.format).filter(|_| spec.format != "pai");
        let Some(read) = reader else {
            let log = read_pai(path, Limits::default())?;
            return Ok(Imported { tasks: target.pai(&log.jobs), sha256: log.sha256, report: log.report });
        };
        let options = ReadOptions {
            machine: Some(target.widest()),
            kill_at_estimate: spec.kill_at_estimate.unwrap_or(true),
            vc: spec.vc.as_deref(),
            each: spec.durations.as_ref().and_then(DurationsSpec::each),
            limits: Limits::default(),
        };
        let log = read(path, &options)?;
        Ok(Imported { tasks: target.submissions(&log.tasks), sha256: log.sha256, report: log.report })
    }
}
