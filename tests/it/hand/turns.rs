//! Units that tasks take turns on, pooled units, gangs of instances, and tasks that do not wait.

use serde_json::{Value, json};

use super::super::support::{cpus, run, under};

/// One unit of 10 W idle and 30 W busy, on which `places` tasks take turns.
fn taking_turns(places: u32, tasks: Value) -> Value {
    json!({
        "devices": {"d": {"kind": "cpu", "power": {"idle": 10, "active": 30}}},
        "cluster": {"nodes": [{"name": "n", "units": [{"device": "d", "time_share": places}]}]},
        "workload": [{"source": "tasks", "tasks": tasks}],
    })
}

/// Work 4 at 0, work 2 at 1, work 1 at 2. Alone until 1 (3 left); halves until 2 (2.5 and 1.5 left); thirds until 3
/// has done its 1 at 5 (1.5 and 0.5 left); halves until 2 is done at 6 (1 left); alone until 7.
#[test]
fn equal_turns() {
    let tasks = json!([
        {"id": 1, "duration": 4, "runs_on": ["cpu"]},
        {"id": 2, "arrival": 1, "duration": 2, "runs_on": ["cpu"]},
        {"id": 3, "arrival": 2, "duration": 1, "runs_on": ["cpu"]},
    ]);
    let all = run(taking_turns(10, tasks.clone()));
    assert_eq!(all.starts([1, 2, 3]), [0.0, 1.0, 2.0]);
    assert_eq!(["1", "2", "3"].map(|t| all.task(t).nanos("finish_s")), [7_000_000_000, 6_000_000_000, 5_000_000_000]);
    // The unit is busy all the time, but never more than one of it; energy is shared as the time is.
    all.expect("utilization.cpu", 1.0);
    all.expect("energy_j.total", 210.0);
    assert_eq!(["1", "2", "3"].map(|t| all.task(t).real("energy_j")), [120.0, 60.0, 30.0]);

    // Two at a time: alone until 1, halves until 5 (1 left), then 3 comes in; halves until 7.
    let two = run(taking_turns(2, tasks));
    assert_eq!(two.starts([1, 2, 3]), [0.0, 1.0, 5.0]);
    assert_eq!(["1", "2", "3"].map(|t| two.task(t).real("finish_s")), [7.0, 5.0, 7.0]);
}

/// Four devices behind one name, 10 W idle and 30 W busy each, and a host of 8 processors.
fn pooled(tasks: Value) -> Value {
    json!({
        "devices": {"d": {"kind": "gpu", "power": {"idle": 10, "active": 30}}},
        "cluster": {"nodes": [{"name": "n", "count": 2, "host_cpus": 8,
                               "units": [{"device": "d", "count": 4, "pooled": true}]}]},
        "workload": [{"source": "tasks", "tasks": tasks}],
    })
}

/// 2.5 + 0.7 + 0.7 are 3.9 of 4 devices, which units apart could not hold; another 0.7 goes to the other node.
#[test]
fn parts_of_a_pooled_unit() {
    let task = |id: u32, share: f64| json!({"id": id, "duration": 10, "share": share, "runs_on": ["gpu"]});
    let run = run(pooled(json!([task(1, 2.5), task(2, 0.7), task(3, 0.7), task(4, 0.7)])));
    assert_eq!(run.starts([1, 2, 3, 4]), [0.0; 4]);
    assert_eq!(["1", "2", "3", "4"].map(|t| run.task(t).list("units")), [vec![0], vec![0], vec![0], vec![1]]);
    run.expect("utilization.gpu", 4.6 / 8.0);
    run.expect("energy_j.total", 10.0 * (80.0 + 4.6 * 20.0));
}

