//! From a task's words to a class of tasks and a template to draw from.

use std::sync::Arc;

use crate::catalogue::Precision;
use crate::dist::Dist;
use crate::json::{ByteCount, Seconds};
use crate::model::cluster::Cluster;
use crate::model::elastic::Elastic;
use crate::model::kind::UnitKind;
use crate::model::task::{Class, PoolOption};
use crate::units::{Bytes, PoolId, Share, SimDuration, UnitId};
use crate::workload::template::{Amount, Estimate, Template, WorkDist};

use super::checks::{Findings, number};
use super::random::Random;
use super::schema::{ElasticSpec, EstimateSpec, RunsOn, TaskSpec};

/// Classes of the run so far.
pub(super) struct Classes<'a> {
    pub(super) cluster: &'a Cluster,
    pub(super) list: Vec<Class>,
    /// Speed of the cloud, if there is one.
    pub(super) cloud_speed: Option<f64>,
    /// Catalogue id behind an alias, or the name itself.
    pub(super) resolve: &'a dyn Fn(&str) -> String,
}

impl Classes<'_> {
    /// The pools behind `runs_on` with their speeds, fastest first.
    ///
    /// A name that is a device id counts before one that is its kind.
    pub(super) fn options(
        &self,
        runs_on: &RunsOn,
        precision: Precision,
        pointer: &str,
        findings: &mut Findings,
    ) -> Vec<PoolOption> {
        let entries = runs_on.entries();
        let mut options = Vec::new();
        for (name, speed) in &entries {
            let known = name.parse::<UnitKind>().is_ok() || self.pool_named(name).is_some();
            if !known {
                let names: Vec<String> = UnitKind::ALL
                    .iter()
                    .map(|k| k.name().to_owned())
                    .chain(self.cluster.pools.iter().map(|p| p.device.name.to_string()))
                    .collect();
                findings.unknown(pointer, "a kind of unit or a device of the cluster", name, &names);
            }
            if !(1e-9..=1e9).contains(speed) {
                findings.wrong(format!("{pointer}/{name}"), number(*speed), "a speed from 1e-9 to 1e9");
            }
        }
        for (i, pool) in self.cluster.pools.iter().enumerate() {
            let id = PoolId(i as u16);
            let by_device = entries.iter().find(|(name, _)| self.pool_named(name) == Some(id));
            let by_kind = || entries.iter().find(|(name, _)| name.parse() == Ok(pool.device.kind));
            if let Some((_, speed)) = by_device.or_else(by_kind)
                && !pool.units.is_empty()
            {
                options.push(self.option(id, (speed * pool.device.speed).max(1e-9), precision));
            }
        }
        options.sort_by(|a, b| a.factor.total_cmp(&b.factor));
        if entries.is_empty() {
            findings.wrong(pointer, "no kind of unit", "at least one, such as \"gpu\"");
        } else if options.is_empty() && findings.problems.is_empty() {
            let names: Vec<&str> = entries.iter().map(|(n, _)| *n).collect();
            findings.broken(pointer, format!("the cluster has no unit of {}", names.join(" or ")));
        }
        options
    }

    /// The option of `pool` at `speed`, with what else follows from its device.
    pub(super) fn option(&self, pool: PoolId, speed: f64, precision: Precision) -> PoolOption {
        let device = &self.cluster.pools[pool.index()].device;
        let roofline = device.roofline(precision.name());
        PoolOption { pool, factor: 1.0 / speed, speed, scaling: device.scaling(), roofline }
    }

    /// The pool of the device with this id or alias.
    pub(super) fn pool_named(&self, name: &str) -> Option<PoolId> {
        let id = (self.resolve)(name);
        self.cluster.pools.iter().position(|p| *p.device.name == *id).map(|i| PoolId(i as u16))
    }

    /// Adds a class and returns its number.
    pub(super) fn add(&mut self, class: Class) -> u32 {
        self.list.push(class);
        (self.list.len() - 1) as u32
    }

    /// Makes a class and a template of the task at `pointer`.
    pub(super) fn template(
        &mut self,
        source: u16,
        spec: &TaskSpec,
        pointer: &str,
        default_name: &str,
        findings: &mut Findings,
    ) -> Template {
        let index = self.list.len() as u32;
        let host_only = spec.units.as_ref().is_some_and(|u| u.dist().mean() == 0.0);
        let options = self.task_options(spec, host_only, pointer, findings);
        let work = work(spec, pointer, findings);
        if let WorkDist::Roofline { .. } = &work {
            self.check_roofline(spec, &options, pointer, findings);
        }
        let units = spec.units.as_ref().map_or_else(one, |u| u.dist().clone());
        let memory = spec.memory.as_ref().map_or_else(Dist::zero, |m| m.dist().clone());
        let instances = instances(spec, &units, pointer, findings);
        let share = self.share(spec, &options, pointer, findings);
        let widest = self.widest(&options, instances, share);
        self.check_size(&units, widest, &memory, &options, pointer, findings);
        let secure = spec.secure.unwrap_or(false);
        if secure && spec.offloadable == Some(true) {
            findings.broken(format!("{pointer}/offloadable"), "a secure task never leaves: it cannot be offloadable");
        }
        let offloadable = spec.offloadable.unwrap_or(true) && !secure;
        let fastest = options.first().map_or(1.0, |o| o.factor);
        let class = Class {
            name: Arc::from(spec.name.as_deref().unwrap_or(default_name)),
            source,
            options,
            one_node: spec.one_node.unwrap_or(false),
            // The cloud's units are as fast as the task's best local ones would be at the cloud's speed.
            cloud_factor: self.cloud_speed.filter(|_| offloadable && !host_only).map(|s| fastest / s),
            activity: spec.activity.as_ref().map(|a| a.check(&format!("{pointer}/activity"), findings)),
            deferrable: spec.deferrable.map_or(SimDuration::ZERO, Seconds::duration),
        };
        let at = |field: &str| format!("{pointer}/{field}");
        let finite = |x: Option<f64>, field: &str, findings: &mut Findings| {
            let x = x.unwrap_or(0.0);
            findings.require(x.abs() <= 1e15, at(field), number(x), "a number from -1e15 to 1e15");
            x
        };
        let host_cpus = finite(spec.host_cpus, "host_cpus", findings);
        findings.require(host_cpus >= 0.0, at("host_cpus"), host_cpus, "a number >= 0");
        let weight = spec.weight.unwrap_or(1.0);
        findings.require(weight > 0.0 && weight <= 1e12, at("weight"), weight, "a number in (0, 1e12]");
        let estimate = match &spec.estimate {
            None => Estimate::Exact,
            Some(EstimateSpec::Factor(f)) => {
                let valid = f.factor > 0.0 && f.factor <= 1e6;
                findings.require(valid, at("estimate/factor"), f.factor, "a number in (0, 1e6]");
                Estimate::Factor(f.factor)
            }
            Some(EstimateSpec::Drawn(d)) => Estimate::Drawn(d.dist().clone()),
        };
        let class = self.add(class);
        Template {
            class,
            weight,
            work,
            estimate,
            kill_at_estimate: spec.kill_at_estimate.unwrap_or(false),
            elastic: spec.elastic.as_ref().map(|e| Arc::new(elastic(e, &units, share, pointer, findings))),
            units: Amount::new(units),
            instances,
            share,
            memory: Amount::new(memory),
            memory_sd: spec.memory_sd.map_or(Bytes::ZERO, Bytes::from),
            host_cpus: (host_cpus * 1000.0).round() as u64,
            checkpoint: spec.checkpoint.map(Bytes::from),
            host_memory: spec.host_memory.map_or(Bytes::ZERO, Bytes::from),
            priority: finite(spec.priority, "priority", findings),
            deadline: spec.deadline.as_ref().map(|d| d.dist().clone()),
            patience: spec.patience.as_ref().map(|d| d.dist().clone()),
            user: spec.user.unwrap_or(index),
            input: Amount::new(data(spec.input.as_ref())),
            output: Amount::new(data(spec.output.as_ref())),
        }
    }

    fn task_options(
        &self,
        spec: &TaskSpec,
        host_only: bool,
        pointer: &str,
        findings: &mut Findings,
    ) -> Vec<PoolOption> {
        if host_only {
            if spec.host_cpus.is_none() && spec.host_memory.is_none() {
                findings
                    .broken(format!("{pointer}/units"), "a task without units must ask for host_cpus or host_memory");
            }
            return Vec::new();
        }
        let precision = spec.precision.unwrap_or(Precision::Fp16);
        let at_devices = format!("{pointer}/device");
        let mut options = match (&spec.runs_on, spec.device.is_empty()) {
            (Some(runs_on), _) => self.options(runs_on, precision, &format!("{pointer}/runs_on"), findings),
            (None, false) => self.options(&RunsOn::List(spec.device.clone()), precision, &at_devices, findings),
            (None, true) => {
                findings.broken(pointer, "missing `runs_on`: the kinds of units that can run the task");
                return Vec::new();
            }
        };
        if !spec.device.is_empty() {
            let allowed: Vec<PoolId> = spec.device.iter().filter_map(|d| self.pool_named(d)).collect();
            options.retain(|o| allowed.contains(&o.pool));
            if options.is_empty() {
                let names: Vec<String> = self.cluster.pools.iter().map(|p| p.device.name.to_string()).collect();
                let found = spec.device.join("`, `");
                findings.unknown(at_devices, "a device of the cluster that `runs_on` allows", &found, &names);
            }
        }
        if let Some(beta) = spec.beta {
            findings.require((0.0..=1.0).contains(&beta), format!("{pointer}/beta"), beta, "a number in [0, 1]");
            for option in &mut options {
                (option.scaling.beta, option.scaling.counts) = (beta, false);
            }
        }
        if let Some(norm) = spec.norm {
            for option in &mut options {
                (option.scaling.norm, option.roofline.norm) = (norm.get(), norm.get());
            }
        }
        options
    }

    /// Missing physics is an error, never zero.
    fn check_roofline(&self, spec: &TaskSpec, options: &[PoolOption], pointer: &str, findings: &mut Findings) {
        let precision = spec.precision.unwrap_or(Precision::Fp16).name();
        let flops = spec.flops.as_ref().is_some_and(|f| f.dist().mean() > 0.0);
        let bytes = spec.bytes.as_ref().is_some_and(|b| b.dist().mean() > 0.0);
        for option in options {
            let device = &self.cluster.pools[option.pool.index()].device;
            if flops && !device.peaks.iter().any(|(name, _)| &**name == precision) {
                findings.broken(
                    format!("{pointer}/flops"),
                    format!("device {} has no {precision} peak, so the time of the task on it is unknown", device.name),
                );
            }
            // A calibrated device may have none because its traffic is within the time of its operations.
            if bytes && !flops && device.bandwidth.is_none() {
                findings.broken(
                    format!("{pointer}/bytes"),
                    format!("device {} has no memory bandwidth, so the time of the task on it is unknown", device.name),
                );
            }
        }
    }

    /// The widest gang that one pool holds; instances may share a pooled unit.
    fn widest(&self, options: &[PoolOption], instances: u32, share: Share) -> usize {
        let parts = |u: &UnitId| {
            let size = self.cluster.units[u.index()].size;
            if instances > 1 { size.parts(size.places, share) as usize } else { 1 }
        };
        let pools = options.iter().map(|o| &self.cluster.pools[o.pool.index()]);
        pools.map(|p| p.units.iter().map(parts).sum()).max().unwrap_or(0)
    }

    /// A task of fixed size that nothing can hold is refused before the run.
    fn check_size(
        &self,
        units: &Dist,
        widest: usize,
        memory: &Dist,
        options: &[PoolOption],
        pointer: &str,
        findings: &mut Findings,
    ) {
        if options.is_empty() || self.cloud_speed.is_some() {
            return;
        }
        let pools = || options.iter().map(|o| &self.cluster.pools[o.pool.index()]);
        if let Dist::Constant(_) = units {
            let wanted = units.mean();
            let valid = wanted >= 1.0 && wanted.fract() == 0.0;
            findings.require(valid, format!("{pointer}/units"), wanted, "a whole number of units, at least 1");
            if wanted > widest as f64 {
                findings.wrong(format!("{pointer}/units"), wanted, format!("at most {widest}, the most of one device"));
            }
        }
        if let Dist::Constant(_) = memory {
            let largest = pools().map(|p| p.device.memory).max().unwrap_or(Bytes::UNBOUNDED);
            if memory.mean() > largest.get() as f64 {
                findings.wrong(
                    format!("{pointer}/memory"),
                    format!("{} B", memory.mean()),
                    format!("at most {} B, the most that a unit which can run it has", largest.get()),
                );
            }
        }
    }

    fn share(&self, spec: &TaskSpec, options: &[PoolOption], pointer: &str, findings: &mut Findings) -> Share {
        let Some(x) = spec.share else { return Share::WHOLE };
        let pools: Vec<PoolId> = options.iter().map(|o| o.pool).collect();
        let units = self.cluster.units.iter().filter(|u| pools.contains(&u.pool));
        let most = units.map(|u| u.size.devices).max().unwrap_or(Share::WHOLE).max(Share::WHOLE);
        Share::try_from_devices(x).filter(|share| *share <= most).unwrap_or_else(|| {
            let hint = if x > 1.0 && x <= 100.0 { ": a fraction, not a percentage" } else { "" };
            findings.wrong(format!("{pointer}/share"), x, format!("a number in (0, {}]{hint}", most.as_fraction()));
            Share::WHOLE
        })
    }
}

