//! From the rows of a log to a source of tasks.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use crate::catalogue::Precision;
use crate::model::task::{Class, Label, Submission};
use crate::units::{Bytes, PoolId, Share, SimTime};
use crate::workload::trace::gavel::{read_gavel, read_throughputs};
use crate::workload::trace::openb::{Durations, OpenbPods, read_openb_pods};
use crate::workload::trace::swf::{SwfLog, SwfOptions, read_swf};
use crate::workload::trace::{CleaningReport, FORMATS, Limits, TraceError};

use super::checks::{Findings, number};
use super::classes::Classes;
use super::plan::{Compiler, TraceReport};
use super::schema::{DrawSpec, DurationsSpec, RunsOn, TraceSpec};
use super::sources::SourcePlan;

mod gavel;

impl Compiler<'_> {
    pub(super) fn trace(&mut self, number: u16, spec: &TraceSpec, name: &str, classes: &mut Classes<'_>) -> SourcePlan {
        let empty = SourcePlan::List(Arc::from([]));
        let formats: Vec<&str> = FORMATS.iter().map(|(n, _)| *n).collect();
        if !formats.contains(&spec.format.as_str()) {
            let pointer = format!("/workload/{number}/format");
            self.findings.unknown(pointer, "a trace format", &spec.format, &formats);
            return empty;
        }
        if spec.throughputs.is_some() && spec.format != "gavel" {
            let why = format!("`throughputs` belongs to a gavel trace, not to one of format `{}`", spec.format);
            self.findings.broken(format!("/workload/{number}/throughputs"), why);
        }
        let Some(path) = self.path(&spec.path, &format!("/workload/{number}/path")) else { return empty };
        if self.trace_error.is_some() {
            return empty;
        }
        match self.import(number, spec, &path, name, classes) {
            Ok(SourcePlan::List(list)) if let Some(draw) = &spec.draw => {
                drawn(number, draw, list, classes, &mut self.findings)
            }
            Ok(plan) => plan,
            Err(error) => {
                self.trace_error.get_or_insert(error);
                empty
            }
        }
    }

    fn import(
        &mut self,
        number: u16,
        spec: &TraceSpec,
        path: &Path,
        name: &str,
        classes: &mut Classes<'_>,
    ) -> Result<SourcePlan, TraceError> {
        let (plan, sha256, report) = if spec.format == "swf" {
            let options = SwfOptions {
                max_processors: Some(widest(spec, classes)),
                kill_at_estimate: spec.kill_at_estimate.unwrap_or(true),
                ..SwfOptions::default()
            };
            let log = read_swf(path, &options)?;
            (swf(number, spec, &log, classes, &mut self.findings), log.sha256, log.report)
        } else if spec.format == "gavel" {
            self.gavel(number, spec, path, name, classes)?
        } else {
            let each = spec.durations.as_ref().and_then(DurationsSpec::each);
            let durations = each.map_or(Durations::Listed, Durations::Each);
            let list = read_openb_pods(path, Limits::default(), durations)?;
            (openb(number, spec, &list, classes, &mut self.findings), list.sha256, list.report)
        };
        if spec.limit == Some(0) {
            self.findings.wrong(format!("/workload/{number}/limit"), 0, "at least 1");
        } else if plan.size() == Some(0) && self.findings.problems.is_empty() {
            let why: Vec<String> = report.skipped.iter().map(|t| format!("{} {}", t.count, t.what)).collect();
            let all = format!("none of the {} records in `{}` can be used: {}", report.read, spec.path, why.join(", "));
            self.findings.broken(format!("/workload/{number}"), all);
        }
        self.traces.push(TraceReport { source: name.to_owned(), path: spec.path.clone(), sha256, report });
        Ok(plan)
    }
}

impl Compiler<'_> {
    /// The jobs of a Gavel trace, once its table of throughputs is read.
    fn gavel(
        &mut self,
        number: u16,
        spec: &TraceSpec,
        path: &Path,
        name: &str,
        classes: &mut Classes<'_>,
    ) -> Result<(SourcePlan, String, CleaningReport), TraceError> {
        let trace = read_gavel(path, Limits::default())?;
        let at = format!("/workload/{number}");
        if spec.runs_on.is_some() {
            let why = "`runs_on` does not belong to a gavel trace: its table of throughputs names the devices";
            self.findings.broken(format!("{at}/runs_on"), why);
        }
        let Some(named) = &spec.throughputs else {
            self.findings.broken(at, "missing `throughputs`: the table that says how fast each job is on each device");
            return Ok((SourcePlan::List(Arc::from([])), trace.sha256, trace.report));
        };
        let Some(file) = self.path(named, &format!("{at}/throughputs")) else {
            return Ok((SourcePlan::List(Arc::from([])), trace.sha256, trace.report));
        };
        let table = read_throughputs(&file)?;
        let (plan, report) = gavel::gavel(number, spec, &trace, &table, classes);
        self.traces.push(gavel::table_report(name, named, &table, classes));
        Ok((plan, trace.sha256, report))
    }
}

