//! Carbon-aware shifting by hand. The arithmetic stands beside each test.

use serde_json::{Value, json};

use super::support::{Run, cluster, run, try_run};
use xpu_manager_rust::scenario::Loader;

/// Two units, idle 0 W, busy 1000 W. 400 g/kWh, from 2 h on 100 g/kWh, from 4 h on 400 g/kWh again.
fn scenario(tasks: Value, scheduler: Value) -> Value {
    let mut machine = cluster("own", 2);
    machine["facility"] = json!({"carbon": {"steps": [[0, 400], ["2 h", 100], ["4 h", 400]]}});
    json!({"devices": {"own": {"kind": "cpu", "power": {"idle": 0, "active": 1000}}}, "cluster": machine,
           "workload": [{"source": "tasks", "tasks": tasks}], "policies": {"scheduler": scheduler}})
}

fn task(id: u32, hours: f64, more: Value) -> Value {
    let mut task = json!({"id": id, "duration": hours * 3600.0, "runs_on": ["cpu"]});
    task.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    task
}

fn start_hours<const N: usize>(run: &Run, ids: [u32; N]) -> [f64; N] {
    run.starts(ids).map(|s| s / 3600.0)
}

/// 1 may wait for six hours and waits for two, 2 may not and runs at once, 3 may wait for one hour, in which nothing
/// gets better, so it runs at once. On two units: 2 and 3 first, 1 at 2 h.
/// Carbon: 1 kWh · 100 + 2 · 1 kWh · 400.
#[test]
fn who_may_wait_waits_for_clean_electricity() {
    let tasks = json!([
        task(1, 1.0, json!({"deferrable": "6 h"})),
        task(2, 1.0, json!({})),
        task(3, 1.0, json!({"deferrable": "1 h"}))
    ]);
    for rule in [
        json!({"name": "carbon-aware"}),
        json!({"name": "carbon-aware", "threshold": 200}),
        json!({"name": "carbon-aware", "quantile": 0.05}),
    ] {
        let shifted = run(scenario(tasks.clone(), rule));
        assert_eq!(start_hours(&shifted, [1, 2, 3]), [2.0, 0.0, 0.0]);
        shifted.expect("carbon.operational_g", 900.0);
    }
    let plain = run(scenario(tasks, json!("fifo")));
    plain.expect("carbon.operational_g", 1200.0);
}

/// A task of 3 h has the lowest mean from 2 h on, and from 1 h on: the first counts. A deadline of 4.5 h leaves it
/// until 1.5 h, one of 3.5 h until 0.5 h.
#[test]
fn the_mean_over_the_task_decides_and_the_deadline_is_kept() {
    let starts = |deadline: Value| {
        let tasks = json!([task(1, 3.0, json!({"deferrable": "6 h", "deadline": deadline}))]);
        start_hours(&run(scenario(tasks, json!("carbon-aware"))), [1])
    };
    assert_eq!([starts(json!("9 h")), starts(json!("4.5 h")), starts(json!("3.5 h"))], [[1.0], [1.0], [0.5]]);
}

/// Of those who are handed on together the scheduler inside decides: the shortest first.
#[test]
fn the_scheduler_inside_decides_who_is_first() {
    let wait = json!({"deferrable": "2 h"});
    let tasks = json!([task(1, 0.5, wait.clone()), task(2, 0.4, wait.clone()), task(3, 0.3, wait)]);
    let scheduler = json!({"name": "carbon-aware", "threshold": 100, "scheduler": {"name": "sjf"}});
    assert_eq!(start_hours(&run(scenario(tasks, scheduler)), [3, 2, 1]), [2.0, 2.0, 2.3]);
}

/// Who may leave leaves, though it is held.
#[test]
fn patience_ends_while_a_task_is_held() {
    let tasks = json!([task(1, 1.0, json!({"deferrable": "6 h", "patience": "1 h"}))]);
    let run = run(scenario(tasks, json!("carbon-aware")));
    run.expect("tasks.rejected", 1.0);
}

/// Without intensities, or without tasks that may wait, it is the scheduler inside.
#[test]
fn without_intensities_nobody_waits() {
    let tasks = json!([task(1, 1.0, json!({"deferrable": "6 h"})), task(2, 2.0, json!({"arrival": 60}))]);
    let mut plain = scenario(tasks, json!("easy"));
    plain["cluster"].as_object_mut().unwrap().remove("facility");
    let mut aware = plain.clone();
    aware["policies"]["scheduler"] = json!({"name": "carbon-aware", "scheduler": "easy"});
    assert_eq!(run(plain).replications[0].fingerprint, run(aware).replications[0].fingerprint);
}

#[test]
fn faults_are_told_where_they_stand() {
    for (scheduler, words) in [
        (json!({"name": "carbon-aware", "threshold": -1}), "/policies/scheduler/threshold"),
        (json!({"name": "carbon-aware", "quantile": 2}), "/policies/scheduler/quantile"),
        (json!({"name": "carbon-aware", "quantile": 0.1, "threshold": 1}), "expected one of them"),
        (json!({"name": "carbon-aware", "scheduler": "ffio"}), "/policies/scheduler/scheduler"),
    ] {
        let error = try_run(scenario(json!([task(1, 1.0, json!({}))]), scheduler), &Loader::default()).err().unwrap();
        assert!(error.contains(words), "{error}");
    }
}
