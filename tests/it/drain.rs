//! The drain rule: tasks of a window are followed to their ends. All values by hand.

use serde_json::{Value, json};

use crate::support::{Run, cluster, cpus, run, try_run, xpusim};
use xpu_manager_rust::json::Seconds;
use xpu_manager_rust::scenario::{Loader, Stop};

/// One unit, tasks of 10 s: 1 runs 0–10, 2 runs 10–20, 3 runs 20–30, 4 runs 30–40, then 5 for a second.
fn line(stop: Value) -> Value {
    let task = |id: u32, arrival: f64, duration: f64| json!({"id": id, "arrival": arrival, "duration": duration, "runs_on": ["cpu"], "deadline": 26});
    let tasks = [task(1, 0.0, 10.0), task(2, 1.0, 10.0), task(3, 5.0, 10.0), task(4, 12.0, 10.0), task(5, 13.0, 1.0)];
    let mut scenario = cpus(1, json!(tasks));
    scenario["warmup"] = json!(2);
    scenario["stop"] = stop;
    scenario
}

fn counts(run: &Run) -> [f64; 3] {
    ["tasks.submitted", "tasks.completed", "tasks.censored"].map(|name| run.metric(name))
}

/// The window is [2, 12], ends included: tasks 3 and 4 wait 15 and 18 s, and 4 misses its deadline of 26 s.
#[test]
fn tasks_of_the_window_are_followed_to_their_ends() {
    let run = run(line(json!({"time": 12, "drain": true})));
    assert_eq!(counts(&run), [2.0, 2.0, 0.0]);
    run.expect("tasks.measured", 2.0);
    run.expect("wait_s.mean", 16.5);
    run.expect("wait_s.max", 18.0);
    run.expect("response_s.mean", 26.5);
    run.expect("deadline.miss_ratio", 0.5);
    // With task 4 all is told; task 5 is not waited for.
    assert_eq!(run.replications[0].end.as_nanos(), 40_000_000_000);
    // Over the window's 10 s: one end; two, three and two tasks for 3, 5 and 2 s; one of them at work.
    run.expect("throughput_per_s", 0.1);
    run.expect("in_system.mean", 2.5);
    run.expect("queue.mean", 1.5);
    run.expect("utilization.cpu", 1.0);
}

/// At 32 s task 3 has ended and task 4 has not; at 22 s neither has.
#[test]
fn the_limit_leaves_censored_tasks() {
    let some = run(line(json!({"time": 12, "drain": true, "limit": 20})));
    assert_eq!(counts(&some), [2.0, 1.0, 1.0]);
    some.expect("wait_s.mean", 15.0);
    let none = run(line(json!({"time": 12, "drain": true, "limit": 10})));
    assert_eq!(counts(&none), [2.0, 0.0, 2.0]);
    assert!(!none.replications[0].metrics.contains_key("wait_s.mean"));
    // Without a limit: ten times the window's end, and never beyond the end of time.
    let until = |time, drain, limit: Option<f64>| {
        Stop { time: Seconds(time), drain, limit: limit.map(Seconds) }.until().as_nanos()
    };
    assert_eq!(until(3.0, true, None), 33_000_000_000);
    assert_eq!(until(3.0, true, Some(4.0)), 7_000_000_000);
    assert_eq!(until(3.0, false, None), 3_000_000_000);
    assert_eq!(until(9e9, true, None), u64::MAX - 1);
}

/// Without the rule nothing has changed: the run stops, and what is in the system is counted, wherever it is.
#[test]
fn a_run_that_just_stops_counts_what_it_cuts_off() {
    let cut = run(line(json!({"time": 12})));
    assert_eq!(counts(&cut), [4.0, 1.0, 3.0]);
    cut.expect("tasks.measured", 0.0);
    // One done, one at work, one in line, one that depends on another, one in the cloud.
    let mut scenario = cpus(
        1,
        json!([
            {"id": 1, "arrival": 0, "duration": 1, "runs_on": ["cpu"]},
            {"id": 2, "arrival": 0, "duration": 100, "runs_on": ["cpu"]},
            {"id": 3, "arrival": 0, "duration": 100, "runs_on": ["cpu"]},
            {"id": 4, "arrival": 0, "duration": 100, "runs_on": ["cpu"], "after": [2]},
            {"id": 5, "arrival": 5, "duration": 100, "runs_on": ["cpu"]}
        ]),
    );
    scenario["stop"] = json!({"time": 10});
    scenario["cloud"] = json!({"rtt": 0.1});
    scenario["policies"] = json!({"cloud": {"name": "threshold", "backlog": 1}});
    let run = run(scenario);
    assert_eq!(counts(&run)[0], 5.0);
    assert_eq!(run.metric("tasks.completed") + run.metric("tasks.censored"), 5.0);
    assert!(run.metric("tasks.censored") >= 3.0);
}

