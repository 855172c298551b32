//! From Gavel's jobs and table to tasks: a class per (job type, width), with the table's speed on each device.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use crate::catalogue::Precision;
use crate::model::task::{Class, Label, PoolOption, Submission};
use crate::units::{PoolId, SimDuration, SimTime};
use crate::workload::trace::gavel::{GavelJobs, Throughputs, read_gavel, read_throughputs, skipped};
use crate::workload::trace::{CleaningReport, Limits, TraceError};

use super::super::classes::Classes;
use super::super::plan::{Compiler, TraceReport};
use super::super::schema::TraceSpec;
use super::Imported;

/// Why devices of the table are left out.
const ABSENT: &str = "device that the cluster does not have";

impl Compiler<'_> {
    /// The jobs of a Gavel trace, once its table of throughputs is read.
    pub(super) fn gavel(
        &mut self,
        number: u16,
        spec: &TraceSpec,
        path: &Path,
        name: &str,
        classes: &mut Classes<'_>,
    ) -> Result<Imported, TraceError> {
        let trace = read_gavel(path, Limits::default())?;
        let at = format!("/workload/{number}");
        if spec.runs_on.is_some() {
            let why = "`runs_on` does not belong to a gavel trace: its table of throughputs names the devices";
            self.findings.broken(format!("{at}/runs_on"), why);
        }
        let Some(named) = &spec.throughputs else {
            self.findings.broken(at, "missing `throughputs`: the table that says how fast each job is on each device");
            return Ok(Imported { tasks: Vec::new(), sha256: trace.sha256, report: trace.report });
        };
        let Some(file) = self.path(named, &format!("{at}/throughputs")) else {
            return Ok(Imported { tasks: Vec::new(), sha256: trace.sha256, report: trace.report });
        };
        let table = read_throughputs(&file)?;
        let (tasks, report) = submissions(number, &trace, &table, classes);
        self.traces.push(table_report(name, named, &table, classes));
        Ok(Imported { tasks, sha256: trace.sha256, report })
    }
}

/// The jobs that some device of the cluster can run: a step is a second of reference time.
fn submissions(
    source: u16,
    trace: &GavelJobs,
    table: &Throughputs,
    classes: &mut Classes<'_>,
) -> (Vec<(SimTime, Submission)>, CleaningReport) {
    let pools = pools(table, classes);
    let mut report = trace.report.clone();
    let mut known: BTreeMap<(&str, u32), Result<u32, &'static str>> = BTreeMap::new();
    let mut tasks = Vec::new();
    for job in &trace.jobs {
        let key = (job.job_type.as_str(), job.width);
        let class = *known.entry(key).or_insert_with(|| add_class(source, key, &pools, table, classes));
        match class {
            Ok(class) => {
                let work = SimDuration::from_secs(job.steps);
                let task = Submission {
                    units: job.width,
                    priority: job.priority,
                    ..Submission::plain(Label::Number(job.id), class, work)
                };
                tasks.push((job.arrival, task));
            }
            Err(reason) => {
                report.kept -= 1;
                report.skip(reason);
            }
        }
    }
    (tasks, report)
}

/// What the import has to say of the table.
fn table_report(source: &str, path: &str, table: &Throughputs, classes: &Classes<'_>) -> TraceReport {
    let mut report = CleaningReport::default();
    let used = pools(table, classes);
    for (device, rows) in table.devices() {
        report.read += rows as u64;
        if used.iter().any(|(_, name)| *name == device) {
            report.kept += rows as u64;
        } else {
            (0..rows).for_each(|_| report.skip(ABSENT));
        }
    }
    TraceReport { source: source.to_owned(), path: path.to_owned(), sha256: table.sha256.clone(), report }
}

/// The pools of the cluster that the table knows, with the table's name for each: a device id or an alias of one, in
/// any case.
fn pools<'a>(table: &'a Throughputs, classes: &Classes<'_>) -> Vec<(PoolId, &'a str)> {
    let mut found = Vec::new();
    for (i, pool) in classes.cluster.pools.iter().enumerate() {
        let id = PoolId(i as u16);
        let is_it = |name: &str| pool.device.name.eq_ignore_ascii_case(name) || classes.pool_named(name) == Some(id);
        if !pool.units.is_empty()
            && let Some((name, _)) = table.devices().find(|(name, _)| is_it(name))
        {
            found.push((id, name));
        }
    }
    found
}

/// The class of a job type and width, or why there is none.
fn add_class(
    source: u16,
    (job_type, width): (&str, u32),
    pools: &[(PoolId, &str)],
    table: &Throughputs,
    classes: &mut Classes<'_>,
) -> Result<u32, &'static str> {
    let speed = |(pool, device): &(PoolId, &str)| {
        table.alone(device, job_type, width).map(|steps| classes.option(*pool, steps, Precision::Fp16))
    };
    let mut options: Vec<PoolOption> = pools.iter().filter_map(speed).collect();
    if options.is_empty() {
        return Err(skipped::NOWHERE);
    }
    options.retain(|o| classes.cluster.pools[o.pool.index()].units.len() >= width as usize);
    if options.is_empty() {
        return Err(skipped::TOO_LARGE);
    }
    options.sort_by(|a, b| a.factor.total_cmp(&b.factor));
    let name = Arc::from(format!("{job_type} x{width}"));
    Ok(classes.add(Class {
        name,
        source,
        options,
        one_node: false,
        cloud_factor: None,
        activity: None,
        deferrable: SimDuration::ZERO,
    }))
}
