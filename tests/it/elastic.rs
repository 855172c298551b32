//! Elastic tasks by hand: widths, progress, and what a change is worth.

use serde_json::{Value, json};
use xpu_manager_rust::scenario::Loader;

use super::support::{Run, cluster, try_run};

/// Tasks on `units` neutral GPUs under `scheduler`.
fn replay(units: u32, tasks: Value, scheduler: &str) -> Result<Run, String> {
    let scenario = json!({
        "cluster": cluster("gpu-generic", units),
        "workload": [{"source": "tasks", "tasks": tasks}],
        "policies": {"scheduler": scheduler},
    });
    try_run(scenario, &Loader::default())
}

/// A task of `duration` seconds on one unit that may have up to `max`, and scales as `curve` says.
fn elastic(arrival: u32, duration: u32, max: u32, curve: &Value) -> Value {
    let mut widths = json!({"min": 1, "max": max});
    for (key, value) in curve.as_object().into_iter().flatten() {
        widths[key] = value.clone();
    }
    json!({"runs_on": ["gpu"], "arrival": arrival, "duration": duration, "elastic": widths})
}

#[track_caller]
fn finishes(run: &Run, expected: &[f64]) {
    let found: Vec<f64> = (1..=expected.len()).map(|i| run.task(&i.to_string()).real("finish_s")).collect();
    assert_eq!(found, expected);
}

/// Alone on four units it has 4 times the progress; where a quarter of a step is serial, 4 / 1.75 of it; where the
/// noise scale is one batch, 4 × 2 / 5.
#[test]
fn progress_follows_the_width() {
    for (curve, finish) in [(json!({}), 25.0), (json!({"serial": 0.25}), 43.75), (json!({"noise_scale": 1}), 62.5)] {
        let run = replay(4, json!([elastic(0, 100, 4, &curve)]), "elastic").unwrap();
        finishes(&run, &[finish]);
        assert_eq!(run.task("1").list("units").len(), 4);
    }
    // Nothing gained, nothing taken.
    let run = replay(4, json!([elastic(0, 100, 4, &json!({"serial": 1}))]), "elastic").unwrap();
    finishes(&run, &[100.0]);
    assert_eq!(run.task("1").list("units").len(), 1);
}

/// The time is that on the task's own `units`: two here, so four are twice as fast.
#[test]
fn the_duration_is_that_of_its_own_width() {
    let task = json!([{"runs_on": ["gpu"], "duration": 100, "units": 2, "elastic": {"min": 1, "max": 4}}]);
    finishes(&replay(4, task.clone(), "elastic").unwrap(), &[50.0]);
    finishes(&replay(2, task, "elastic").unwrap(), &[100.0]);
}

/// Task 1 has all four units, 240 of its 400 s are done at 60. Task 2 came at 30; from 60 on each has two. Task 1 ends
/// at 60 + 160 / 2 = 140; task 2 has done 240 at 180, gets all four, and ends at 180 + 160 / 4 = 220.
#[test]
fn a_newcomer_is_made_room_for() {
    let run = replay(4, json!([elastic(0, 400, 4, &json!({})), elastic(30, 400, 4, &json!({}))]), "elastic").unwrap();
    finishes(&run, &[140.0, 220.0]);
    assert_eq!(run.task("2").real("start_s"), 60.0);
    assert_eq!([run.task("1").int("preemptions"), run.task("2").int("preemptions")], [1, 1]);
}

/// Nine of ten units; the tenth is free from 50 on, but 0.9 of ten is no more than nine: the task stays.
#[test]
fn a_restart_must_be_worth_it() {
    let rigid = json!({"runs_on": ["gpu"], "duration": 50});
    let run = replay(10, json!([rigid, elastic(0, 900, 10, &json!({}))]), "elastic").unwrap();
    finishes(&run, &[50.0, 100.0]);
    assert_eq!(run.task("2").int("preemptions"), 0);
}

/// Each has one of four units; the harmonic mean of speedups gains 1 − 1/2 and then 1/2 − 1/3 by the second and third
/// of the task that scales, and 1 − 1.9/2 by the second of the other. Of five, where both scale, the last unit brings
/// either the same: it goes to the earlier one.
#[test]
fn units_go_where_they_bring_most() {
    let poor = elastic(0, 100, 4, &json!({"serial": 0.9}));
    let run = replay(4, json!([poor, elastic(0, 30, 4, &json!({}))]), "elastic").unwrap();
    assert_eq!([run.task("1").list("units").len(), run.task("2").list("units").len()], [1, 3]);
    let run = replay(5, json!([elastic(0, 30, 4, &json!({})), elastic(0, 30, 4, &json!({}))]), "elastic").unwrap();
    assert_eq!([run.task("1").list("units").len(), run.task("2").list("units").len()], [3, 2]);
}

/// Schedulers that know nothing of widths give it those that it asks for.
#[test]
fn others_run_it_as_it_asks() {
    let run = replay(4, json!([elastic(0, 100, 4, &json!({}))]), "easy").unwrap();
    finishes(&run, &[100.0]);
}

#[test]
fn what_cannot_be_elastic_is_named() {
    let with = |fields: Value| {
        let mut task = elastic(0, 1, 4, &json!({}));
        for (key, value) in fields.as_object().unwrap() {
            task[key] = value.clone();
        }
        replay(8, json!([task]), "elastic").err().unwrap_or_default()
    };
    for (fields, expected) in [
        (json!({"units": 8}), "/elastic/max): found 4, expected at least 8"),
        (json!({"elastic": {"min": 2, "max": 4}}), "/elastic/min): found 2, expected 1 to 1"),
        (json!({"elastic": {"min": 0, "max": 4}}), "/elastic/min): found 0, expected 1 to 1"),
        (
            json!({"elastic": {"min": 1, "max": 4, "serial": 2}}),
            "/elastic/serial): found 2, expected a number in [0, 1]",
        ),
        (json!({"elastic": {"min": 1, "max": 4, "noise_scale": 0}}), "/elastic/noise_scale): found 0"),
        (json!({"elastic": {"min": 1, "max": 4, "nois": 0}}), "nois"),
        (json!({"share": 0.5}), "expected a task of whole units"),
        (json!({"units": {"dist": "uniform", "low": 1, "high": 3}}), "needs a fixed number of `units`"),
    ] {
        let said = with(fields);
        assert!(said.contains(expected), "{said}");
    }
}
