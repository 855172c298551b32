//! Offered load: how much work comes, against how much the cluster can do.
//!
//! A task of class k keeps `units · share` units of pool p busy for its time there. With the rate at which tasks of the
//! class come, that is the work `a_kp` in unit-seconds per second; the load is the least ρ for which some fixed division
//! of the classes among the pools that they may use asks none for more than ρ of its units
//! ([`traffic_intensity`]). For M/M/1 it is λ/μ.
//!
//! Means are exact: of a generated source from the moments of its distributions, as long as it lasts; of a list from
//! the tasks that arrive before the last arrival, over the time from the first arrival to the last. Only where a mean
//! has no closed form (random operations and bytes that overlap, a random estimate that cuts) it is that of 10,000
//! draws. Random widths and batch sizes count by their means before they are rounded.
//!
//! Times are at full clock, at a task's own width. Not counted: waits of gangs for one another, wake-ups, transfers,
//! preemption, failures, memory, host processors. What may leave for a cloud or lose its patience counts as if it
//! stayed.

use std::fmt;
use std::sync::Arc;

use crate::dist::Dist;
use crate::model::device::Roofline;
use crate::model::task::{Class, Label, PoolOption, Submission};
use crate::rng::{Purpose, Streams};
use crate::theory::{Flow, Share, traffic_intensity};
use crate::units::{SimDuration, SimTime};
use crate::workload::template::{Amount, Estimate, Template, WorkDist};

use super::plan::Plan;
use super::schema::{DurationsSpec, DurationsWord, SourceSpec};
use super::sources::SourcePlan;

/// Draws for a mean without a closed form.
const DRAWS: u64 = 10_000;

/// The replication that never runs: its draws are of nobody else.
const APART: u64 = u64::MAX - 1;

/// Devices that share work, and their load.
#[derive(Clone, Debug, PartialEq)]
pub struct PoolLoad {
    /// Names of the device models.
    pub devices: Vec<Arc<str>>,
    /// Offered load of their units.
    pub load: f64,
}

/// Offered load of a scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct OfferedLoad {
    /// Of the pools that are asked for most.
    pub load: f64,
    /// Of each group of pools with work in common, in the order of the cluster.
    pub pools: Vec<PoolLoad>,
}

/// Why a scenario has no offered load.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoLoad {
    /// Clients wait for their tasks.
    #[error("the source `{0}` is closed: how fast its tasks come follows from how fast they end")]
    Closed(Arc<str>),
    /// There is no time between arrivals.
    #[error("all tasks of the source `{0}` come at one instant: they have no rate")]
    Instant(Arc<str>),
    /// Endless or without a mean.
    #[error("the work of the source `{0}` has no mean")]
    NoMean(Arc<str>),
    /// Only hosts work.
    #[error("no task needs a unit")]
    NoUnits,
}

impl fmt::Display for OfferedLoad {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", three(self.load))?;
        if self.pools.len() > 1 {
            let one = |p: &PoolLoad| format!("{} {}", p.devices.join(" + "), three(p.load));
            write!(f, " ({})", self.pools.iter().map(one).collect::<Vec<_>>().join(", "))?;
        }
        Ok(())
    }
}

