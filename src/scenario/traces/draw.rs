//! Tasks drawn from a log up to a demand, instead of its arrivals.

use std::sync::Arc;

use crate::model::task::Submission;
use crate::units::{PoolId, SimTime};

use super::super::checks::{Findings, number};
use super::super::classes::Classes;
use super::super::schema::{DrawSpec, ScaleSpec};
use super::super::sources::SourcePlan;

/// Most tasks that are drawn in expectation: all of them are in memory.
const MOST_DRAWN: f64 = 1e7;

/// Draws from the tasks of a list.
pub(super) fn drawn(
    source: u16,
    spec: &DrawSpec,
    scale: ScaleSpec,
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
    let devices: u64 = pools.iter().map(|p| classes.cluster.pools[p.index()].devices).sum();
    let demand = (until.clamp(0.0, 1000.0) * devices as f64).round();
    let once: u64 = list.iter().map(|(_, task)| task.demand()).sum();
    if once == 0 && !list.is_empty() {
        findings.broken(pointer, "none of the tasks needs a unit, so their demand never grows");
    } else if demand / once.max(1) as f64 * list.len() as f64 > MOST_DRAWN {
        findings.wrong(at, number(until), "a demand that at most 1e7 tasks of this list make up");
    }
    SourcePlan::Drawn { list, demand: demand as u64, interval: spec.interval.duration().scaled(1.0 / scale.arrivals) }
}