/// A task a second, two seconds of work each: task k waits k seconds. Of the window [0, 100] the mean is 50; a run
/// that stops at 100 s sees the 50 tasks that ended by then, and half of it.
#[test]
fn an_overloaded_queue_is_not_flattered() {
    let tasks: Vec<Value> =
        (0..200).map(|i| json!({"id": i + 1, "arrival": i, "duration": 2, "runs_on": ["cpu"]})).collect();
    let stopping = |stop: Value| {
        let mut scenario = cpus(1, json!(tasks));
        scenario["stop"] = stop;
        run(scenario)
    };
    let drained = stopping(json!({"time": 100, "drain": true}));
    drained.expect("wait_s.mean", 50.0);
    drained.expect("tasks.measured", 101.0);
    let cut = stopping(json!({"time": 100}));
    cut.expect("wait_s.mean", 24.5);
    cut.expect("tasks.measured", 50.0);
    cut.expect("tasks.censored", 51.0);
}

/// What is averaged over time is that of the same run stopped at the window's end, to the last bit.
#[test]
fn averages_over_time_are_those_of_the_window() {
    let scenario = |stop: Value| {
        json!({
            "seed": 5, "warmup": 20, "stop": stop, "cluster": cluster("h100-sxm", 2),
            "workload": [{"source": "synthetic", "arrivals": {"process": "poisson", "rate": 1.5},
                          "tasks": [{"runs_on": ["gpu"], "duration": {"dist": "exponential", "mean": 1}, "memory": "10 GiB"}]}],
            "policies": {"scheduler": "sjf", "power": "ondemand", "sleep": {"name": "timeout", "after": "1 s"}}
        })
    };
    let drained = run(scenario(json!({"time": 120, "drain": true})));
    let cut = run(scenario(json!({"time": 120})));
    assert!(drained.replications[0].end > cut.replications[0].end);
    let over_tasks = ["tasks.", "wait_s", "response_s", "bounded_slowdown", "edp_js"];
    for (name, value) in &cut.replications[0].metrics {
        if !over_tasks.iter().any(|prefix| name.starts_with(prefix)) {
            assert_eq!(drained.replications[0].metrics.get(name), Some(value), "{name}");
        }
    }
    // Every task of the window has ended.
    assert_eq!(drained.metric("tasks.censored"), 0.0);
    assert_eq!(drained.metric("tasks.submitted"), drained.metric("tasks.measured"));
    let in_window = drained.tasks.iter().filter(|t| (20.0..=120.0).contains(&t.real("arrival_s"))).count();
    assert_eq!(drained.metric("tasks.measured"), in_window as f64);
}

/// A trace that is over before the window is: the run ends with its last task.
#[test]
fn a_run_that_ends_within_its_window_is_whole() {
    let run = run(line(json!({"time": 1000, "drain": true})));
    assert_eq!(counts(&run), [3.0, 3.0, 0.0]);
    // Tasks 3, 4 and 5 wait 15, 18 and 27 s.
    run.expect("wait_s.mean", 20.0);
    assert_eq!(run.replications[0].end.as_nanos(), 41_000_000_000);
}

#[test]
fn a_limit_without_a_drain_is_a_mistake() {
    let error = try_run(line(json!({"time": 12, "limit": 5})), &Loader::default()).err().unwrap();
    assert!(error.contains("/stop/limit") && error.contains("drain"), "{error}");
}

/// The command says when tasks of the window were given up.
#[test]
fn the_screen_tells_of_tasks_that_were_not_waited_for() {
    let home = crate::support::Folder::new();
    let mut scenario = line(json!({"time": 12, "drain": true, "limit": 10}));
    scenario["name"] = json!("cut");
    home.file("s.json", &scenario.to_string());
    let said = xpusim(home.path(), &["run", "s.json", "--no-plots"]).exits(0);
    said.complains(&["2 tasks of the window had not ended"]);
}
