//! Every scheduler under random failures: nothing vanishes, no invariant breaks.

use serde_json::{Value, json};

use super::super::support::{try_run, under};
use xpu_manager_rust::policy::registry::Registry;
use xpu_manager_rust::scenario::Loader;

/// Gangs, shares, memory, dependencies and host tasks on two nodes of two kinds, which sleep and fail.
fn workload(seed: u64) -> Value {
    let node = |name: &str| json!({"name": name, "host_cpus": 8, "units": [{"device": "big", "count": 2}, {"device": "small", "count": 2}]});
    let device = |memory: f64| {
        json!({"kind": "gpu", "memory": memory, "power": {"idle": 10, "active": 30},
               "sleep": {"power": 1, "entry": 1, "wake": 2, "wake_power": 20}})
    };
    json!({
        "seed": seed,
        "devices": {"big": device(8e9), "small": device(4e9)},
        "cluster": {"nodes": [node("a"), node("b")]},
        "workload": [
            {"source": "synthetic", "count": 40, "arrivals": {"process": "poisson", "rate": 0.3},
             "tasks": [
                {"runs_on": ["big", "small"], "duration": {"dist": "exponential", "mean": 6}, "memory": 3e9},
                {"runs_on": ["big"], "duration": 5, "units": 2, "weight": 0.5},
                {"runs_on": ["big", "small"], "duration": {"dist": "uniform", "low": 1, "high": 9}, "host_cpus": 2},
             ]},
            {"source": "tasks", "tasks": [
                {"id": 1, "arrival": 0, "duration": 4, "runs_on": ["big"]},
                {"id": 2, "arrival": 0, "duration": 4, "runs_on": ["big", "small"], "after": [1]},
                {"id": 3, "arrival": 1, "duration": 3, "runs_on": ["small"], "after": [1]},
                {"id": 4, "arrival": 1, "duration": 2, "units": 0, "host_cpus": 2},
             ]},
        ],
        "policies": {"sleep": {"name": "timeout", "after": 3}, "preemption": {"save": 0.5, "restore": 0.5}},
        "checkpoint": {"interval": 3, "cost": 0.25, "restart": 0.5},
        "failures": {"units": {"mtbf": {"dist": "exponential", "mean": 40}, "mttr": {"dist": "exponential", "mean": 5}},
                     "nodes": {"mtbf": {"dist": "exponential", "mean": 80}, "mttr": 4}, "retries": 30},
    })
}

#[test]
fn under_every_scheduler_all_tasks_end() {
    let registry = Registry::builtin();
    let names = registry.scheduler_names();
    assert!(names.len() > 20, "{names:?}");
    for (name, seed) in names.into_iter().zip((1..=3).cycle()) {
        let mut told = under(workload(seed), json!(name));
        let mut tasks = 44.0;
        if name.starts_with("tiresias") {
            // It hands out units; a task that needs none may wait for ever, whether anything fails or not.
            told["workload"][1]["tasks"].as_array_mut().unwrap().truncate(3);
            tasks = 43.0;
        }
        let run = try_run(told, &Loader::default()).unwrap_or_else(|e| panic!("{name}, seed {seed}: {e}"));
        run.expect("tasks.submitted", tasks);
        let ended: f64 =
            ["completed", "failed", "rejected", "killed"].iter().map(|s| run.metric(&format!("tasks.{s}"))).sum();
        assert_eq!(ended, tasks, "{name}");
        assert!(run.metric("failures.tasks_hit") > 0.0, "{name}, seed {seed}: nothing was tried");
    }
}