/// The jobs of an SWF log.
fn swf(source: u16, spec: &TraceSpec, log: &SwfLog, classes: &mut Classes<'_>, findings: &mut Findings) -> SourcePlan {
    let default = RunsOn::List(vec!["cpu".into()]);
    let runs_on = spec.runs_on.as_ref().unwrap_or(&default);
    let options = classes.options(runs_on, Precision::Fp16, &format!("/workload/{source}/runs_on"), findings);
    let fastest = options.first().map_or(1.0, |o| o.factor);
    let class = classes.add(Class {
        name: Arc::from("job"),
        source,
        options,
        one_node: false,
        cloud_factor: classes.cloud_speed.map(|s| fastest / s),
    });
    let kill = spec.kill_at_estimate.unwrap_or(true);
    let limit = spec.limit.map_or(usize::MAX, |n| n as usize);
    let each = spec.durations.as_ref().and_then(DurationsSpec::each);
    let tasks = log.jobs.iter().take(limit).map(|job| {
        let task = Submission {
            // Where all run for a given time, nobody knows better than that, and none is killed before.
            estimate: if each.is_none() { Some(job.estimate) } else { None },
            kill_at_estimate: kill && each.is_none(),
            units: job.processors,
            memory: job.memory_per_processor().unwrap_or(Bytes::ZERO),
            user: job.user.unwrap_or(0),
            ..Submission::plain(Label::Number(job.id), class, each.unwrap_or(job.logged))
        };
        (job.submit, task)
    });
    SourcePlan::List(tasks.collect())
}

/// The pods of an openb list: GPU shares, GPU models, host processors and memory.
fn openb(
    source: u16,
    spec: &TraceSpec,
    list: &OpenbPods,
    classes: &mut Classes<'_>,
    findings: &mut Findings,
) -> SourcePlan {
    let default = RunsOn::List(vec!["gpu".into()]);
    let runs_on = spec.runs_on.as_ref().unwrap_or(&default);
    let any = classes.options(runs_on, Precision::Fp16, &format!("/workload/{source}/runs_on"), findings);
    let mut known: BTreeMap<Vec<String>, u32> = BTreeMap::new();
    let limit = spec.limit.map_or(usize::MAX, |n| n as usize);
    let mut tasks = Vec::new();
    for pod in list.pods.iter().take(limit) {
        let wanted = if pod.gpus == 0 { vec!["cpu only".to_owned()] } else { pod.gpu_models.clone() };
        let class = *known.entry(wanted).or_insert_with_key(|wanted| {
            let (name, options) = match (pod.gpus, wanted.is_empty()) {
                (0, _) => ("cpu only".to_owned(), Vec::new()),
                (_, true) => ("any gpu".to_owned(), any.clone()),
                (_, false) => {
                    let named = |o: &&crate::model::task::PoolOption| {
                        wanted
                            .iter()
                            .any(|w| w.eq_ignore_ascii_case(&classes.cluster.pools[o.pool.index()].device.name))
                    };
                    (wanted.join("|"), any.iter().filter(named).copied().collect())
                }
            };
            classes.add(Class { name: Arc::from(name), source, options, one_node: true, cloud_factor: None })
        });
        let share = Share(pod.gpu_milli.clamp(1, 1000) * 1000);
        let task = Submission {
            units: pod.gpus,
            share: if pod.gpus == 0 { Share::WHOLE } else { share },
            host_cpus: pod.cpu_milli,
            host_memory: pod.memory,
            ..Submission::plain(Label::Text(Arc::from(pod.name.as_str())), class, pod.duration)
        };
        tasks.push((pod.arrival, task));
    }
    SourcePlan::List(tasks.into())
}

/// Most tasks that are drawn in expectation: all of them are in memory.
const MOST_DRAWN: f64 = 1e7;

/// Draws from the tasks of a list.
fn drawn(
    source: u16,
    spec: &DrawSpec,
    list: Arc<[(SimTime, Submission)]>,
    classes: &Classes<'_>,
    findings: &mut Findings,
) -> SourcePlan {
    let pointer = format!("/workload/{source}/draw");
    let at = format!("{pointer}/until_demand");
    let until = spec.until_demand;
    findings.require(until > 0.0 && until <= 1000.0, at.as_str(), number(until), "a number in (0, 1000]");
    let interval = spec.interval.get();
    findings.require(interval > 0.0, format!("{pointer}/interval"), interval, "a duration > 0");
    let mut pools: Vec<PoolId> =
        classes.list.iter().filter(|c| c.source == source).flat_map(|c| c.options.iter().map(|o| o.pool)).collect();
    pools.sort_unstable();
    pools.dedup();
    let units: usize = pools.iter().map(|p| classes.cluster.pools[p.index()].units.len()).sum();
    let demand = (until.clamp(0.0, 1000.0) * units as f64 * f64::from(Share::WHOLE.0)).round();
    let once: u64 = list.iter().map(|(_, task)| task.demand()).sum();
    if once == 0 && !list.is_empty() {
        findings.broken(pointer, "none of the tasks needs a unit, so their demand never grows");
    } else if demand / once.max(1) as f64 * list.len() as f64 > MOST_DRAWN {
        findings.wrong(at, number(until), "a demand that at most 1e7 tasks of this list make up");
    }
    SourcePlan::Drawn { list, demand: demand as u64, interval: spec.interval.duration() }
}

/// The widest gang that the pools behind `runs_on` can hold, for importers that leave out what is wider.
fn widest(spec: &TraceSpec, classes: &Classes<'_>) -> u32 {
    let default = RunsOn::List(vec!["cpu".into()]);
    let runs_on = spec.runs_on.as_ref().unwrap_or(&default);
    let options = classes.options(runs_on, Precision::Fp16, "", &mut Findings::default());
    options.iter().map(|o| classes.cluster.pools[o.pool.index()].units.len() as u32).max().unwrap_or(0)
}
