//! Failures at given times, by hand. The arithmetic stands beside each test.

use serde_json::{Value, json};

use super::super::support::{Folder, Run, cluster, run, try_run};
use xpu_manager_rust::scenario::Loader;

/// Idle 10 W, active 30 W.
fn device() -> Value {
    json!({"kind": "cpu", "power": {"idle": 10, "active": 30}})
}

fn scenario(count: u32, tasks: Value, failures: Value) -> Value {
    json!({"devices": {"own": device()}, "cluster": cluster("own", count), "failures": failures,
           "workload": [{"source": "tasks", "tasks": tasks}]})
}

fn one(duration: f64) -> Value {
    json!([{"id": 1, "arrival": 0, "duration": duration, "runs_on": ["cpu"]}])
}

#[track_caller]
fn times(run: &Run, unit: usize, expected: [&str; 3]) {
    let found = ["busy_s", "idle_s", "down_s"].map(|c| run.units[unit].text(c).to_owned());
    assert_eq!(found, expected);
}

/// ```text
/// 0 ─ active ─ 4 ─ down ─ 7 ─ active ─ 17
///    4·30=120    3·5=15     10·30=300
/// ```
#[test]
fn a_task_whose_unit_fails_begins_again_when_it_is_repaired() {
    let failures = json!({"trace": [{"time": 4, "unit": 0, "down_for": 3}], "down_power": 5});
    let run = run(scenario(1, one(10.0), failures));
    assert_eq!(run.task("1").text("finish_s"), "17");
    times(&run, 0, ["14", "0", "3"]);
    run.expect("energy_j.active", 420.0);
    run.expect("energy_j.down", 15.0);
    run.expect("energy_j.total", 435.0);
    run.expect("failures.units", 1.0);
    run.expect("failures.tasks_hit", 1.0);
    run.expect("failures.lost_s", 4.0);
    run.expect("availability.cpu", 14.0 / 17.0);
    run.expect("goodput.share", 10.0 / 14.0);
    run.expect("wait_s.mean", 0.0);
    assert!(!run.replications[0].metrics.contains_key("preemption.lost_s"));
}

/// The same where work is kept: 6 s are left at 7.
#[test]
fn work_can_be_kept() {
    let failures = json!({"trace": [{"time": 4, "unit": 0, "down_for": 3}], "work": "kept"});
    let run = run(scenario(1, one(10.0), failures));
    assert_eq!(run.task("1").text("finish_s"), "13");
    run.expect("failures.lost_s", 0.0);
    run.expect("energy_j.total", 300.0);
}

/// Checkpoints of 1 s after each 3 s of work, restart 2 s:
/// ```text
/// work 0–3, write 3–4, work 4–7, write 7–8, work 8–9, down 9–12, restart 12–14, work 14–17, write 17–18, work 18–19
/// ```
/// The second checkpoint is safe, so 1 s is lost; 3 checkpoints and the restart are 5 s of overhead. No checkpoint is
/// written at the end of the work. 16 s under load are 480 J.
#[test]
fn a_checkpoint_saves_what_is_before_it() {
    let mut told = scenario(1, one(10.0), json!({"trace": [{"time": 9, "unit": 0, "down_for": 3}]}));
    told["checkpoint"] = json!({"interval": 3, "cost": 1, "restart": 2});
    let run = run(told);
    assert_eq!(run.task("1").text("finish_s"), "19");
    run.expect("failures.lost_s", 1.0);
    run.expect("checkpoint.overhead_s", 5.0);
    run.expect("goodput.share", 10.0 / 16.0);
    run.expect("energy_j.total", 480.0);
    assert_eq!(run.task("1").text("run_s"), "10");
}

/// The unit fails at 7.5, while the second checkpoint is written: the first one, at 3 s of work, is what is left.
/// Lost are the 3 s of work from 4 to 7. Down 7.5–8, work 8–11, write 11–12, work 12–15, write 15–16, work 16–17.
#[test]
fn a_checkpoint_that_is_not_complete_is_none() {
    let mut told = scenario(1, one(10.0), json!({"trace": [{"time": 7.5, "unit": 0, "down_for": 0.5}]}));
    told["checkpoint"] = json!({"interval": 3, "cost": 1});
    let run = run(told);
    assert_eq!(run.task("1").text("finish_s"), "17");
    run.expect("failures.lost_s", 3.0);
}

