//! Runs that are long chains, floods, or reach the end of time: each must end by name, not by a crash.

use serde_json::{Value, json};

use crate::support::{cpus, run, try_run, under};
use xpu_manager_rust::scenario::Loader;

/// A chain whose first task is cut off fails to its end, however long it is: nothing recurses. Each task but
/// the first is told so at the instant at which the first is killed.
#[test]
fn a_long_chain_fails_to_its_end() {
    const LENGTH: u32 = 20_000;
    let chain: Vec<Value> = (1..=LENGTH)
        .map(|id| match id {
            1 => json!({"id": 1, "runs_on": ["cpu"], "duration": 2, "estimate": 1, "kill_at_estimate": true}),
            _ => json!({"id": id, "runs_on": ["cpu"], "duration": 1, "after": [id - 1]}),
        })
        .collect();
    let out = run(cpus(1, json!(chain)));
    out.expect("tasks.killed", 1.0);
    out.expect("tasks.failed", f64::from(LENGTH - 1));
    out.expect("makespan_s", 1.0);
}

/// Three tasks of 9e9 s on one unit end at 27e9 s, beyond the 18.4e9 s that 64 bits of nanoseconds hold.
#[test]
fn the_end_of_time_is_named() {
    let task = json!({"runs_on": ["cpu"], "duration": 9e9});
    let error = try_run(cpus(1, json!([task, task, task])), &Loader::default()).err().unwrap();
    assert!(error.contains("beyond the end of time"), "{error}");
}

/// A flood of tasks without work at one instant is no livelock.
#[test]
fn a_flood_of_nothing_is_no_livelock() {
    const TASKS: u32 = 3_000;
    let mut scenario = cpus(2, json!([]));
    scenario["workload"] = json!([{"source": "synthetic", "count": TASKS, "arrivals": {"process": "at-once", "time": 5},
        "tasks": [{"runs_on": ["cpu"], "duration": 0}]}]);
    let out = run(scenario);
    out.expect("tasks.completed", f64::from(TASKS));
    out.expect("wait_s.max", 0.0);
}

/// Whole units that fit are not kept waiting by memory, also where a reservation holds them back: one 2-unit task
/// runs, a 2-unit head waits for both units, and a long 1-unit task may not overtake it.
#[test]
fn waits_for_units_are_not_counted_as_waits_for_memory() {
    let mut scenario = under(cpus(2, json!([])), json!("easy"));
    scenario["cluster"]["nodes"][0]["units"][0]["device"] = json!("T4");
    let task = |units: u32, duration: u32, arrival: u32| {
        json!({"runs_on": ["gpu"], "units": units, "duration": duration,
        "arrival": arrival, "memory": "1 GB"})
    };
    scenario["workload"][0]["tasks"] = json!([task(1, 10, 0), task(2, 10, 1), task(1, 50, 2)]);
    let out = run(scenario);
    out.expect("memory.oom_waits", 0.0);
    out.expect("makespan_s", 70.0);
}

/// A source whose tasks lie beyond the end of time is an error, not an empty run.
#[test]
fn arrivals_beyond_the_end_of_time_are_no_empty_run() {
    let mut scenario = cpus(1, json!([]));
    scenario["workload"] = json!([{"source": "synthetic", "count": 3, "arrivals": {"process": "poisson", "rate": 1e-12},
        "tasks": [{"runs_on": ["cpu"], "duration": 1}]}]);
    assert!(try_run(scenario, &Loader::default()).is_err());
}