/// Instances divide the gang evenly.
fn instances(spec: &TaskSpec, units: &Dist, pointer: &str, findings: &mut Findings) -> u32 {
    let n = spec.instances.unwrap_or(1);
    let even = n == 1 || matches!(units, Dist::Constant(_)) && units.mean() % f64::from(n.max(1)) == 0.0;
    let expected = "at least 1, and a fixed number of `units` that is a multiple of it";
    findings.require(n >= 1 && even, format!("{pointer}/instances"), n, expected);
    n.max(1)
}

/// Widths of an elastic task around its own.
fn elastic(spec: &ElasticSpec, units: &Dist, share: Share, pointer: &str, findings: &mut Findings) -> Elastic {
    let at = |field: &str| format!("{pointer}/elastic/{field}");
    let own = units.mean();
    let fixed = matches!(units, Dist::Constant(_)) && own >= 1.0;
    if !fixed {
        findings.broken(format!("{pointer}/elastic"), "an elastic task needs a fixed number of `units`, at least 1");
    }
    let around = format!("1 to {own}, the task's own `units`");
    findings.require(spec.min >= 1 && f64::from(spec.min) <= own, at("min"), spec.min, &around);
    findings.require(
        f64::from(spec.max) >= own,
        at("max"),
        spec.max,
        &format!("at least {own}, the task's own `units`"),
    );
    findings.require(share == Share::WHOLE, at("min"), "a task with a share of its units", "a task of whole units");
    let (serial, scale) = (spec.serial.unwrap_or(0.0), spec.noise_scale.unwrap_or(f64::INFINITY));
    findings.require((0.0..=1.0).contains(&serial), at("serial"), number(serial), "a number in [0, 1]");
    findings.require(scale >= 1e-9, at("noise_scale"), number(scale), "a number of at least 1e-9");
    Elastic { min: spec.min.max(1), max: spec.max.max(1), serial, noise: 1.0 / scale }
}

fn one() -> Dist {
    Dist::constant(1.0).unwrap_or_else(|_| Dist::zero())
}

fn data(spec: Option<&Random<ByteCount>>) -> Dist {
    spec.map_or_else(Dist::zero, |d| d.dist().clone())
}

/// The work: a duration, or operations and bytes.
fn work(spec: &TaskSpec, pointer: &str, findings: &mut Findings) -> WorkDist {
    match (&spec.duration, &spec.flops, &spec.bytes) {
        (Some(d), None, None) => WorkDist::Time(d.dist().clone()),
        (None, None, None) => {
            findings.broken(pointer, "missing `duration` (or `flops` and `bytes`)");
            WorkDist::Time(Dist::zero())
        }
        (None, flops, bytes) => WorkDist::Roofline {
            flops: flops.as_ref().map_or_else(Dist::zero, |f| f.dist().clone()),
            bytes: data(bytes.as_ref()),
        },
        (Some(d), _, _) => {
            findings.broken(pointer, "a task has either `duration` or `flops` and `bytes`, not both");
            WorkDist::Time(d.dist().clone())
        }
    }
}
