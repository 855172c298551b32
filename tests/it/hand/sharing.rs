//! Parts of units, device memory, host resources.

use serde_json::{Value, json};

use super::super::support::{Run, run};
use super::{on, sleeper};

/// Two halves on one unit: 20 W with one (10 + 0.5 · 20), 30 W with both.
/// 0–4 one, 4–10 both, 10–14 one: 4 · 20 + 6 · 30 + 4 · 20 = 340. Load 0.5 · 4 + 6 + 0.5 · 4 = 10 of 14.
#[test]
fn two_halves_make_a_whole() {
    let tasks = json!([
        {"id": 1, "arrival": 0, "duration": 10, "share": 0.5, "runs_on": ["cpu"]},
        {"id": 2, "arrival": 4, "duration": 10, "share": 0.5, "runs_on": ["cpu"]},
    ]);
    let run = run(on(sleeper(), 1, tasks, json!({})));
    assert_eq!(run.starts([1, 2]), [0.0, 4.0]);
    run.expect("energy_j.total", 340.0);
    run.expect("energy_j.active", 340.0);
    run.expect("utilization.cpu", 10.0 / 14.0);
    assert_eq!(run.units[0].text("busy_s"), "14");
    assert_eq!([1, 2].map(|n: u32| run.task(&n.to_string()).real("energy_j")), [150.0, 150.0]);
}

/// 0.6 beside 0.5 does not fit; 0.4 would, but stands behind it in a strict queue.
#[test]
fn a_share_that_does_not_fit_waits() {
    let tasks = json!([
        {"id": 1, "arrival": 0, "duration": 10, "share": 0.5, "runs_on": ["cpu"]},
        {"id": 2, "arrival": 1, "duration": 5, "share": 0.6, "runs_on": ["cpu"]},
        {"id": 3, "arrival": 2, "duration": 5, "share": 0.4, "runs_on": ["cpu"]},
    ]);
    let strict = run(on(sleeper(), 1, tasks.clone(), json!({"scheduler": "fifo"})));
    assert_eq!(strict.starts([1, 2, 3]), [0.0, 10.0, 10.0]);
    let greedy = run(on(sleeper(), 1, tasks, json!({"scheduler": "fifo-greedy"})));
    assert_eq!(greedy.starts([1, 2, 3]), [0.0, 10.0, 2.0]);
}

/// 100 GB, quarter shares. 1, 2 and 3 lie at [0, 30), [30, 70) and [70, 100); 1 and 3 end at 10, 2 at 30.
/// Task 4 asks for 40 GB.
fn fragments(memory: &str) -> Run {
    let device = json!({"kind": "gpu", "memory": "100 GB", "power": {"idle": 10, "active": 30}});
    let tasks = json!([
        {"id": 1, "duration": 10, "share": 0.25, "memory": "30 GB", "runs_on": ["gpu"]},
        {"id": 2, "duration": 30, "share": 0.25, "memory": "40 GB", "runs_on": ["gpu"]},
        {"id": 3, "duration": 10, "share": 0.25, "memory": "30 GB", "runs_on": ["gpu"]},
        {"id": 4, "arrival": 1, "duration": 10, "share": 0.25, "memory": "40 GB", "runs_on": ["gpu"]},
    ]);
    run(on(device, 1, tasks, json!({"memory": memory})))
}

/// At 10 there are 60 GB, in two holes of 30: blocks wait for 30, a counter does not.
#[test]
fn fragments_keep_a_task_waiting() {
    for (memory, start) in [("counter", 10.0), ("first-fit", 30.0), ("best-fit", 30.0)] {
        let run = fragments(memory);
        assert_eq!(run.starts([1, 2, 3, 4]), [0.0, 0.0, 0.0, start], "{memory}");
        run.expect("memory.peak_fraction", 1.0);
        run.expect("memory.oom_waits", 1.0);
        assert_eq!(run.units[0].int("memory_peak_bytes"), 100_000_000_000, "{memory}");
    }
    // 1 − largest / free: 0 while all is full, 1 − 30/60 from 10 to 30, 0 with one hole of 60 until 40.
    fragments("first-fit").expect("memory.fragmentation.mean", 0.5 * 20.0 / 40.0);
}

