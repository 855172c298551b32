//! What a scenario must not say, and what is then said to its author.

use serde_json::{Value, json};

use super::{Loader, Plan};
use crate::json::{Document, Setting};
use crate::policy::registry::Registry;

/// Two generated classes' worth of scenario; `settings` change it.
fn plan(settings: &[(&str, Value)]) -> Result<Plan, String> {
    let mut document = Document::from_value(json!({
        "name": "t",
        "cluster": {"nodes": [{"name": "n", "units": [{"device": "cpu-generic", "count": 4}]}]},
        "workload": [{
            "source": "synthetic", "count": 10,
            "arrivals": {"process": "poisson", "rate": 1},
            "tasks": [{"runs_on": ["cpu"], "duration": 1}],
        }],
    }));
    for (path, value) in settings {
        document.set(&Setting::new(path, value.clone()).unwrap()).unwrap();
    }
    Plan::new(&document, &Loader::default(), &Registry::builtin()).map_err(|e| e.to_string())
}

#[test]
fn what_is_wrong_is_named() {
    let task = "workload.0.tasks.0";
    let written = |id: Value| json!([{"source": "tasks", "tasks": [{"id": id, "duration": 1, "runs_on": ["cpu"]}]}]);
    let cases = [
        (format!("{task}.runs_on"), json!("cpu"), "found \"cpu\", expected a list such as"),
        (format!("{task}.runs_on"), json!([]), "found no kind of unit, expected at least one"),
        (format!("{task}.runs_on"), json!({"cpu": 1e-300}), "found 1e-300, expected a speed from 1e-9 to 1e9"),
        (format!("{task}.runs_on"), json!({"cpu": "fast"}), "/runs_on/cpu): found \"fast\", expected a number"),
        (format!("{task}.units"), json!(-1), "found -1, expected a number from 0"),
        (task.to_owned(), json!({"runs_on": ["cpu"], "bytes": 1e9}), "has no memory bandwidth"),
        ("workload".into(), written(json!(1.5)), "/id): found 1.5, expected a whole number >= 0, or text"),
        ("workload".into(), written(json!("")), "/id): found \"\", expected a whole number >= 0, or text"),
        ("workload".into(), written(json!("x".repeat(257))), "text of 1 to 256 bytes"),
        ("replications".into(), json!(u32::MAX), "found 4294967295, expected 1 to 100000"),
        ("cluster.nodes.0.units.0.count".into(), json!(u32::MAX), "(/cluster/nodes/0): found 1 nodes of 4294967295"),
        ("policies.cloud".into(), json!("alway"), "expected one of `never`"),
    ];
    for (path, value, expected) in cases {
        let said = plan(&[(&path, value)]).err().unwrap_or_default();
        assert!(said.contains(expected), "{path}: {said}");
        assert_eq!(said.lines().count(), 1, "{path}: {said}");
    }
}

#[test]
fn what_would_not_fit_into_memory_is_refused() {
    let closed = json!({"process": "closed", "clients": u32::MAX, "think_time": 1});
    assert!(
        plan(&[("workload.0.arrivals", closed)]).is_err_and(|e| e.contains("/arrivals/clients): found 4294967295"))
    );
    for arrivals in [json!({"process": "at-once"}), json!({"process": "deterministic", "interval": 0})] {
        let flood = [("workload.0.arrivals", arrivals), ("workload.0.count", json!(5_000_000_000_u64))];
        assert!(plan(&flood).is_err_and(|e| e.contains("/count): found 5000000000")));
    }
    // A stream of as many tasks is no trouble: they come one after the other.
    let endless = [("workload.0.count", json!(u64::MAX))];
    assert_eq!(plan(&endless).unwrap().task_count(), Some(u64::MAX));
    let source = plan(&endless).unwrap().scenario.workload[0].clone();
    let twice = [("workload", json!([source, source]))];
    assert_eq!(plan(&twice).unwrap().task_count(), Some(u64::MAX));
}

/// A class of weight 9 in 10: of 10,000 tasks 9,000 with a standard deviation of 30; five of them fail by chance in
/// 6 of ten million seeds. What is known beforehand is not what then comes, but is the same in every replication.
#[test]
fn shapes_are_known_from_history() {
    let classes = json!([
        {"runs_on": ["cpu"], "duration": 1, "weight": 9, "share": 0.5},
        {"runs_on": ["cpu"], "duration": 1, "weight": 1, "units": 2, "host_cpus": 3},
    ]);
    let stream = [("workload.0.tasks", classes), ("workload.0.count", json!(1_000_000))];
    let plan = plan(&stream).unwrap();
    let [(common, many), (rare, few)] = plan.shapes().entries() else { panic!("{:?}", plan.shapes()) };
    assert_eq!((many + few, common.units, common.share.0, common.host_cpus), (10_000, 1, 500_000, 0));
    assert_eq!((rare.units, rare.share.0, rare.host_cpus, rare.pools.len()), (2, 1_000_000, 3000, 1));
    assert!(many.abs_diff(9000) < 150 && *many != 9000, "{many}");
}

#[test]
fn durations_of_a_log_are_a_word_or_a_time() {
    let trace = |durations: Value| {
        let source = json!({"source": "trace", "format": "swf", "path": "none.swf", "durations": durations});
        plan(&[("workload", json!([source]))]).err().unwrap_or_default()
    };
    for durations in [json!("logged"), json!("endless"), json!("30 d"), json!(3600)] {
        assert!(trace(durations).contains("there is no such file"));
    }
    let said = trace(json!("endles"));
    assert!(said.contains("/durations") && said.contains("endless"), "{said}");
}
