//! What must hold of the tables of any run that has drained.

use std::collections::BTreeMap;

use super::super::support::{Row, Run};
use super::scenario::{Raw, SHARES, powers};

type Verdict = Result<(), String>;

fn hold(condition: bool, what: impl FnOnce() -> String) -> Verdict {
    if condition { Ok(()) } else { Err(what()) }
}

fn near(name: &str, found: f64, expected: f64, tolerance: f64) -> Verdict {
    let wide = tolerance * expected.abs().max(1.0);
    hold((found - expected).abs() <= wide, || format!("{name}: found {found}, expected {expected}"))
}

pub fn check(raw: &Raw, run: &Run) -> Verdict {
    counts(raw, run)?;
    run.tasks.iter().try_for_each(each_task)?;
    little(run)?;
    sums(run)?;
    units(run)?;
    if run.metric("preemptions") == 0.0 {
        // A row tells where a task ended; only without preemption is that where it ran all the time.
        occupation(raw, run)?;
    }
    Ok(())
}

fn counts(raw: &Raw, run: &Run) -> Verdict {
    let submitted = run.metric("tasks.submitted");
    hold(submitted >= raw.count as f64, || format!("{submitted} came of {}", raw.count))?;
    hold(run.tasks.len() as f64 == submitted, || format!("{} rows, {submitted} came", run.tasks.len()))?;
    for status in ["completed", "rejected", "failed", "killed"] {
        let rows = run.tasks.iter().filter(|t| t.text("status") == status).count();
        near(status, run.metric(&format!("tasks.{status}")), rows as f64, 0.0)?;
    }
    near("censored", run.metric("tasks.censored"), 0.0, 0.0)?;
    let mut names: Vec<&str> = run.tasks.iter().map(|t| t.text("task")).collect();
    names.sort_unstable();
    names.dedup();
    hold(names.len() == run.tasks.len(), || "a task ended twice".into())?;
    let ends: Vec<u64> = run.tasks.iter().map(|t| t.nanos("finish_s")).collect();
    hold(ends.is_sorted(), || "rows are not in order of their end".into())
}

fn each_task(t: &Row) -> Verdict {
    let (arrival, finish) = (t.nanos("arrival_s"), t.nanos("finish_s"));
    let ended = matches!(t.text("status"), "completed" | "killed");
    hold(ended == t.has("start_s"), || format!("start and status disagree: {t:?}"))?;
    if !ended {
        return hold(finish >= arrival && !t.has("units"), || format!("{t:?}"));
    }
    let (start, run) = (t.nanos("start_s"), t.nanos("run_s"));
    let local = t.text("location") == "local";
    hold(arrival <= start && start + run <= finish, || format!("out of order: {t:?}"))?;
    hold(!local || t.int("preemptions") > 0 || start + run == finish, || format!("a gap: {t:?}"))?;
    hold(t.nanos("wait_s") == start - arrival, || format!("wait: {t:?}"))?;
    hold(t.nanos("response_s") == finish - arrival, || format!("response: {t:?}"))?;
    let slowdown = ((finish - arrival) as f64 / 1e9 / (run as f64 / 1e9).max(10.0)).max(1.0);
    near("slowdown", t.real("bounded_slowdown"), slowdown, 1e-12)?;
    hold(local == t.has("energy_j") && local != t.has("cost_usd"), || format!("energy and cost: {t:?}"))?;
    if t.has("deadline_s") {
        let met = t.text("status") == "completed" && finish <= t.nanos("deadline_s");
        hold(t.text("deadline_met") == met.to_string(), || format!("deadline: {t:?}"))?;
    }
    Ok(())
}

/// The integral of the number in the system is the sum of the responses, to the last digit that a mean can hold.
fn little(run: &Run) -> Verdict {
    let end = run.replications[0].end.as_secs_f64();
    if end == 0.0 {
        return Ok(());
    }
    let inside: u64 = run.tasks.iter().map(|t| t.nanos("finish_s") - t.nanos("arrival_s")).sum();
    near("in_system.mean", run.metric("in_system.mean") * end, inside as f64 / 1e9, 1e-12)
}

/// Metrics are what the rows add up to.
fn sums(run: &Run) -> Verdict {
    let started: Vec<&Row> = run.tasks.iter().filter(|t| t.has("start_s")).collect();
    if !started.is_empty() {
        for (metric, column) in [("wait_s", "wait_s"), ("response_s", "response_s")] {
            let values = || started.iter().map(|t| t.nanos(column));
            let mean = values().sum::<u64>() as f64 / 1e9 / started.len() as f64;
            near(metric, run.metric(&format!("{metric}.mean")), mean, 1e-12)?;
            let most = values().max().unwrap_or(0) as f64 / 1e9;
            near(metric, run.metric(&format!("{metric}.max")), most, 1e-12)?;
        }
    }
    let preempted: u64 = run.tasks.iter().map(|t| t.int("preemptions")).sum();
    near("preemptions", run.metric("preemptions"), preempted as f64, 0.0)?;
    let due: Vec<&Row> = run.tasks.iter().filter(|t| t.has("deadline_s")).collect();
    if !due.is_empty() {
        let missed = due.iter().filter(|t| t.text("deadline_met") == "false").count();
        near("miss ratio", run.metric("deadline.miss_ratio"), missed as f64 / due.len() as f64, 1e-12)?;
    }
    let away: Vec<&Row> = run.tasks.iter().filter(|t| t.text("location") == "cloud").collect();
    if run.replications[0].metrics.contains_key("cloud.offloaded") {
        near("offloaded", run.metric("cloud.offloaded"), away.len() as f64, 0.0)?;
        near("cost", run.metric("cloud.cost_usd"), away.iter().map(|t| t.real("cost_usd")).sum(), 1e-12)?;
    }
    hold(away.is_empty() || run.metric("cloud.offloaded") > 0.0, || "tasks left for no cloud".into())
}

