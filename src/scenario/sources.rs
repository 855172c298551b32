//! From a workload's words to sources of tasks.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::dist::Dist;
use crate::model::source::Source;
use crate::model::task::{Label, Need, Submission};
use crate::rng::{Purpose, Streams};
use crate::units::{Bytes, SimDuration, SimTime};
use crate::workload::arrivals::Process;
use crate::workload::closed::Closed;
use crate::workload::draw::draw;
use crate::workload::list::TaskList;
use crate::workload::synthetic::Synthetic;
use crate::workload::template::Mix;

use super::checks::Findings;
use super::classes::Classes;
use super::scale;
use super::schema::{ArrivalSpec, Parent, SyntheticSpec, TaskName, TaskSpec, TasksSpec};

/// Each client has a generator of its own.
const MOST_CLIENTS: u32 = 10_000_000;

/// Tasks that come together are in memory together, at about 300 bytes each.
const MOST_AT_ONCE: u64 = 100_000_000;

/// A source, ready to be started for any replication.
#[derive(Clone)]
pub(super) enum SourcePlan {
    Open {
        process: Process,
        mix: Mix,
        count: Option<u64>,
    },
    Closed {
        clients: u32,
        think: Dist,
        mix: Mix,
        count: Option<u64>,
    },
    List(Arc<[(SimTime, Submission)]>),
    /// Tasks of a list drawn up to a demand, in millionths of a unit.
    Drawn {
        list: Arc<[(SimTime, Submission)]>,
        demand: u64,
        interval: SimDuration,
    },
    /// One task drawn per entry, each with its own stream.
    Written(Vec<WrittenTask>),
}

/// A task of a `tasks` source.
#[derive(Clone)]
pub(super) struct WrittenTask {
    pub(super) arrival: SimTime,
    pub(super) mix: Mix,
    pub(super) label: Label,
    after: Vec<u32>,
    needs: Vec<Need>,
}

impl SourcePlan {
    /// The source of one replication.
    pub(super) fn start(&self, number: u64, streams: Streams) -> Box<dyn Source> {
        match self.clone() {
            Self::Open { process, mix, count } => Box::new(Synthetic::new(process, mix, count, number, streams)),
            Self::Closed { clients, think, mix, count } => {
                Box::new(Closed::new(clients, think, mix, count, number, streams))
            }
            Self::List(tasks) => Box::new(TaskList::new(tasks)),
            Self::Drawn { list, demand, interval } => {
                let tasks = draw(&list, demand, interval, &mut streams.stream(Purpose::Draw, number));
                Box::new(TaskList::new(tasks.into()))
            }
            Self::Written(tasks) => {
                let family = streams.root_of(Purpose::Task, number);
                let drawn = tasks.into_iter().enumerate().filter_map(|(i, written)| {
                    let WrittenTask { arrival, mix, label, after, needs } = written;
                    let task = mix.draw(label, &mut streams.keyed(family, i as u64))?;
                    Some((arrival, Submission { after, needs, ..task }))
                });
                Box::new(TaskList::new(drawn.collect()))
            }
        }
    }

    /// How many tasks it has, where it knows.
    pub(super) fn size(&self) -> Option<u64> {
        match self {
            Self::Open { count, .. } | Self::Closed { count, .. } => *count,
            Self::List(tasks) => Some(tasks.len() as u64),
            Self::Drawn { .. } => None,
            Self::Written(tasks) => Some(tasks.len() as u64),
        }
    }

    /// Whether its tasks are drawn up to a demand.
    pub(super) fn is_drawn(&self) -> bool {
        matches!(self, Self::Drawn { .. })
    }

    /// Whether the source goes on for ever.
    pub(super) fn is_endless(&self) -> bool {
        matches!(self, Self::Open { count: None, .. } | Self::Closed { count: None, .. })
    }
}