/// Without failures: 10 s of work and checkpoints at 3, 6 and 9 s of it: 13 s. At half the clock (β = 1: half the
/// speed) work takes 20 s, a checkpoint as long as ever: 23 s.
#[test]
fn a_checkpoint_is_after_so_much_work_whatever_the_clock() {
    let own = json!({"kind": "cpu", "power": {"idle": 10, "active": 30, "beta": 1, "pstates": [
        {"frequency": "1 GHz", "power": 20}, {"frequency": "2 GHz", "power": 30},
    ]}});
    for (governor, end) in [("performance", "13"), ("powersave", "23")] {
        let mut told = scenario(1, one(10.0), Value::Null);
        told.as_object_mut().unwrap().remove("failures");
        told["devices"]["own"] = own.clone();
        told["policies"] = json!({"power": governor});
        told["checkpoint"] = json!({"interval": 3, "cost": 1});
        let run = run(told);
        assert_eq!(run.task("1").text("finish_s"), end, "{governor}");
        run.expect("checkpoint.overhead_s", 3.0);
    }
}

/// The unit fails at the instant at which the task ends: the task has ended, none is hit.
#[test]
fn a_task_that_ends_when_its_unit_fails_has_ended() {
    let run = run(scenario(1, one(4.0), json!({"trace": [{"time": 4, "unit": 0, "down_for": 3}]})));
    assert_eq!((run.task("1").text("finish_s"), run.task("1").text("status")), ("4", "completed"));
    assert!(run.metric("failures.tasks_hit") == 0.0);
}

/// It arrives at the instant of the failure: arrivals come after failures, so it waits from 2 to 5.
#[test]
fn a_task_that_comes_when_its_unit_fails_waits() {
    let tasks = json!([{"id": 1, "arrival": 2, "duration": 1, "runs_on": ["cpu"]}]);
    let run = run(scenario(1, tasks, json!({"trace": [{"time": 2, "unit": 0, "down_for": 3}]})));
    assert_eq!(run.starts([1]), [5.0]);
    run.expect("failures.tasks_hit", 0.0);
}

/// A gang of two on units 0 and 1 and a task on unit 2. Unit 1 fails at 2: the gang gives unit 0 back too, which is idle
/// until 3; at 3 unit 2 is free, and the gang runs there and on unit 0 from 3 to 8. Unit 1 is repaired only at 100.
#[test]
fn a_gang_loses_all_its_units() {
    let tasks = json!([{"id": 1, "arrival": 0, "duration": 5, "units": 2, "runs_on": ["cpu"]},
                       {"id": 2, "arrival": 0, "duration": 3, "runs_on": ["cpu"]}]);
    let run = run(scenario(3, tasks, json!({"trace": [{"time": 2, "unit": 1, "down_for": 98}]})));
    assert_eq!((run.task("1").text("finish_s"), run.task("1").text("units")), ("8", "0;2"));
    run.expect("failures.lost_s", 4.0);
    times(&run, 0, ["7", "1", "0"]);
    times(&run, 1, ["2", "0", "6"]);
}

/// Two nodes of one unit. Node `n` fails from 1 to 4, and its unit for itself from 2 to 6: it works again at 6. The host
/// task on `n` is hit too, and begins again on the other node.
#[test]
fn a_unit_is_down_while_it_or_its_node_is() {
    let node = |name: &str| json!({"name": name, "host_cpus": 4, "units": [{"device": "own", "count": 1}]});
    let tasks = json!([{"id": 1, "arrival": 0, "duration": 8, "runs_on": ["cpu"]},
                       {"id": 2, "arrival": 0, "duration": 8, "runs_on": ["cpu"]},
                       {"id": 3, "arrival": 0, "duration": 3, "units": 0, "host_cpus": 3}]);
    let trace = json!([{"time": 1, "node": "a", "down_for": 3}, {"time": 2, "unit": 0, "down_for": 4}]);
    let mut told = scenario(1, tasks, json!({"trace": trace}));
    told["cluster"] = json!({"nodes": [node("a"), node("b")]});
    told["policies"] = json!({"scheduler": "fifo-greedy"});
    let run = run(told);
    let ends = ["1", "2", "3"].map(|t| run.task(t).text("finish_s").to_owned());
    assert_eq!(ends, ["14", "8", "4"]);
    times(&run, 0, ["9", "0", "5"]);
    run.expect("failures.nodes", 1.0);
    run.expect("failures.units", 1.0);
    run.expect("failures.tasks_hit", 2.0);
}

