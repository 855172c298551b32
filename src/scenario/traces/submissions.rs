//! Tasks of a log become submissions: classes are made of what they share.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::catalogue::Precision;
use crate::model::task::{Class, PoolOption, Submission};
use crate::units::{SimDuration, SimTime};
use crate::workload::trace::{TraceTask, default_kind};

use super::super::checks::Findings;
use super::super::classes::Classes;
use super::super::schema::{RunsOn, TraceSpec};

/// What a log is replayed into.
pub(super) struct Target<'a, 'c> {
    pub(super) source: u16,
    pub(super) spec: &'a TraceSpec,
    pub(super) classes: &'a mut Classes<'c>,
    pub(super) findings: &'a mut Findings,
}

/// The class of tasks whose log does not sort them.
const UNNAMED: &str = "job";

/// What all tasks of a class share: its name, what they run on, and whether that must be one node.
type Traits<'t> = (&'t str, &'t [String], &'t [String], bool, bool);

impl Target<'_, '_> {
    /// The tasks as submissions, in the same order.
    ///
    /// What the scenario's `runs_on` says counts before what the file says, and that before the format's
    /// default.
    pub(super) fn submissions(&mut self, tasks: &[TraceTask]) -> Vec<(SimTime, Submission)> {
        let kill_at_estimate = self.spec.kill_at_estimate.unwrap_or(true);
        let mut options: BTreeMap<&[String], Vec<PoolOption>> = BTreeMap::new();
        // A log of which nothing is left may have been read for a kind that the cluster lacks.
        if self.spec.runs_on.is_some() || tasks.is_empty() {
            options.insert(&[], self.options_of(&[]));
        }
        let mut known: BTreeMap<Traits<'_>, u32> = BTreeMap::new();
        let mut submissions = Vec::with_capacity(tasks.len());
        for task in tasks {
            let name = task.class.as_deref().unwrap_or(UNNAMED);
            let named: &[String] = if self.spec.runs_on.is_some() { &[] } else { &task.runs_on };
            let traits = (name, named, task.devices.as_slice(), task.one_node, task.units == 0);
            let class = *known.entry(traits).or_insert_with(|| {
                let narrowed = match task.units {
                    0 => Vec::new(),
                    _ => {
                        let all = options.entry(named).or_insert_with(|| self.options_of(named));
                        self.narrowed(all, &task.devices)
                    }
                };
                self.class(task, narrowed)
            });
            let submission = Submission {
                estimate: task.estimate,
                kill_at_estimate: kill_at_estimate && task.estimate.is_some(),
                units: task.units,
                instances: task.instances,
                share: task.share,
                memory: task.memory,
                host_cpus: task.host_cpus,
                host_memory: task.host_memory,
                priority: task.priority,
                deadline: task.deadline,
                user: task.user,
                ..Submission::plain(task.id.clone(), class, task.run)
            };
            submissions.push((task.arrival, submission));
        }
        submissions
    }

    /// The widest gang that the pools of the source can hold.
    pub(super) fn widest(&self) -> u32 {
        let options = self.classes.options(&self.runs_on(), Precision::Fp16, "", &mut Findings::default());
        options.iter().map(|o| self.classes.cluster.pools[o.pool.index()].units.len() as u32).max().unwrap_or(0)
    }

    /// What the scenario says, or the format's default.
    fn runs_on(&self) -> RunsOn {
        let default = || RunsOn::List(vec![default_kind(&self.spec.format).name().to_owned()]);
        self.spec.runs_on.clone().unwrap_or_else(default)
    }

    /// What the file names, or else what the scenario says or the format takes for granted.
    pub(super) fn options_of(&mut self, named: &[String]) -> Vec<PoolOption> {
        let (runs_on, field) = match named {
            [] => (self.runs_on(), "runs_on"),
            _ => (RunsOn::List(named.to_vec()), "path"),
        };
        let pointer = format!("/workload/{}/{field}", self.source);
        self.classes.options(&runs_on, Precision::Fp16, &pointer, self.findings)
    }

    /// Those of `options` that are of a model in `devices`, or all where none is named. A task that finds
    /// none is rejected on arrival: a part of a cluster may lack a model.
    pub(super) fn narrowed(&self, options: &[PoolOption], devices: &[String]) -> Vec<PoolOption> {
        let wanted = |o: &&PoolOption| {
            let device = &self.classes.cluster.pools[o.pool.index()].device.name;
            devices.iter().any(|d| d.eq_ignore_ascii_case(device) || self.classes.pool_named(d) == Some(o.pool))
        };
        if devices.is_empty() { options.to_vec() } else { options.iter().filter(wanted).copied().collect() }
    }

    /// The class of `task` and its like. One that must be in one node, or needs only its host, is of this
    /// cluster; others may go to the cloud.
    fn class(&mut self, task: &TraceTask, options: Vec<PoolOption>) -> u32 {
        let fastest = options.first().map_or(1.0, |o| o.factor);
        let stays = task.one_node || task.units == 0;
        let cloud_factor = self.classes.cloud_speed.filter(|_| !stays).map(|s| fastest / s);
        let name = Arc::from(task.class.as_deref().unwrap_or(UNNAMED));
        self.classes.add(Class {
            name,
            source: self.source,
            options,
            one_node: task.one_node,
            cloud_factor,
            activity: None,
            deferrable: SimDuration::ZERO,
        })
    }
}
