//! Common random numbers: what comes does not depend on what policies do with it.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::support::{Run, run};

fn scenario() -> Value {
    json!({
        "seed": 11, "replications": 3,
        "devices": {"own": {"kind": "gpu", "memory": "40 GB",
            "power": {"idle": 10, "active": 40,
                "pstates": [{"frequency": 1e9, "power": 20}, {"frequency": 2e9, "power": 40}]},
            "sleep": {"power": 1, "entry": 1, "wake": 2, "wake_power": 20}}},
        "cluster": {"nodes": [{"name": "n", "units": [
            {"device": "own", "count": 3}, {"device": "cpu-generic", "count": 2}]}]},
        "workload": [
            {"source": "synthetic", "name": "mixed", "count": 120,
             "arrivals": {"process": "mmpp", "states": [{"rate": 1, "mean_time": 20}, {"rate": 0.1, "mean_time": 40}]},
             "tasks": [
                {"weight": 2, "runs_on": {"gpu": 1, "cpu": 0.5}, "duration": {"dist": "lognormal", "mean": 6, "cv": 1},
                 "memory": {"dist": "uniform", "low": 1e9, "high": 4e10},
                 "estimate": {"dist": "uniform", "low": 1, "high": 40},
                 "deadline": {"dist": "exponential", "mean": 50}, "input": {"dist": "exponential", "mean": 1e7}},
                {"weight": 1, "runs_on": ["gpu"], "units": {"dist": "uniform", "low": 1, "high": 3}, "share": 0.5,
                 "duration": {"dist": "pareto", "shape": 2.5, "scale": 2}}]},
            {"source": "synthetic", "name": "beat", "count": 30, "arrivals": {"process": "deterministic", "interval": 7},
             "tasks": [{"runs_on": ["cpu"], "duration": {"dist": "weibull", "shape": 0.7, "scale": 3}}]}],
        "cloud": {"rtt": {"dist": "exponential", "mean": 0.5}},
    })
}

fn with(policies: Value) -> Run {
    let mut scenario = scenario();
    scenario["policies"] = policies;
    run(scenario)
}

fn workloads(run: &Run) -> Vec<u64> {
    run.replications.iter().map(|r| r.workload).collect()
}

/// Source, arrival, memory and deadline of every task, by name.
fn came(run: &Run) -> Vec<(String, [String; 5])> {
    let mut all: Vec<_> = run
        .tasks
        .iter()
        .map(|t| {
            let columns = ["source", "class", "arrival_s", "memory_bytes", "deadline_s"];
            (format!("{} {}", t.text("source"), t.text("task")), columns.map(|c| t.text(c).to_owned()))
        })
        .collect();
    all.sort();
    all
}

#[test]
fn every_policy_sees_the_same_tasks() {
    let base = with(json!({}));
    assert_eq!(base.tasks.len(), 150);
    let mut fingerprints = BTreeSet::from([base.replications[0].fingerprint]);
    for policies in [
        json!({"scheduler": "sjf"}),
        json!({"scheduler": "easy"}),
        json!({"scheduler": "conservative"}),
        json!({"scheduler": "srpt"}),
        json!({"scheduler": {"placement": "random"}}),
        json!({"memory": "first-fit"}),
        json!({"power": "ondemand"}),
        json!({"power": "powersave", "sleep": {"name": "timeout", "after": 1}}),
        json!({"cloud": "always"}),
        json!({"cloud": {"name": "threshold", "backlog": 3}}),
        json!({"adaptive": "last-two"}),
        json!({"queue_limit": 4}),
    ] {
        let other = with(policies.clone());
        assert_eq!(workloads(&other), workloads(&base), "{policies}");
        assert_eq!(came(&other), came(&base), "{policies}");
        fingerprints.insert(other.replications[0].fingerprint);
    }
    // Most of them do something else with those tasks, or the test would say nothing.
    assert!(fingerprints.len() >= 8, "{}", fingerprints.len());
}

/// Where nothing changes a task's speed, its own run time too is the same under every scheduler.
#[test]
fn every_scheduler_gives_a_task_the_same_run() {
    let runs = |scheduler: &str| -> BTreeSet<(String, String, String)> {
        let run = with(json!({"scheduler": scheduler}));
        // A task of two kinds runs where there is room, so only those of one kind can be compared.
        let of_one_kind = run.tasks.iter().filter(|t| t.text("source") == "beat" || t.text("class") == "class-1");
        let text = |t: &super::support::Row, c: &str| t.text(c).to_owned();
        of_one_kind.map(|t| (text(t, "source"), text(t, "task"), text(t, "run_s"))).collect()
    };
    let fifo = runs("fifo");
    assert!(fifo.len() > 40);
    for scheduler in ["sjf-greedy", "ljf", "easy-sjbf", "conservative", "srpt", "least-loaded"] {
        assert_eq!(runs(scheduler), fifo, "{scheduler}");
    }
}

#[test]
fn replications_and_seeds_differ() {
    let mut hashes = BTreeSet::new();
    for seed in [0, 1, 2, 3, 4_294_967_296u64, u64::MAX] {
        let mut scenario = scenario();
        scenario["seed"] = json!(seed);
        scenario["replications"] = json!(5);
        hashes.extend(workloads(&run(scenario)));
    }
    assert_eq!(hashes.len(), 30);
}

/// More replications add to what there is, and change nothing of it.
#[test]
fn a_replication_does_not_know_how_many_there_are() {
    let replications = |count: u32| {
        let mut scenario = scenario();
        scenario["replications"] = json!(count);
        run(scenario).replications
    };
    assert_eq!(replications(5)[..3], replications(3)[..]);
}

/// Adding a source changes no task of the others.
#[test]
fn a_source_draws_from_its_own_streams() {
    let mut more = scenario();
    let third = json!({"source": "synthetic", "name": "third", "count": 50,
        "arrivals": {"process": "poisson", "rate": 1}, "tasks": [{"runs_on": ["cpu"], "duration": 1}]});
    more["workload"].as_array_mut().unwrap().push(third);
    let of_first_two = |run: &Run| came(run).into_iter().filter(|(n, _)| !n.starts_with("third")).collect::<Vec<_>>();
    assert_eq!(of_first_two(&run(more)), of_first_two(&run(scenario())));
}
