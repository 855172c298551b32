//! Failures and checkpoints, from words to the simulation.

use std::path::Path;

use crate::model::cluster::Cluster;
use crate::model::outage::{Outages, Place};
use crate::model::preemption::Work;
use crate::model::recovery::{Checkpoints, Interval};
use crate::model::world::World;
use crate::sim::{Aftermath, FaultLaw, FaultSource, Faults};
use crate::units::{NodeId, Power, SimTime, UnitId};

use super::checks::{Findings, number};
use super::schema::{
    BreakdownSpec, CheckpointInterval, CheckpointSpec, CheckpointingSpec, FailureAction, FailuresSpec, IntervalRule,
    LossOfWork, OutageSpec, OutageTrace, UpTime,
};

/// Failures and checkpoints of a run.
#[derive(Clone, Debug, Default)]
pub(super) struct FailurePlan {
    faults: Option<Faults>,
    power: Power,
    checkpoints: Option<Checkpoints>,
}

impl FailurePlan {
    /// Tells the world what can fail; what does is returned.
    pub(super) fn equip(&self, world: &mut World) -> Option<Faults> {
        if self.faults.is_some() {
            world.outages = Some(Box::new(Outages::new(world.units.len(), world.nodes.len(), self.power)));
        }
        world.checkpoints = self.checkpoints.clone().map(Box::new);
        self.faults.clone()
    }
}

/// Checks the words and makes them ready. `file` finds the rows of a file.
pub(super) fn compile(
    failures: Option<&FailuresSpec>,
    checkpoint: Option<&CheckpointingSpec>,
    cluster: &Cluster,
    mut file: impl FnMut(&str, &mut Findings) -> Vec<OutageSpec>,
    findings: &mut Findings,
) -> FailurePlan {
    let mut rates = (vec![0.0; cluster.units.len()], vec![0.0; cluster.nodes.len()]);
    let mut plan = FailurePlan::default();
    if let Some(spec) = failures {
        plan.power = Power::try_from_watts(spec.down_power.get()).unwrap_or(Power::ZERO);
        plan.faults = faults(spec, cluster, &mut rates, &mut file, findings);
    }
    if let Some(spec) = checkpoint {
        let random = failures.is_some_and(|f| f.units.is_some() || f.nodes.is_some());
        plan.checkpoints = Some(checkpoints(spec, random, rates, findings));
    }
    plan
}

fn faults(
    spec: &FailuresSpec,
    cluster: &Cluster,
    rates: &mut (Vec<f64>, Vec<f64>),
    file: &mut impl FnMut(&str, &mut Findings) -> Vec<OutageSpec>,
    findings: &mut Findings,
) -> Option<Faults> {
    if spec.trace.is_some() && (spec.units.is_some() || spec.nodes.is_some()) {
        findings.broken("/failures/trace", "a `trace` says all that fails: leave out `units` and `nodes`");
    }
    if spec.trace.is_none() && spec.units.is_none() && spec.nodes.is_none() {
        findings.broken("/failures", "nothing fails: give `units`, `nodes` or `trace`");
    }
    if spec.action == FailureAction::Fail && spec.retries.is_some() {
        findings.broken("/failures/retries", "with `\"action\": \"fail\"` no task starts again");
    }
    let retries = if spec.action == FailureAction::Fail { 0 } else { spec.retries.unwrap_or(u32::MAX) };
    let work = if spec.work == LossOfWork::Kept { Work::Kept } else { Work::Lost };
    let mut faults = Faults { laws: Vec::new(), sources: Vec::new(), aftermath: Aftermath { retries, work } };
    if let Some(units) = &spec.units {
        let law = law(units, "units", &mut faults, findings);
        for (i, rate) in rates.0.iter_mut().enumerate().filter(|(i, _)| covers(units, cluster, UnitId(*i as u32))) {
            *rate = 1.0 / units.mtbf.dist().mean();
            faults.sources.push(FaultSource { place: Place::Unit(UnitId(i as u32)), law });
        }
        check_words(units, "units", cluster, findings);
    }
    if let Some(nodes) = &spec.nodes {
        let law = law(nodes, "nodes", &mut faults, findings);
        if nodes.counts == UpTime::Busy {
            findings.broken("/failures/nodes/while", "only units can fail while they are `busy`");
        }
        for (i, rate) in rates.1.iter_mut().enumerate().filter(|(i, _)| covers_node(nodes, cluster, *i)) {
            *rate = 1.0 / nodes.mtbf.dist().mean();
            faults.sources.push(FaultSource { place: Place::Node(NodeId(i as u32)), law });
        }
        check_words(nodes, "nodes", cluster, findings);
    }
    match &spec.trace {
        Some(OutageTrace::List(list)) => trace(list, "/failures/trace", cluster, &mut faults, findings),
        Some(OutageTrace::File(path)) => {
            let rows = file(path, findings);
            trace(&rows, "/failures/trace", cluster, &mut faults, findings);
        }
        None => {}
    }
    Some(faults)
}

fn law(spec: &BreakdownSpec, name: &str, faults: &mut Faults, findings: &mut Findings) -> usize {
    let (up, down) = (spec.mtbf.dist().clone(), spec.mttr.dist().clone());
    let pointer = format!("/failures/{name}/mtbf");
    findings.require(up.mean() > 0.0, pointer, number(up.mean()), "a positive mean: it must work for a time");
    faults.laws.push(FaultLaw::Renewal { up, down, while_busy: spec.counts == UpTime::Busy });
    faults.laws.len() - 1
}