/// Three decimals at most, none that say nothing.
fn three(x: f64) -> String {
    let text = format!("{x:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// To 12 significant digits: the last bits of a sum are of no meaning, and 0.7 shall be 0.7.
fn rounded(x: f64) -> f64 {
    format!("{x:.11e}").parse().unwrap_or(x)
}

impl Plan {
    /// The offered load, to 12 significant digits.
    ///
    /// # Errors
    /// Why there is none.
    pub fn offered_load(&self) -> Result<OfferedLoad, NoLoad> {
        let mut work = Work { classes: &self.classes, flows: Vec::new() };
        for (number, source) in self.sources.iter().enumerate() {
            let name = || self.source_names.get(number).cloned().unwrap_or_else(|| Arc::from("?"));
            let endless = |s: &SourceSpec| matches!(s, SourceSpec::Trace(t) if t.durations == Some(DurationsSpec::Word(DurationsWord::Endless)));
            if self.scenario.workload.get(number).is_some_and(endless) {
                return Err(NoLoad::NoMean(name()));
            }
            work.source(source).map_err(|why| match why {
                Missing::Rate => NoLoad::Instant(name()),
                Missing::Open => NoLoad::Closed(name()),
                Missing::Mean => NoLoad::NoMean(name()),
            })?;
        }
        let capacity: Vec<f64> = self.cluster.pools.iter().map(|p| p.devices as f64 / 1e6).collect();
        let shares = traffic_intensity(&work.flows, &capacity).ok_or(NoLoad::NoUnits)?;
        let named = |share: &Share| PoolLoad {
            devices: share
                .pools
                .iter()
                .filter_map(|p| self.cluster.pools.get(*p))
                .map(|p| p.device.name.clone())
                .collect(),
            load: rounded(share.intensity),
        };
        let pools: Vec<PoolLoad> = shares.iter().map(named).collect();
        let load = pools.iter().map(|p| p.load).reduce(f64::max).ok_or(NoLoad::NoUnits)?;
        Ok(OfferedLoad { load, pools })
    }

    /// Whether a task may go without its units having done its work: it is offered to a cloud, turned away, or leaves.
    pub fn may_lose_work(&self) -> bool {
        let policies = &self.scenario.policies;
        let impatient = |source: &SourcePlan| match source {
            SourcePlan::Open { mix, .. } | SourcePlan::Closed { mix, .. } => {
                mix.parts().any(|(t, _)| t.patience.is_some())
            }
            SourcePlan::Written(tasks) => tasks.iter().any(|t| t.mix.parts().any(|(t, _)| t.patience.is_some())),
            SourcePlan::List(list) | SourcePlan::Drawn { list, .. } => list.iter().any(|(_, t)| t.patience.is_some()),
        };
        self.scenario.cloud.is_some() || policies.queue_limit.is_some() || self.sources.iter().any(impatient)
    }
}

/// What a source lacks for a load.
enum Missing {
    Rate,
    Open,
    Mean,
}

/// Work that comes, source by source.
struct Work<'a> {
    classes: &'a [Class],
    flows: Vec<Flow>,
}

impl Work<'_> {
    fn source(&mut self, source: &SourcePlan) -> Result<(), Missing> {
        match source {
            SourcePlan::Closed { .. } => Err(Missing::Open),
            SourcePlan::Open { process, mix, .. } => {
                let gap = positive(process.mean_gap())?;
                mix.parts()
                    .try_for_each(|(template, part)| self.flow(template.class, |o| part * mean_work(template, o) / gap))
            }
            SourcePlan::List(list) => {
                let (from, to) = (list.first().map(|(at, _)| *at), list.last().map(|(at, _)| *at));
                let span = window(from, to)?;
                self.list(list.iter().filter(|(at, _)| Some(*at) < to).map(|(_, task)| task), span)
            }
            SourcePlan::Drawn { list, interval, .. } => {
                let span = positive(interval.as_secs_f64() * list.len() as f64)?;
                self.list(list.iter().map(|(_, task)| task), span)
            }
            SourcePlan::Written(tasks) => {
                let (from, to) = (tasks.first().map(|t| t.arrival), tasks.last().map(|t| t.arrival));
                let span = window(from, to)?;
                let before = tasks.iter().filter(|t| Some(t.arrival) < to);
                before.flat_map(|t| t.mix.parts()).try_for_each(|(template, part)| {
                    self.flow(template.class, |o| part * mean_work(template, o) / span)
                })
            }
        }
    }

    /// The tasks of a list, summed by class, in `span` seconds.
    fn list<'t>(&mut self, tasks: impl Iterator<Item = &'t Submission>, span: f64) -> Result<(), Missing> {
        let mut sums: Vec<Vec<f64>> = self.classes.iter().map(|c| vec![0.0; c.options.len()]).collect();
        for task in tasks {
            let (Some(class), Some(sums)) = (self.classes.get(task.class as usize), sums.get_mut(task.class as usize))
            else {
                continue;
            };
            for (sum, option) in sums.iter_mut().zip(&class.options) {
                *sum += work_of(task, option);
            }
        }
        let flow = |(class, sums): (&Class, Vec<f64>)| -> Flow {
            class.options.iter().map(|o| o.pool.index()).zip(sums.iter().map(|s| s / span)).collect()
        };
        let flows = self.classes.iter().zip(sums).filter(|(_, sums)| sums.iter().any(|s| *s > 0.0)).map(flow);
        flows.collect::<Vec<_>>().into_iter().try_for_each(|flow| self.add(flow))
    }

    /// The work per second of a class on each of its pools.
    fn flow(&mut self, class: u32, work: impl Fn(&PoolOption) -> f64) -> Result<(), Missing> {
        let Some(class) = self.classes.get(class as usize) else { return Ok(()) };
        let flow = class.options.iter().map(|o| (o.pool.index(), work(o))).collect();
        self.add(flow)
    }

    /// Tasks that only need their host, or fit no pool, ask for no unit.
    fn add(&mut self, flow: Flow) -> Result<(), Missing> {
        if !flow.iter().all(|(_, work)| work.is_finite()) {
            return Err(Missing::Mean);
        }
        if !flow.is_empty() {
            self.flows.push(flow);
        }
        Ok(())
    }
}

