//! What a scenario may say of failures, and what it may not.

use serde_json::{Value, json};

use super::super::support::{cpus, run, try_run};
use xpu_manager_rust::scenario::Loader;

fn base() -> Value {
    cpus(2, json!([{"id": 1, "arrival": 0, "duration": 5, "runs_on": ["cpu"]}]))
}

#[test]
fn what_makes_no_sense_is_refused_with_its_place() {
    let cases = [
        ("failures", json!({}), "/failures"),
        ("failures", json!({"units": {"mtbf": 0, "mttr": 1}}), "/failures/units/mtbf"),
        ("failures", json!({"nodes": {"mtbf": 1, "mttr": 1, "while": "busy"}}), "/failures/nodes/while"),
        ("failures", json!({"units": {"mtbf": 1, "mttr": 1, "of": ["gpu"]}}), "/failures/units/of/0"),
        ("failures", json!({"units": {"mtbf": 1, "mttr": 1}, "trace": []}), "/failures/trace"),
        ("failures", json!({"trace": [{"time": 1, "unit": 2}]}), "/failures/trace/0/unit"),
        ("failures", json!({"trace": [{"time": 1, "node": "m"}]}), "/failures/trace/0/node"),
        ("failures", json!({"trace": [{"time": 1}]}), "/failures/trace/0"),
        ("failures", json!({"trace": "nowhere.csv"}), "/failures/trace"),
        ("failures", json!({"trace": [], "action": "fail", "retries": 3}), "/failures/retries"),
        ("checkpoint", json!({"interval": 0, "cost": 1}), "/checkpoint/interval"),
        ("checkpoint", json!({"interval": "young", "cost": 1}), "/checkpoint/interval"),
        ("checkpoint", json!({"interval": 5, "cost": {"bandwidth": 0}}), "/checkpoint/cost/bandwidth"),
    ];
    for (key, words, place) in cases {
        let mut told = base();
        told[key] = words.clone();
        let error = try_run(told, &Loader::default()).err().unwrap_or_else(|| panic!("{words} was taken"));
        assert!(error.contains(place), "{words}:\n{error}");
    }
}

/// With no failure within the run, and with a checkpoint that is never reached, nothing is different.
#[test]
fn what_never_fails_runs_as_if_nothing_could() {
    let fingerprint = |told: Value| run(told).replications[0].fingerprint;
    let plain = fingerprint(base());
    let with = |key: &str, words: Value| {
        let mut told = base();
        told[key] = words;
        fingerprint(told)
    };
    assert_eq!(plain, with("failures", json!({"units": {"mtbf": 1e9, "mttr": 1}, "nodes": {"mtbf": 1e9, "mttr": 1}})));
    assert_eq!(plain, with("failures", json!({"trace": []})));
    assert_eq!(plain, with("checkpoint", json!({"interval": 5, "cost": 1})));
}

/// Only the units of the named kind, device or node fail.
#[test]
fn failures_can_be_restricted() {
    let two = json!({"nodes": [{"name": "a", "units": [{"device": "cpu-generic", "count": 1}]},
                               {"name": "b", "units": [{"device": "cpu-generic", "count": 1}]}]});
    for (what, of, expected) in [
        ("units", "b", [false, true]),
        ("units", "cpu", [true, true]),
        ("units", "cpu-generic", [true, true]),
        ("nodes", "a", [true, false]),
    ] {
        let tasks = json!([{"id": 1, "arrival": 0, "duration": 5, "units": 2, "runs_on": ["cpu"]}]);
        let mut told = cpus(2, tasks);
        told["cluster"] = two.clone();
        told["failures"] = json!({"work": "kept"});
        told["failures"][what] = json!({"mtbf": 1, "mttr": 1, "of": [of]});
        let run = run(told);
        let down: Vec<bool> = run.units.iter().map(|u| u.real("down_s") > 0.0).collect();
        assert_eq!(down, expected, "{what} of {of}");
    }
}