/// One retry: the second failure ends it. What waits for it fails with it.
#[test]
fn a_task_fails_when_its_retries_are_used_up() {
    let tasks = json!([{"id": 1, "arrival": 0, "duration": 10, "runs_on": ["cpu"]},
                       {"id": 2, "arrival": 0, "duration": 1, "runs_on": ["cpu"], "after": [1]}]);
    let trace = json!([{"time": 2, "unit": 0, "down_for": 1}, {"time": 5, "unit": 0, "down_for": 1}]);
    for (extra, ends) in [(json!({"retries": 1}), "5"), (json!({"action": "fail"}), "2")] {
        let mut failures = json!({"trace": trace});
        failures.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        let run = run(scenario(1, tasks.clone(), failures));
        assert_eq!(["1", "2"].map(|t| run.task(t).text("status").to_owned()), ["failed", "failed"]);
        assert_eq!(run.task("1").text("finish_s"), ends);
    }
}

/// It fails for good; the other unit does the work of both.
#[test]
fn a_unit_can_fail_for_ever() {
    let tasks = json!([{"id": 1, "arrival": 0, "duration": 4, "runs_on": ["cpu"]},
                       {"id": 2, "arrival": 0, "duration": 4, "runs_on": ["cpu"]}]);
    for scheduler in [json!("fifo"), json!({"name": "dispatch", "choose": "jsq"}), json!("heft"), json!("min-min")] {
        let mut told = scenario(2, tasks.clone(), json!({"trace": [{"time": 1, "unit": 0}]}));
        told["policies"] = json!({"scheduler": scheduler});
        let run = run(told);
        assert_eq!(["1", "2"].map(|t| run.task(t).text("finish_s").to_owned()), ["8", "4"], "{scheduler}");
    }
    let stuck = try_run(scenario(1, one(4.0), json!({"trace": [{"time": 1, "unit": 0}]})), &Loader::default());
    assert!(stuck.err().unwrap().contains("no progress"));
}

/// Entry 2 s, wake 3 s, asleep after 5 s idle. The task comes at 8, while the unit sleeps, and is placed on it; the unit
/// fails at 9, while it wakes, and is repaired at 10: it is awake then, and the task runs from 10 to 14. It is idle from
/// 14; a later task at 30 finds it asleep and starts at 33: the timer has lived through the failure.
#[test]
fn a_unit_that_fails_while_it_wakes_is_awake_when_it_is_repaired() {
    let tasks = json!([{"id": 1, "arrival": 8, "duration": 4, "runs_on": ["cpu"]},
                       {"id": 2, "arrival": 30, "duration": 1, "runs_on": ["cpu"]}]);
    let mut told = scenario(1, tasks, json!({"trace": [{"time": 9, "unit": 0, "down_for": 1}]}));
    told["devices"]["own"]["sleep"] = json!({"power": 1, "entry": 2, "wake": 3, "wake_power": 20});
    told["policies"] = json!({"sleep": {"name": "timeout", "after": 5}});
    let run = run(told);
    assert_eq!(run.starts([1, 2]), [10.0, 33.0]);
    // Idle 0–5, entry –7, asleep –8, waking –9, down –10, active –14, idle –19, entry –21, asleep –30, waking –33.
    let unit = ["busy_s", "idle_s", "sleep_s", "transition_s", "down_s"].map(|c| run.units[0].text(c).to_owned());
    assert_eq!(unit, ["5", "10", "10", "8", "1"]);
}