/// Of 1.5 devices and 3 processors two go into each node, so that four fit together; with 5 processors each only one
/// goes into a node, and three never fit.
#[test]
fn instances_fill_nodes_in_turn() {
    let gang = |id: u32, n: u32, cpus: u32| json!({"id": id, "duration": 10, "units": n, "instances": n, "share": 1.5, "host_cpus": cpus, "runs_on": ["gpu"]});
    let run = run(pooled(json!([gang(1, 3, 5), gang(2, 4, 3), gang(3, 1, 3)])));
    assert_eq!(run.task("1").text("status"), "rejected");
    assert_eq!(run.starts([2, 3]), [0.0, 10.0]);
    assert_eq!(run.task("2").list("units"), [0, 0, 1, 1]);
    // Each instance counts: four waited 0 s and one waited 10 s.
    run.expect("instance.wait_s.mean", 2.0);
    run.expect("wait_s.mean", 5.0);
}

/// Nodes by use: after a task of two devices on node 0 (and none of its processors: 25 %) the next goes to node 1.
#[test]
fn the_least_used_node_is_filled_first() {
    let task = |id: u32| json!({"id": id, "arrival": id, "duration": 10, "share": 2, "runs_on": ["gpu"]});
    let tasks = json!([task(1), task(2), task(3)]);
    let by_use = json!({"name": "pai-fifo", "placement": {"name": "fill-nodes", "nodes": "least-used"}});
    for (scheduler, nodes) in [(json!("pai-fifo"), [0, 0, 1]), (by_use, [0, 1, 0])] {
        let run = run(under(pooled(tasks.clone()), scheduler));
        assert_eq!(["1", "2", "3"].map(|t| run.task(t).list("units")[0]), nodes);
    }
}

/// The second task would start at 10; with 4 s of patience it has left by then, with 12 s it has not.
#[test]
fn the_impatient_leave() {
    let tasks = json!([
        {"id": 1, "duration": 10, "patience": 1, "runs_on": ["cpu"]},
        {"id": 2, "arrival": 1, "duration": 5, "patience": 4, "runs_on": ["cpu"]},
        {"id": 3, "arrival": 2, "duration": 5, "patience": 12, "runs_on": ["cpu"]},
    ]);
    let run = run(cpus(1, tasks));
    assert_eq!((run.task("2").text("status"), run.task("2").real("finish_s")), ("rejected", 5.0));
    assert_eq!(run.starts([1, 3]), [0.0, 10.0]);
    run.expect("tasks.abandoned", 1.0);
}

/// No room to wait: turned away at 1, 4 and 7, task 2 finds the unit free at 10; only two retries are not enough.
#[test]
fn those_turned_away_come_again() {
    let tasks = json!([
        {"id": 1, "duration": 8, "runs_on": ["cpu"]},
        {"id": 2, "arrival": 1, "duration": 5, "runs_on": ["cpu"]},
    ]);
    let mut scenario = cpus(1, tasks);
    scenario["policies"] = json!({"queue_limit": 0, "retry": {"delay": 3}});
    let patient = run(scenario.clone());
    assert_eq!(patient.starts([1, 2]), [0.0, 10.0]);
    patient.expect("tasks.retries", 3.0);
    scenario["policies"]["retry"]["limit"] = json!(2);
    let limited = run(scenario);
    assert_eq!((limited.task("2").text("status"), limited.task("2").real("finish_s")), ("rejected", 7.0));
}

/// Away from 0 to 3 and from 3 to 6, back at work by 6; free at 8 it goes again until 11.
#[test]
fn an_idle_unit_is_away() {
    let mut scenario = cpus(
        1,
        json!([
            {"id": 1, "arrival": 4, "duration": 2, "runs_on": ["cpu"]},
            {"id": 2, "arrival": 9, "duration": 2, "runs_on": ["cpu"]},
        ]),
    );
    scenario["devices"] = json!({"d": {"kind": "cpu", "power": {"idle": 1, "active": 2},
        "sleep": {"power": 0, "entry": 0, "wake": 0, "wake_power": 1}}});
    scenario["cluster"]["nodes"][0]["units"][0]["device"] = json!("d");
    scenario["policies"] = json!({"sleep": {"name": "vacation", "mean": 3, "cv": 0}});
    assert_eq!(run(scenario).starts([1, 2]), [6.0, 11.0]);
}
