//! Warm-ups found by MSER-5.

use serde_json::{Value, json};

use crate::support::{Folder, rows, xpusim};

/// Twenty tasks that come almost together, 0.01 s apart, and wait 0.99 s more each; then one every two seconds
/// from 100 s on, which finds the machine idle. After the twenty the waits do not vary: nothing else can be the
/// cut.
fn burst() -> Value {
    let early = (0..20).map(|i| json!({"arrival": f64::from(i) * 0.01, "duration": 1, "runs_on": ["cpu"]}));
    let late = (0..80).map(|i| json!({"arrival": 100 + 2 * i, "duration": 1, "runs_on": ["cpu"]}));
    let tasks: Vec<Value> = early.chain(late).collect();
    json!({
        "name": "burst", "cluster": {"nodes": [{"name": "n", "units": [{"device": "cpu-generic"}]}]},
        "workload": [{"source": "tasks", "tasks": tasks}]
    })
}

#[test]
fn the_cut_becomes_the_arrival_of_the_first_task_kept() {
    let home = Folder::new();
    home.file("s.json", &burst().to_string());
    let said = xpusim(home.path(), &["run", "s.json", "--warmup", "mser-5", "--no-plots", "--out", "a"]).exits(0);
    said.complains(&["warm-up 100 s", "20 of 100 tasks"]);
    let manifest: Value = serde_json::from_str(&home.read("a/manifest.json")).unwrap();
    assert_eq!(manifest["scenario"]["warmup"], json!(100));
    let summary: Value = serde_json::from_str(&home.read("a/summary.json")).unwrap();
    assert_eq!(summary["metrics"]["tasks.measured"]["mean"], json!(80.0));
    assert_eq!(summary["metrics"]["wait_s.max"]["mean"], json!(0.0));
    // The Welch plot: a row per task, the deleted ones marked.
    let welch = rows(&home.read("a/warmup.csv"));
    assert_eq!((welch.len(), welch.iter().filter(|r| r.int("deleted") == 1).count()), (100, 20));
    assert!((welch[19].real("mean") - 18.81).abs() < 1e-9 && (welch[19].real("arrival_s") - 0.19).abs() < 1e-9);
    // What ran can run again by its number, without pilots, to the byte.
    xpusim(home.path(), &["run", "s.json", "--warmup", "100s", "--no-plots", "--out", "b", "-q"]).exits(0);
    assert_eq!(home.read("a/summary.json"), home.read("b/summary.json"));
    assert!(!home.path().join("b/warmup.csv").exists());
}

/// A queue that only grows has no end of its warm-up.
#[test]
fn what_does_not_settle_must_run_longer() {
    let home = Folder::new();
    let tasks: Vec<Value> = (0..100).map(|i| json!({"arrival": i, "duration": 2, "runs_on": ["cpu"]})).collect();
    let mut scenario = burst();
    scenario["workload"][0]["tasks"] = json!(tasks);
    home.file("s.json", &scenario.to_string());
    let run = |flags: &[&str]| xpusim(home.path(), &[&["run", "s.json", "--summary-only"], flags].concat());
    run(&["--warmup", "mser-5"]).exits(3).complains(&["--warmup", "75 of 100", "run longer"]);
    run(&["--warmup", "mser5"]).exits(2).complains(&["mser-5"]);
    run(&["--warmup", "9s", "--set", "stop.time=9"]).exits(2).complains(&["no task would be counted"]);
    // 40 tasks are eight batches of five: too few to say anything.
    scenario["workload"][0]["tasks"] = json!(tasks[..40]);
    home.file("s.json", &scenario.to_string());
    run(&["--warmup", "mser-5"]).exits(3).complains(&["40", "run longer"]);
}

/// Random arrivals into an empty machine at load 0.8: some is cut, less than half, whatever the threads.
#[test]
fn pilots_do_not_depend_on_threads() {
    let home = Folder::new();
    let scenario = json!({
        "name": "q", "seed": 4, "stop": {"time": 1500},
        "cluster": {"nodes": [{"name": "n", "units": [{"device": "cpu-generic"}]}]},
        "workload": [{"source": "synthetic", "arrivals": {"process": "poisson", "rate": 0.6},
                      "tasks": [{"runs_on": ["cpu"], "duration": {"dist": "exponential", "mean": 1}}]}]
    });
    home.file("s.json", &scenario.to_string());
    for (out, jobs) in [("a", "1"), ("b", "2")] {
        let flags = ["run", "s.json", "--no-plots", "--warmup", "mser-5", "--replications", "2", "--jobs", jobs];
        xpusim(home.path(), &[&flags[..], &["--metric", "response_s.mean", "--out", out, "-q"]].concat()).exits(0);
    }
    for file in ["summary.json", "warmup.csv"] {
        assert_eq!(home.read(&format!("a/{file}")), home.read(&format!("b/{file}")), "{file}");
    }
}

/// Two units. Task 60 of 100 never ends, so what comes after it is not looked at; task 5 asks for too much and has
/// no wait.
#[test]
fn the_series_ends_at_the_first_task_that_has_not() {
    let home = Folder::new();
    let task = |i: u32| {
        let duration = if i == 60 { 1e6 } else { 1.0 };
        json!({"arrival": 2 * i, "duration": duration, "runs_on": ["cpu"], "units": if i == 5 { 3 } else { 1 }})
    };
    let mut scenario = burst();
    scenario["stop"] = json!({"time": 300});
    scenario["cluster"]["nodes"][0]["units"][0]["count"] = json!(2);
    scenario["workload"][0]["tasks"] = (1..=100).map(task).collect();
    home.file("s.json", &scenario.to_string());
    let said = xpusim(home.path(), &["run", "s.json", "--warmup", "mser-5", "--summary-only"]).exits(0);
    said.complains(&["warm-up 0 s", "0 of 58 tasks"]);
}