/// Unit 0 fails under a gang that also waits for unit 1, which sleeps: nobody needs unit 1 any more when it is awake,
/// and it goes back to sleep.
#[test]
fn a_unit_that_woke_for_nothing_goes_back_to_sleep() {
    let tasks = json!([{"id": 1, "arrival": 8, "duration": 4, "units": 2, "runs_on": ["cpu"]}]);
    let mut told = scenario(2, tasks, json!({"trace": [{"time": 9, "unit": 0, "down_for": 91}]}));
    told["devices"]["own"]["sleep"] = json!({"power": 1, "entry": 2, "wake": 3, "wake_power": 20});
    told["policies"] = json!({"sleep": {"name": "timeout", "after": 5}});
    let run = run(told);
    // Unit 0 is up from 100; unit 1 is asleep by then and wakes until 103.
    assert_eq!(run.starts([1]), [103.0]);
    // Unit 1: idle 0–5, entry –7, asleep –8, waking –11, idle –16, entry –18, asleep –100, waking –103, active –107.
    let unit = ["busy_s", "idle_s", "sleep_s", "transition_s"].map(|c| run.units[1].text(c).to_owned());
    assert_eq!(unit, ["4", "10", "83", "10"]);
}

/// A preempted task has saved its state: what it did before stays its own. SRPT: task 2 takes the unit at 2 for 1 s; task
/// 1 goes on at 3 with 2 s done, and the failure at 6 takes only the 3 s since then. It goes on at 7 with 8 s left.
#[test]
fn what_preemption_has_saved_stays() {
    let tasks = json!([{"id": 1, "arrival": 0, "duration": 10, "runs_on": ["cpu"]},
                       {"id": 2, "arrival": 2, "duration": 1, "runs_on": ["cpu"]}]);
    let mut told = scenario(1, tasks, json!({"trace": [{"time": 6, "unit": 0, "down_for": 1}]}));
    told["policies"] = json!({"scheduler": "srpt"});
    let run = run(told);
    assert_eq!(run.task("1").text("finish_s"), "15");
    run.expect("failures.lost_s", 3.0);
}

/// Every 4 s of load it fails, for 1 s; work is kept. Task of 6 s at 0: 0–4, down –5, 5–7. Idle until 10; task of 3 s:
/// 2 s of load are left, so 10–12, down –13, 13–14.
#[test]
fn failures_may_count_only_time_under_load() {
    let tasks = json!([{"id": 1, "arrival": 0, "duration": 6, "runs_on": ["cpu"]},
                       {"id": 2, "arrival": 10, "duration": 3, "runs_on": ["cpu"]}]);
    let failures = json!({"units": {"mtbf": 4, "mttr": 1, "while": "busy"}, "work": "kept"});
    let run = run(scenario(1, tasks, failures));
    assert_eq!(["1", "2"].map(|t| run.task(t).text("finish_s").to_owned()), ["7", "14"]);
    run.expect("failures.units", 2.0);
}

/// Every 4 s up and 1 s down, whatever runs: a task of 6 s that loses its work never ends.
#[test]
fn a_task_longer_than_its_unit_ever_works_stops_the_run() {
    let failures = json!({"units": {"mtbf": 4, "mttr": 1}});
    let error = try_run(scenario(1, one(6.0), failures), &Loader::default()).err().unwrap();
    assert!(error.contains("task 1 has lost its units"), "{error}");
}

#[test]
fn a_list_of_failures_can_be_a_file() {
    let folder = Folder::new();
    folder.file("down.csv", "time_s,unit,node,down_s\n4,0,,3\n100,,n,\n");
    let loader = Loader { base: folder.path().to_owned(), allowed: Vec::new() };
    let run = try_run(scenario(1, one(10.0), json!({"trace": "down.csv"})), &loader).unwrap();
    assert_eq!(run.task("1").text("finish_s"), "17");
    folder.file("bad.csv", "time_s,unit,down_s\n-4,0,3\n");
    let error = try_run(scenario(1, one(10.0), json!({"trace": "bad.csv"})), &loader).err().unwrap();
    assert!(error.contains("row 1") && error.contains("-4"), "{error}");
}