/// A generated source.
pub(super) fn synthetic(
    source: u16,
    spec: &SyntheticSpec,
    classes: &mut Classes<'_>,
    findings: &mut Findings,
) -> SourcePlan {
    let pointer = format!("/workload/{source}");
    if spec.tasks.is_empty() {
        findings.broken(format!("{pointer}/tasks"), "a synthetic source needs at least one class of tasks");
    }
    let mut templates = Vec::new();
    let scale = scale::check(spec.scale, &pointer, findings);
    for (i, task) in spec.tasks.iter().enumerate() {
        let at = format!("{pointer}/tasks/{i}");
        for (field, present) in
            [("id", task.id.is_some()), ("arrival", task.arrival.is_some()), ("after", !task.after.is_empty())]
        {
            if present {
                findings.broken(format!("{at}/{field}"), format!("`{field}` belongs to a task of a `tasks` source"));
            }
        }
        let template = classes.template(source, task, &at, &format!("class-{i}"), findings);
        templates.push(scale.class(template, &pointer, findings));
    }
    let mix = Mix::new(templates);
    let at = format!("{pointer}/arrivals");
    if let ArrivalSpec::Closed(closed) = &spec.arrivals {
        if scale.arrivals != 1.0 {
            let why = "a closed source has no rate of its own: change its `clients` or their `think_time`";
            findings.broken(format!("{pointer}/scale/arrivals"), why);
        }
        let bounded = (1..=MOST_CLIENTS).contains(&closed.clients);
        findings.require(bounded, format!("{at}/clients"), closed.clients, "1 to 10000000 clients");
        let think = closed.think_time.dist().clone();
        return SourcePlan::Closed { clients: closed.clients.min(MOST_CLIENTS), think, mix, count: spec.count };
    }
    let process = process(&spec.arrivals, &at, spec.count, findings);
    if matches!(process, Process::AtOnce(_)) && spec.count.is_none() {
        findings.broken(pointer.as_str(), "missing `count`: `at-once` needs a number of tasks");
    }
    if never_moves(&process)
        && let Some(count) = spec.count.filter(|n| *n > MOST_AT_ONCE)
    {
        let expected = format!("at most {MOST_AT_ONCE} tasks at one instant, which take about 30 GB of memory");
        findings.wrong(format!("{pointer}/count"), count, expected);
    }
    let process = process.clone().faster(scale.arrivals).unwrap_or_else(|error| {
        findings.broken(format!("{pointer}/scale/arrivals"), error.to_string());
        process
    });
    SourcePlan::Open { process, mix, count: spec.count }
}

/// Whether all tasks come at one instant, and so are in memory together.
fn never_moves(process: &Process) -> bool {
    match process {
        Process::AtOnce(_) => true,
        Process::Deterministic(gap) => *gap == 0.0,
        Process::Renewal(between) | Process::Batch { between, .. } => between.mean() == 0.0,
        Process::Mmpp { .. } | Process::Diurnal { .. } => false,
    }
}

fn process(spec: &ArrivalSpec, at: &str, count: Option<u64>, findings: &mut Findings) -> Process {
    let mut rate = |rate: f64, field: &str| {
        findings.require(rate > 0.0 && rate <= 1e12, format!("{at}/{field}"), rate, "a rate in (0, 1e12] per second");
        rate.clamp(1e-12, 1e12)
    };
    let exponential = |rate: f64| Dist::exponential(1.0 / rate).unwrap_or_else(|_| Dist::zero());
    match spec {
        ArrivalSpec::Poisson(p) => Process::Renewal(exponential(rate(p.rate.get(), "rate"))),
        ArrivalSpec::Renewal(p) => {
            let mean = p.interarrival.dist().mean();
            let moves = mean > 0.0 || count.is_some();
            findings.require(moves, format!("{at}/interarrival"), mean, "a positive mean, or a `count`");
            Process::Renewal(p.interarrival.dist().clone())
        }
        ArrivalSpec::Deterministic(p) => {
            let moves = p.interval.get() > 0.0 || count.is_some();
            findings.require(moves, format!("{at}/interval"), p.interval.get(), "a positive interval, or a `count`");
            Process::Deterministic(p.interval.get())
        }
        ArrivalSpec::Mmpp(p) => {
            let lively = p.states.iter().any(|s| s.rate.get() > 0.0);
            findings.require(lively, format!("{at}/states"), p.states.len(), "states, at least one with a rate > 0");
            for (i, state) in p.states.iter().enumerate() {
                let mean = state.mean_time.get();
                findings.require(mean > 0.0, format!("{at}/states/{i}/mean_time"), mean, "a duration > 0");
            }
            Process::Mmpp {
                rates: p.states.iter().map(|s| s.rate.get()).collect(),
                sojourns: p.states.iter().map(|s| s.mean_time.get()).collect(),
            }
        }
        ArrivalSpec::Diurnal(p) => {
            let base = rate(p.rate.get(), "rate");
            let sum: f64 = p.hourly.iter().sum();
            let valid = p.hourly.iter().all(|w| *w >= 0.0 && w.is_finite()) && sum > 0.0 && sum.is_finite();
            findings.require(valid, format!("{at}/hourly"), format!("{:?}", p.hourly), "weights >= 0, not all 0");
            let scale = if valid { base * p.hourly.len() as f64 / sum } else { 1.0 };
            Process::Diurnal { hourly: p.hourly.iter().map(|w| w * scale).collect() }
        }
        ArrivalSpec::Batch(p) => {
            let mean = p.interarrival.dist().mean();
            let moves = mean > 0.0 || count.is_some();
            findings.require(moves, format!("{at}/interarrival"), mean, "a positive mean, or a `count`");
            Process::Batch { between: p.interarrival.dist().clone(), size: p.size.dist().clone() }
        }
        ArrivalSpec::AtOnce(p) => Process::AtOnce(p.time.get()),
        // Built by the caller.
        ArrivalSpec::Closed(_) => Process::AtOnce(0.0),
    }
}

