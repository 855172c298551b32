//! `intervals.csv`: pieces of work, and units that are down or asleep. Schedules by hand.

use serde_json::{Value, json};

use super::support::{Run, cluster, cpus, run};

const HEADER: &str = "what,task,units,from_s,to_s,detail,source";

/// The file's rows, without the source of tasks, which is the same in all of them.
#[track_caller]
fn intervals(run: &Run) -> Vec<String> {
    let text = run.folder.read("intervals.csv");
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some(HEADER));
    lines.map(|line| line.rsplit_once(',').unwrap().0.to_owned()).collect()
}

fn is_absent(run: &Run) -> bool {
    !run.folder.path().join("intervals.csv").exists()
}

fn cpu_task(id: u32, arrival: f64, duration: f64) -> Value {
    json!({"id": id, "arrival": arrival, "duration": duration, "runs_on": ["cpu"]})
}

/// Task 1 has 10 s to do; task 2 arrives at 2 with 3 s and goes first.
fn preempting(preemption: Value) -> Value {
    let mut scenario = cpus(1, json!([cpu_task(1, 0.0, 10.0), cpu_task(2, 2.0, 3.0)]));
    scenario["policies"] = json!({"scheduler": "srpt", "preemption": preemption});
    scenario
}

#[test]
fn tasks_in_one_piece_need_no_file() {
    assert!(is_absent(&run(cpus(1, json!([cpu_task(1, 0.0, 10.0), cpu_task(2, 2.0, 3.0)])))));
}

/// 1: 0–2 and 5–13. 2 runs in one piece, which `tasks.csv` tells.
#[test]
fn a_preempted_task_has_a_row_for_each_piece() {
    let run = run(preempting(json!({})));
    assert_eq!(intervals(&run), ["run,1,0,0,2,preempted", "run,1,0,5,13,completed"]);
    let source = run.task("1").text("source");
    assert!(run.folder.read("intervals.csv").ends_with(&format!(",completed,{source}\n")));
}

/// 1 works 0–2 and saves until 4; 2: 4–7; 1 restores 7–12 and works 12–20.
#[test]
fn saving_and_loading_have_rows_where_they_take_time() {
    let rows = intervals(&run(preempting(json!({"save": 2, "restore": 5}))));
    assert_eq!(rows, ["run,1,0,0,2,preempted", "save,1,0,2,4,preempted", "load,1,0,7,12,", "run,1,0,12,20,completed"]);
}

/// At 2 the shorter task 2 takes the CPU, its only place; task 1 goes on at once at half speed on the GPU: its other
/// 8 s take until 18.
#[test]
fn a_task_that_goes_on_elsewhere_at_once_has_moved() {
    let units = json!([{"device": "cpu-generic", "count": 1}, {"device": "gpu-generic", "count": 1}]);
    let tasks = json!([{"id": 1, "arrival": 0, "duration": 10, "runs_on": {"cpu": 1, "gpu": 0.5}},
                       cpu_task(2, 2.0, 3.0)]);
    let rows = intervals(&run(json!({
        "cluster": {"nodes": [{"name": "n", "units": units}]},
        "workload": [{"source": "tasks", "tasks": tasks}],
        "policies": {"scheduler": "srpt"},
    })));
    assert_eq!(rows, ["run,1,0,0,2,moved", "run,1,1,2,18,completed"]);
}

/// Idle 10 W, active 30 W.
fn failing(count: u32, tasks: Value, failures: Value) -> Value {
    json!({"devices": {"own": {"kind": "cpu", "power": {"idle": 10, "active": 30}}}, "cluster": cluster("own", count),
           "failures": failures, "workload": [{"source": "tasks", "tasks": tasks}]})
}

/// A gang on units 0 and 1; unit 1 fails from 4 to 7, and the 4 s are lost. Unit 2 is free all the time, so the gang goes
/// on at once on 0 and 2, where it takes until 14.
#[test]
fn a_gang_loses_all_its_units_when_one_fails() {
    let gang = |count| {
        let task = json!([{"id": 1, "arrival": 0, "duration": 10, "units": 2, "runs_on": ["cpu"]}]);
        intervals(&run(failing(count, task, json!({"trace": [{"time": 4, "unit": 1, "down_for": 3}]}))))
    };
    assert_eq!(gang(3), ["run,1,0;1,0,4,failed", "down,,1,4,7,repaired", "run,1,0;2,4,14,completed"]);
    // With two units it waits for the repair.
    assert_eq!(gang(2), ["run,1,0;1,0,4,failed", "down,,1,4,7,repaired", "run,1,0;1,7,17,completed"]);
}

/// Unit 0 fails at 4 for good, and task 1 with it; task 2 ends the run at 6.
#[test]
fn what_never_comes_back_is_down_until_the_end() {
    let failures = json!({"trace": [{"time": 4, "unit": 0}], "retries": 0});
    let rows = intervals(&run(failing(2, json!([cpu_task(1, 0.0, 10.0), cpu_task(2, 0.0, 6.0)]), failures)));
    assert_eq!(rows, ["run,1,0,0,4,failed", "down,,0,4,6,running"]);
}

/// Restart takes 2 s and is cut short at 8 by a second failure: 7–8 is all there is of it. Down 8–9, restart 9–11, and the
/// work, of which nothing was saved, 11–21.
#[test]
fn a_restart_that_is_cut_short_has_a_row_and_no_work() {
    let trace = json!([{"time": 4, "unit": 0, "down_for": 3}, {"time": 8, "unit": 0, "down_for": 1}]);
    let mut scenario = failing(1, json!([cpu_task(1, 0.0, 10.0)]), json!({"trace": trace}));
    scenario["checkpoint"] = json!({"interval": 100, "cost": 0, "restart": 2});
    let rows = intervals(&run(scenario));
    let expected = [
        "run,1,0,0,4,failed",
        "down,,0,4,7,repaired",
        "load,1,0,7,8,failed",
        "down,,0,8,9,repaired",
        "load,1,0,9,11,",
        "run,1,0,11,21,completed",
    ];
    assert_eq!(rows, expected);
}

/// Light sleep: from 4 s on, entry 1 s, wake 2 s. Deep: from 30 s on, entry 3 s, wake 10 s. Idle from 2, a task at 50.
#[test]
fn sleep_has_rows_for_each_state_and_each_way() {
    let sleep = json!([
        {"power": 4, "entry": 1, "entry_power": 8, "wake": 2, "wake_power": 14},
        {"power": 1, "entry": 3, "entry_power": 8, "wake": 10, "wake_power": 10.3},
    ]);
    let rows = intervals(&run(json!({
        "devices": {"own": {"kind": "cpu", "power": {"idle": 10, "active": 30}, "sleep": sleep}},
        "cluster": cluster("own", 1),
        "workload": [{"source": "tasks", "tasks": [cpu_task(1, 0.0, 2.0), cpu_task(2, 50.0, 4.0)]}],
        "policies": {"sleep": "break-even"},
    })));
    let expected = [
        "transition,,0,6,7,falling-asleep",
        "sleep,,0,7,32,deeper",
        "transition,,0,32,35,falling-asleep",
        "sleep,,0,35,50,waking",
        "transition,,0,50,60,waking",
    ];
    assert_eq!(rows, expected);
}

/// At 7 the run stops: task 1 is in its second piece, and task 2, in its first, is in no table.
#[test]
fn what_runs_at_the_end_in_a_second_piece_is_told() {
    let mut scenario = preempting(json!({}));
    scenario["stop"] = json!({"time": 7});
    assert_eq!(intervals(&run(scenario)), ["run,1,0,0,2,preempted", "run,1,0,5,7,running"]);
}
