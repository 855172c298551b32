//! Sequential stopping and batch means, through the command and against theory.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use serde_json::{Value, json};
use xpu_manager_rust::experiment::{RunOptions, Target, replicate_range, replicate_until_precise};
use xpu_manager_rust::json::Document;
use xpu_manager_rust::policy::registry::Registry;
use xpu_manager_rust::scenario::{Loader, Plan};
use xpu_manager_rust::stats::StoppingRule;

use crate::support::{Folder, xpusim};

fn mm1(load: f64, words: Value) -> String {
    let mut scenario = json!({
        "name": "s", "seed": 3,
        "cluster": {"nodes": [{"name": "n", "units": [{"device": "cpu-generic"}]}]},
        "workload": [{"source": "synthetic", "arrivals": {"process": "poisson", "rate": load},
                      "tasks": [{"runs_on": ["cpu"], "duration": {"dist": "exponential", "mean": 1}}]}],
    });
    if let (Value::Object(all), Value::Object(words)) = (&mut scenario, words) {
        all.extend(words);
    }
    scenario.to_string()
}

fn home(load: f64, words: Value) -> Folder {
    let home = Folder::new();
    home.file("s.json", &mm1(load, words));
    home
}

fn values(home: &Folder, folder: &str, metric: &str) -> Vec<f64> {
    let summary: Value = serde_json::from_str(&home.read(&format!("{folder}/summary.json"))).unwrap();
    let values = summary["metrics"][metric]["values"].as_array().unwrap();
    values.iter().map(|v| v.as_f64().unwrap()).collect()
}

/// Half-width of the 95 % interval as a part of the mean, with t from printed tables.
fn part(values: &[f64], t: f64) -> f64 {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0);
    t * (variance / n).sqrt() / mean
}

/// It stops at the first look (10, 15, 20, …) at which the half-width is at most gamma / (1 + gamma) of the mean,
/// and the run is that of as many replications asked for by number, to the byte, on one thread as on two.
#[test]
fn replications_stop_at_the_first_look_that_is_precise() {
    let home = home(0.5, json!({"stop": {"time": 600}, "warmup": 50}));
    let common = ["run", "s.json", "--summary-only", "--precision", "0.1"];
    let said = xpusim(home.path(), &[&common[..], &["--out", "a", "--jobs", "1"]].concat()).exits(0);
    let found = values(&home, "a", "wait_s.mean");
    let n = found.len();
    // Two-sided 95 % points for 9, 14, …, 49 degrees of freedom.
    let t = [2.262_157, 2.144_787, 2.093_024, 2.063_899, 2.045_230, 2.032_245, 2.022_691, 2.015_368, 2.009_575];
    assert!(n.is_multiple_of(5) && (15..=50).contains(&n), "{n}");
    for (look, t) in (10..=n).step_by(5).zip(t) {
        assert_eq!(part(&found[..look], t) <= 0.1 / 1.1, look == n, "{look} of {n}");
    }
    assert!(said.out.contains(&format!("after {n} replications")) && said.err.is_empty(), "{said:?}");
    let manifest: Value = serde_json::from_str(&home.read("a/manifest.json")).unwrap();
    assert_eq!(manifest["scenario"]["replications"], json!(n));
    xpusim(home.path(), &[&common[..], &["--out", "b", "--jobs", "2"]].concat()).exits(0);
    let count = n.to_string();
    xpusim(home.path(), &["run", "s.json", "--summary-only", "--replications", &count, "--out", "c"]).exits(0);
    assert_eq!(home.read("a/summary.json"), home.read("b/summary.json"));
    assert_eq!(home.read("a/summary.json"), home.read("c/summary.json"));
}

#[test]
fn the_cap_ends_it_and_says_so() {
    let home = home(0.5, json!({"stop": {"time": 100}}));
    let flags = ["run", "s.json", "--summary-only", "--precision", "0.001", "--max-replications", "12", "--out", "a"];
    xpusim(home.path(), &flags).exits(0).complains(&["warning", "--max-replications 12", "wait_s.mean"]);
    assert_eq!(values(&home, "a", "wait_s.mean").len(), 12);
}

#[test]
fn mistakes_are_told() {
    let home = home(0.5, json!({"stop": {"time": 50}}));
    let run = |flags: &[&str]| xpusim(home.path(), &[&["run", "s.json", "--summary-only"], flags].concat());
    run(&["--precision", "0.1", "--metric", "wait_s.maen"]).exits(2).complains(&["wait_s.maen", "wait_s.mean"]);
    run(&["--precision", "2"]).exits(2).complains(&["0.02"]);
    run(&["--precision", "0.1", "--replications", "4"]).exits(2);
    run(&["--precision", "0.1", "--batch-means", "20"]).exits(2);
    run(&["--batch-means", "19"]).exits(2);
    run(&["--set", "output.batches=50"]).exits(3).complains(&["/output/batches", "20 to 40"]);
}