/// Whether `unit` is one of those that a breakdown is restricted to.
fn covers(spec: &BreakdownSpec, cluster: &Cluster, unit: UnitId) -> bool {
    let Some(of) = &spec.of else { return true };
    let device = cluster.device(unit);
    let node = cluster.units.get(unit.index()).and_then(|u| cluster.nodes.get(u.node.index()));
    of.iter().any(|w| *w == *device.name || w == device.kind.name() || node.is_some_and(|n| *w == *n.name))
}

/// Whether a breakdown of nodes is of node `index`: by its name, or by what is in it.
fn covers_node(spec: &BreakdownSpec, cluster: &Cluster, index: usize) -> bool {
    let (Some(of), Some(node)) = (&spec.of, cluster.nodes.get(index)) else { return true };
    of.iter().any(|w| *w == *node.name) || node.units.clone().any(|u| covers(spec, cluster, UnitId(u)))
}

fn check_words(spec: &BreakdownSpec, name: &str, cluster: &Cluster, findings: &mut Findings) {
    let mut known: Vec<&str> = cluster.pools.iter().map(|p| p.device.kind.name()).collect();
    known.extend(cluster.pools.iter().map(|p| &*p.device.name));
    known.extend(cluster.nodes.iter().map(|n| &*n.name));
    let mut seen = std::collections::BTreeSet::new();
    known.retain(|w| seen.insert(*w));
    for (i, word) in spec.of.iter().flatten().enumerate().filter(|(_, w)| !seen.contains(w.as_str())) {
        findings.unknown(format!("/failures/{name}/of/{i}"), "a kind, device or node of the cluster", word, &known);
    }
}

fn trace(list: &[OutageSpec], pointer: &str, cluster: &Cluster, faults: &mut Faults, findings: &mut Findings) {
    for (i, outage) in list.iter().enumerate() {
        let at = |field: &str| format!("{pointer}/{i}{field}");
        let place = match (outage.unit, &outage.node) {
            (Some(unit), None) if (unit as usize) < cluster.units.len() => Place::Unit(UnitId(unit)),
            (Some(unit), None) => {
                let last = cluster.units.len().saturating_sub(1);
                findings.wrong(at("/unit"), unit, format!("the number of a unit, 0 to {last}"));
                continue;
            }
            (None, Some(name)) => match cluster.nodes.iter().position(|n| *n.name == **name) {
                Some(node) => Place::Node(NodeId(node as u32)),
                None => {
                    let names: Vec<&str> = cluster.nodes.iter().map(|n| &*n.name).collect();
                    findings.unknown(at("/node"), "a node of the cluster", name, &names);
                    continue;
                }
            },
            _ => {
                findings.broken(at(""), "a failure is of one `unit` or of one `node`");
                continue;
            }
        };
        let law = FaultLaw::Once {
            at: SimTime::ZERO + outage.time.duration(),
            down_for: outage.down_for.map(crate::json::Seconds::duration),
        };
        faults.sources.push(FaultSource { place, law: faults.laws.len() });
        faults.laws.push(law);
    }
}

/// The rows of a CSV file: `time_s`, `unit` or `node` or both, `down_s`.
///
/// # Errors
/// What is wrong with it, in words.
pub(super) fn read_rows(path: &Path) -> Result<Vec<OutageSpec>, String> {
    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Line {
        time_s: f64,
        #[serde(default)]
        unit: Option<u32>,
        #[serde(default)]
        node: Option<String>,
        #[serde(default)]
        down_s: Option<f64>,
    }
    let seconds = |x: f64, row: usize| -> Result<crate::json::Seconds, String> {
        let fits = x >= 0.0 && crate::units::SimDuration::try_from_secs_f64(x).is_some();
        if fits { Ok(crate::json::Seconds(x)) } else { Err(format!("row {row}: found {x} s, expected a time >= 0")) }
    };
    let mut reader = csv::Reader::from_path(path).map_err(|e| e.to_string())?;
    let mut rows = Vec::new();
    for (i, line) in reader.deserialize::<Line>().enumerate() {
        let line = line.map_err(|e| e.to_string())?;
        rows.push(OutageSpec {
            time: seconds(line.time_s, i + 1)?,
            unit: line.unit,
            node: line.node,
            down_for: line.down_s.map(|d| seconds(d, i + 1)).transpose()?,
        });
    }
    Ok(rows)
}

fn checkpoints(
    spec: &CheckpointingSpec,
    random: bool,
    (unit_rates, node_rates): (Vec<f64>, Vec<f64>),
    findings: &mut Findings,
) -> Checkpoints {
    let interval = match spec.interval {
        CheckpointInterval::Time(seconds) => {
            let found = number(seconds.get());
            findings.require(!seconds.duration().is_zero(), "/checkpoint/interval", found, "a duration > 0");
            Interval::Fixed(seconds.duration())
        }
        CheckpointInterval::Rule(rule) => {
            if !random {
                let why = "needs the mean time between failures: give `failures` with `units` or `nodes`";
                findings.broken("/checkpoint/interval", why);
            }
            if spec.cost == CheckpointSpec::default() {
                findings.broken("/checkpoint/cost", "without a cost the best interval is none");
            }
            if rule == IntervalRule::Young { Interval::Young } else { Interval::Daly }
        }
    };
    for (name, time) in [("cost", spec.cost), ("restart", spec.restart)] {
        time.check(&format!("/checkpoint/{name}"), findings);
    }
    Checkpoints { interval, cost: spec.cost.time(), restart: spec.restart.time(), unit_rates, node_rates }
}