const STATES: [&str; 4] = ["busy_s", "idle_s", "sleep_s", "transition_s"];

/// Every unit is in some state all the time; the parts of the energy, and the units', make up the whole.
fn units(run: &Run) -> Verdict {
    let end = run.replications[0].end.as_nanos();
    for u in &run.units {
        let sum: u64 = STATES.iter().map(|s| u.nanos(s)).sum();
        hold(sum == end, || format!("the states of a unit last {sum} of {end} ns: {u:?}"))?;
        let bounded = u.has("memory_capacity_bytes");
        hold(!bounded || u.int("memory_peak_bytes") <= u.int("memory_capacity_bytes"), || format!("memory: {u:?}"))?;
    }
    let total = run.metric("energy_j.total");
    near("energy of units", run.units.iter().map(|u| u.real("energy_j")).sum(), total, 1e-9)?;
    let parts = ["active", "idle", "sleep", "transition"].map(|s| run.metric(&format!("energy_j.{s}")));
    near("energy of states", parts.iter().sum(), total, 1e-9)?;
    // Idle, asleep and between: the power is that of the device.
    let joules = |state: &str, watts: f64| run.units.iter().map(|u| u.nanos(state) as f64 / 1e9 * watts).sum::<f64>();
    near("idle energy", parts[1], joules("idle_s", 10.0), 1e-9)?;
    near("sleep energy", parts[2], joules("sleep_s", 1.0), 1e-9)?;
    near("transition energy", parts[3], joules("transition_s", 17.0), 1e-9)
}

/// What a unit held, from the rows of the tasks that ran on it.
#[derive(Default)]
struct Held {
    /// Time, then releases before grants; share in thousandths and bytes.
    changes: Vec<(u64, bool, i64, i64)>,
    load: f64,
    tasks: u64,
    joules: f64,
}

fn occupation(raw: &Raw, run: &Run) -> Verdict {
    let mut held: BTreeMap<usize, Held> = BTreeMap::new();
    for t in run.tasks.iter().filter(|t| t.text("location") == "local" && t.has("start_s")) {
        let class: usize = t.text("class")[1..].parse().map_err(|e| format!("{e}"))?;
        let share = SHARES[raw.classes[class].share];
        let units = t.list("units");
        for unit in &units {
            let at = held.entry(*unit).or_default();
            let (share, memory) = (share as i64, t.int("memory_bytes") as i64);
            at.changes.push((t.nanos("start_s"), true, share, memory));
            at.changes.push((t.nanos("finish_s"), false, -share, -memory));
            at.load += t.real("run_s") * share as f64 / 1000.0;
            at.tasks += 1;
            at.joules += t.real("energy_j") / units.len() as f64;
        }
    }
    let mut active = 0.0;
    for (i, u) in run.units.iter().enumerate() {
        let mut at = held.remove(&i).unwrap_or_default();
        at.changes.sort_unstable();
        let (mut share, mut memory, mut busy, mut since) = (0, 0, 0, 0);
        for &(time, _, s, m) in &at.changes {
            busy += if share > 0 { time - since } else { 0 };
            (share, memory, since) = (share + s, memory + m, time);
            hold(share <= 1000, || format!("unit {i}: {share} thousandths given at {time} ns"))?;
            let capacity = if u.has("memory_capacity_bytes") { u.int("memory_capacity_bytes") } else { u64::MAX };
            hold(memory <= 0 || memory as u64 <= capacity, || format!("unit {i}: {memory} B given at {time} ns"))?;
        }
        hold(busy == u.nanos("busy_s"), || format!("unit {i}: tasks last {busy} ns, busy {} s", u.text("busy_s")))?;
        hold(at.tasks == u.int("tasks"), || format!("unit {i}: {} tasks, {} told", at.tasks, u.text("tasks")))?;
        // A unit draws idle + (busy − idle) · load: its tasks pay for their shares, and the idle part of the rest of
        // it, while it is active, is the unit's own.
        let idle = f64::from(powers(&raw.devices[0]).0);
        active += at.joules + idle * (busy as f64 / 1e9 - at.load);
    }
    near("active energy", run.metric("energy_j.active"), active, 1e-6)
}