fn positive(seconds: f64) -> Result<f64, Missing> {
    if seconds > 0.0 { Ok(seconds) } else { Err(Missing::Rate) }
}

fn window(from: Option<SimTime>, to: Option<SimTime>) -> Result<f64, Missing> {
    from.zip(to).map_or(Err(Missing::Rate), |(from, to)| positive((to - from).as_secs_f64()))
}

/// Unit-seconds of one task on a pool.
fn work_of(task: &Submission, option: &PoolOption) -> f64 {
    let whole = option.time_of(&task.work);
    let cut = |time: SimDuration| {
        task.estimate.filter(|_| task.kill_at_estimate).map_or(time, |e| time.min(e.scaled(option.factor)))
    };
    task.demand() as f64 / 1e6 * cut(whole).as_secs_f64()
}

/// Mean unit-seconds of a task of a template on a pool.
fn mean_work(template: &Template, option: &PoolOption) -> f64 {
    let units = match &template.units {
        Amount::Fixed(n) => *n as f64,
        Amount::Drawn(dist) => dist.mean(),
    };
    let cut = match (template.kill_at_estimate, &template.estimate) {
        (true, Estimate::Factor(factor)) => Some(factor.min(1.0)),
        (true, Estimate::Drawn(_)) => None,
        _ => Some(1.0),
    };
    let exact = cut.zip(mean_seconds(&template.work, option));
    match exact {
        Some((cut, seconds)) => units * template.share.as_fraction() * seconds * cut,
        None => drawn(template, option),
    }
}

/// Mean seconds at full clock; `None` where it has no closed form.
fn mean_seconds(work: &WorkDist, option: &PoolOption) -> Option<f64> {
    match work {
        WorkDist::Time(time) => Some(time.mean() / option.speed),
        WorkDist::Roofline { flops, bytes } => {
            let Roofline { per_flop, per_byte, norm } = option.roofline;
            let fixed = |d: &Dist| matches!(d, Dist::Constant(_));
            let one_sided = flops.mean() * per_flop == 0.0 || bytes.mean() * per_byte == 0.0;
            let linear = norm == 1.0 || one_sided || (fixed(flops) && fixed(bytes));
            linear.then(|| option.roofline.seconds(flops.mean(), bytes.mean()) / option.speed)
        }
    }
}

/// The mean over draws that belong to no run and to no seed.
fn drawn(template: &Template, option: &PoolOption) -> f64 {
    let streams = Streams::new(0, APART);
    let family = streams.root_of(Purpose::Task, u64::from(template.class));
    let one = |i: u64| work_of(&template.draw(Label::Number(i), &mut streams.keyed(family, i)), option);
    (0..DRAWS).map(one).sum::<f64>() / DRAWS as f64
}