/// M/M/1 at load 0.5: mean wait 1, mean response 2. Of n tasks the mean wait has the variance 29/n (Daley 1968),
/// so 30 batches of 20,000 tasks have a half-width near 2.045 sqrt(29/20000) = 0.078; its own standard deviation
/// is 1/sqrt(58) = 13 % of it.
#[test]
fn batch_means_of_one_run_agree_with_theory() {
    let home = home(0.5, json!({"stop": {"time": 40_000}, "warmup": 100}));
    let said = xpusim(home.path(), &["run", "s.json", "--summary-only", "--batch-means", "30", "--out", "a"]).exits(0);
    assert_eq!(said.err, "");
    let summary: Value = serde_json::from_str(&home.read("a/summary.json")).unwrap();
    for (metric, truth) in [("wait_s.mean", 1.0), ("response_s.mean", 2.0)] {
        let metric = &summary["metrics"][metric];
        let [low, high] = [0, 1].map(|i| metric["ci95"][i].as_f64().unwrap());
        assert!((low..=high).contains(&truth), "{metric}");
        let half = (high - low) / 2.0;
        assert!((0.6..1.5).contains(&(half / 0.078)), "{metric}");
        assert_eq!(
            (&metric["batch_means"]["batches"], &metric["batch_means"]["dependent"]),
            (&json!(30), &json!(false))
        );
        let tasks = metric["batch_means"]["tasks"].as_f64().unwrap() * 30.0;
        let measured = summary["metrics"]["tasks.measured"]["mean"].as_f64().unwrap();
        assert!(tasks <= measured && tasks >= measured * 15.0 / 16.0, "{tasks} of {measured}");
    }
    // A metric that is no mean over tasks has no batches.
    assert_eq!(summary["metrics"]["queue.mean"]["ci95"], Value::Null);
    assert!(summary["metrics"]["queue.mean"].get("batch_means").is_none());
}

/// At load 1.5 waits grow from batch to batch: hardly anything could depend more.
#[test]
fn batches_that_are_too_short_are_told() {
    let home = home(1.5, json!({"stop": {"time": 500}, "output": {"batches": 20}}));
    let said = xpusim(home.path(), &["run", "s.json", "--summary-only", "--out", "a"]).exits(0);
    said.complains(&["warning", "too short", "wait_s.mean"]);
    let few = xpusim(home.path(), &["run", "s.json", "--summary-only", "--set", "stop.time=5", "--out", "b"]).exits(0);
    few.complains(&["fewer tasks than batches"]);
}

/// Two plans get the same number of replications: the one that never varies is precise at the first look, and
/// waits for the other. Replications added later are those that a longer range would have had.
#[test]
fn plans_are_replicated_until_all_are_precise() {
    let registry = Arc::new(Registry::builtin());
    let plan = |duration: Value| {
        let mut scenario: Value = serde_json::from_str(&mm1(0.5, json!({"stop": {"time": 200}}))).unwrap();
        scenario["workload"][0]["arrivals"] = json!({"process": "deterministic", "interval": 2});
        scenario["workload"][0]["tasks"][0]["duration"] = duration;
        Plan::new(&Document::from_value(scenario), &Loader::default(), &registry).unwrap()
    };
    let (steady, random) = (plan(json!(1)), plan(json!({"dist": "exponential", "mean": 1})));
    let stop = Arc::new(AtomicBool::new(false));
    let options = RunOptions { check: false, max_events: u64::MAX, stop, progress: &() };
    let target = Target { metric: "response_s.mean".to_owned(), rule: StoppingRule::new(0.05, 100).unwrap() };
    let plans = [&steady, &random];
    let (results, reached) = replicate_until_precise(&plans, &registry, &[], &options, &target).unwrap();
    let n = reached.replications as usize;
    assert!(n > 10 && reached.is_precise, "{reached:?}");
    assert_eq!((results[0].len(), results[1].len(), reached.relative[0]), (n, n, Some(0.0)));
    let last = 10..reached.replications;
    let alone = replicate_range(&random, &registry, &Default::default(), &options, last).unwrap();
    assert_eq!(results[1][10..], alone);
    // A metric that nobody has is an error of the first look, with what there is.
    let target = Target { metric: "class.x.tasks".to_owned(), ..target };
    let error = replicate_until_precise(&plans, &registry, &[], &options, &target).unwrap_err().to_string();
    assert!(error.contains("class.x.tasks"), "{error}");
}