/// Holes of 40 at [0, 40) and of 20 at [50, 70); 1 and 3 have ended. Task 5 asks for 20, task 6 for 40: best fit
/// puts 5 into the hole of 20 and leaves room for 6; first fit puts it at 0, and 6 waits until all has ended.
#[test]
fn best_fit_saves_the_larger_hole() {
    let tasks = json!([
        {"id": 1, "duration": 10, "share": 0.1, "memory": "40 GB", "runs_on": ["gpu"]},
        {"id": 2, "duration": 30, "share": 0.1, "memory": "10 GB", "runs_on": ["gpu"]},
        {"id": 3, "duration": 10, "share": 0.1, "memory": "20 GB", "runs_on": ["gpu"]},
        {"id": 4, "duration": 30, "share": 0.1, "memory": "30 GB", "runs_on": ["gpu"]},
        {"id": 5, "arrival": 12, "duration": 50, "share": 0.1, "memory": "20 GB", "runs_on": ["gpu"]},
        {"id": 6, "arrival": 13, "duration": 5, "share": 0.1, "memory": "40 GB", "runs_on": ["gpu"]},
    ]);
    for (memory, start) in [("first-fit", 30.0), ("best-fit", 13.0)] {
        let device = json!({"kind": "gpu", "memory": "100 GB", "power": {"idle": 10, "active": 30}});
        let run = run(on(device, 1, tasks.clone(), json!({"memory": memory})));
        assert_eq!(run.starts([5, 6]), [12.0, start], "{memory}");
    }
}

/// Two gpus, the faster with 8 GB, the other with 16 GB; tasks of 10 GB fit on the second alone. No reservation may
/// be made on the first, or a task would wait for ever for what cannot be: 2 follows 1 under every scheduler.
#[test]
fn no_plan_is_made_with_units_that_are_too_small() {
    let schedulers = ["fifo", "fifo-greedy", "easy", "easy-sjbf", "conservative", "srpt", "fastest-finish"];
    for scheduler in schedulers {
        let run = run(json!({
            "devices": {
                "small": {"kind": "gpu", "speed": 2, "memory": "8 GB", "power": {"idle": 1, "active": 2}},
                "large": {"kind": "gpu", "memory": "16 GB", "power": {"idle": 1, "active": 2}},
            },
            "cluster": {"nodes": [{"name": "n", "units": [{"device": "small"}, {"device": "large"}]}]},
            "workload": [{"source": "tasks", "tasks": [
                {"id": 1, "duration": 10, "memory": "10 GB", "runs_on": ["gpu"]},
                {"id": 2, "arrival": 1, "duration": 10, "memory": "10 GB", "runs_on": ["gpu"]},
                {"id": 3, "arrival": 2, "duration": 40, "memory": "1 GB", "runs_on": ["gpu"]},
            ]}],
            "policies": {"scheduler": scheduler},
        }));
        assert_eq!(run.starts([1, 2]), [0.0, 10.0], "{scheduler}");
        // The third needs the small one, 20 s there; strict queues hold it back behind the second.
        let third = if matches!(scheduler, "fifo" | "fastest-finish" | "srpt") { 10.0 } else { 2.0 };
        assert_eq!(run.starts([3]), [third], "{scheduler}");
    }
}

/// A node with four processors: two tasks that ask for three cannot run together, though there are units.
#[test]
fn host_processors_bind() {
    let tasks = json!([
        {"id": 1, "duration": 10, "host_cpus": 3, "runs_on": ["cpu"]},
        {"id": 2, "duration": 10, "host_cpus": 3, "runs_on": ["cpu"]},
        {"id": 3, "duration": 10, "host_cpus": 1, "runs_on": ["cpu"]},
    ]);
    let mut scenario = on(sleeper(), 3, tasks, json!({"scheduler": "fifo-greedy"}));
    scenario["cluster"]["nodes"][0]["host_cpus"] = json!(4);
    assert_eq!(run(scenario).starts([1, 2, 3]), [0.0, 10.0, 0.0]);
}

/// `one_node`: two nodes of two units, one unit of each taken: a gang of two finds two free units, but not in
/// one node, until 10.
#[test]
fn a_gang_that_stays_in_one_node() {
    let tasks = |bound: bool| -> Value {
        json!([
            {"id": 1, "duration": 10, "units": 1, "runs_on": ["cpu"]},
            {"id": 2, "duration": 10, "units": 2, "one_node": true, "runs_on": ["cpu"]},
            {"id": 3, "duration": 5, "units": 1, "runs_on": ["cpu"]},
            {"id": 4, "arrival": 6, "duration": 5, "units": 1, "runs_on": ["cpu"]},
            {"id": 5, "arrival": 7, "duration": 5, "units": 2, "one_node": bound, "runs_on": ["cpu"]},
        ])
    };
    // First fit: 1 on unit 0, 2 on units 2 and 3, 3 on unit 1 until 5, 4 on unit 1 from 6 to 11. At 10 units 0, 2
    // and 3 come free: the gang takes 2 and 3 where it is bound to one node, else the lowest, 0 and 2.
    for (bound, units) in [(true, [2, 3]), (false, [0, 2])] {
        let mut scenario = on(sleeper(), 2, tasks(bound), json!({}));
        scenario["cluster"]["nodes"][0]["count"] = json!(2);
        let run = run(scenario);
        assert_eq!((run.starts([5]), run.task("5").list("units")), ([10.0], units.to_vec()), "{bound}");
    }
}