/// Tasks written in the scenario.
pub(super) fn written(source: u16, spec: &TasksSpec, classes: &mut Classes<'_>, findings: &mut Findings) -> SourcePlan {
    let pointer = format!("/workload/{source}/tasks");
    if spec.tasks.is_empty() {
        findings.broken(pointer.as_str(), "the list has no tasks");
    }
    // Handed out in order of arrival; tasks that arrive together in the order of the file.
    let mut order: Vec<usize> = (0..spec.tasks.len()).collect();
    order.sort_by_key(|i| spec.tasks[*i].arrival.unwrap_or_default().duration());
    let name = |i: usize| spec.tasks[i].id.clone().unwrap_or(TaskName::Number(i as u64 + 1));
    let mut positions: BTreeMap<TaskName, u32> = BTreeMap::new();
    for (position, i) in order.iter().enumerate() {
        if positions.insert(name(*i), position as u32).is_some() {
            findings.broken(format!("{pointer}/{i}/id"), format!("a second task with the id {}", name(*i)));
        }
    }
    let at_source = format!("/workload/{source}");
    let scale = scale::check(spec.scale, &at_source, findings);
    let mut tasks = Vec::new();
    for i in &order {
        let task = &spec.tasks[*i];
        let at = format!("{pointer}/{i}");
        if task.weight.is_some() {
            findings.broken(format!("{at}/weight"), "`weight` belongs to a class of a `synthetic` source");
        }
        let mut parents: BTreeMap<u32, Bytes> = BTreeMap::new();
        for (k, parent) in task.after.iter().enumerate() {
            match positions.get(parent.task()) {
                Some(position) => {
                    let sent = parents.entry(*position).or_default();
                    *sent = Bytes(sent.get().saturating_add(parent.bytes().get()));
                }
                None => {
                    let known: Vec<String> = positions.keys().map(ToString::to_string).collect();
                    let place = if matches!(parent, Parent::Sending(_)) { "/task" } else { "" };
                    let name = parent.task().to_string();
                    findings.unknown(format!("{at}/after/{k}{place}"), "the id of a task", &name, &known);
                }
            }
        }
        let template = scale.class(classes.template(source, task, &at, "task", findings), &at_source, findings);
        let label = match name(*i) {
            TaskName::Number(n) => Label::Number(n),
            TaskName::Text(t) => Label::Text(Arc::from(t)),
        };
        let arrival = scale.arrival(SimTime::ZERO + task.arrival.unwrap_or_default().duration());
        let sending = parents.iter().filter(|(_, bytes)| !bytes.is_zero());
        let needs = sending.map(|(from, bytes)| Need { from: *from, bytes: *bytes }).collect();
        let after = parents.into_keys().collect();
        tasks.push(WrittenTask { arrival, mix: Mix::new(vec![template]), label, after, needs });
    }
    if let Some(cycle) = find_cycle(&tasks) {
        let names: Vec<String> = cycle.iter().take(6).map(|p| tasks[*p].label.to_string()).collect();
        findings.broken(pointer.as_str(), format!("tasks wait for each other in a circle: {}", names.join(" after ")));
    }
    SourcePlan::Written(tasks)
}

/// A circle of dependencies, by repeatedly taking out tasks that wait for nothing (Kahn 1962).
fn find_cycle(tasks: &[WrittenTask]) -> Option<Vec<usize>> {
    let mut open: Vec<usize> = tasks.iter().map(|t| t.after.len()).collect();
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); tasks.len()];
    for (i, task) in tasks.iter().enumerate() {
        for parent in &task.after {
            children[*parent as usize].push(i);
        }
    }
    let mut free: Vec<usize> = (0..tasks.len()).filter(|i| open[*i] == 0).collect();
    while let Some(i) = free.pop() {
        for &child in &children[i] {
            open[child] -= 1;
            if open[child] == 0 {
                free.push(child);
            }
        }
    }
    // Walk parents that are still open until one comes twice.
    let mut at = open.iter().position(|n| *n > 0)?;
    let mut path: Vec<usize> = Vec::new();
    let mut seen = vec![false; tasks.len()];
    while !seen[at] {
        seen[at] = true;
        path.push(at);
        at = tasks[at].after.iter().map(|p| *p as usize).find(|p| open[*p] > 0)?;
    }
    let start = path.iter().position(|p| *p == at)?;
    path.push(at);
    Some(path.split_off(start))
}

/// Whether a task list is one of tasks that all have an id.
pub(super) fn warn_unnamed(source: u16, tasks: &[TaskSpec], findings: &mut Findings) {
    if tasks.iter().any(|t| t.id.is_some()) && tasks.iter().any(|t| t.id.is_none()) {
        findings.warn(format!("/workload/{source}: some tasks have an id and some are numbered by position"));
    }
}
