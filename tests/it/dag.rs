//! Planners of task graphs against the examples of their papers, and data between units.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};
use xpu_manager_rust::scenario::Loader;

use super::support::{Run, cluster, cpus, run, try_run, under};

/// A graph on three units, each of a kind of its own: times by task and unit, and edges with their transfer times.
fn three_units(times: &[[u32; 3]], edges: &[(usize, usize, u32)]) -> Value {
    let device = json!({"kind": "cpu", "power": {"idle": 1, "active": 2}});
    let task = |(i, [a, b, c]): (usize, &[u32; 3])| {
        let speed = |time: &u32| 1.0 / f64::from(*time);
        let parents = edges.iter().filter(|(_, to, _)| *to == i + 1);
        let after: Vec<Value> =
            parents.map(|(from, _, time)| json!({"task": from, "bytes": time * 1_000_000})).collect();
        json!({"id": i + 1, "duration": 1, "after": after, "runs_on": {"p1": speed(a), "p2": speed(b), "p3": speed(c)}})
    };
    let tasks: Vec<Value> = times.iter().enumerate().map(task).collect();
    json!({"devices": {"p1": device, "p2": device, "p3": device},
        "cluster": {"link": {"bandwidth": "1 MB/s"}, "nodes": [{"name": "n", "units": [
            {"device": "p1"}, {"device": "p2"}, {"device": "p3"}]}]},
        "workload": [{"source": "tasks", "tasks": tasks}]})
}

/// The graph of fig. 2 of Topcuoglu, Hariri & Wu, IEEE TPDS 13(3), 2002.
fn topcuoglu() -> Value {
    let times = [
        [14, 16, 9],
        [13, 19, 18],
        [11, 13, 19],
        [13, 8, 17],
        [12, 13, 10],
        [13, 16, 9],
        [7, 15, 11],
        [5, 11, 14],
        [18, 12, 20],
        [21, 7, 16],
    ];
    let edges = [
        (1, 2, 18),
        (1, 3, 12),
        (1, 4, 9),
        (1, 5, 11),
        (1, 6, 14),
        (2, 8, 19),
        (2, 9, 16),
        (3, 7, 23),
        (4, 8, 27),
        (4, 9, 23),
        (5, 9, 13),
        (6, 8, 15),
        (7, 10, 17),
        (8, 10, 11),
        (9, 10, 13),
    ];
    three_units(&times, &edges)
}

/// The example of Arabnejad & Barbosa, IEEE TPDS 25(3), 2014.
fn arabnejad() -> Value {
    let times = [
        [22, 21, 36],
        [22, 18, 18],
        [32, 27, 43],
        [7, 10, 4],
        [29, 27, 35],
        [26, 17, 24],
        [14, 25, 30],
        [29, 23, 36],
        [15, 21, 8],
        [13, 16, 33],
    ];
    let edges = [
        (1, 2, 17),
        (1, 3, 31),
        (1, 4, 29),
        (1, 5, 13),
        (1, 6, 7),
        (2, 8, 3),
        (2, 9, 30),
        (3, 7, 16),
        (4, 8, 11),
        (4, 9, 7),
        (5, 9, 57),
        (6, 8, 5),
        (7, 10, 9),
        (8, 10, 42),
        (9, 10, 7),
    ];
    three_units(&times, &edges)
}

/// (unit, start, finish) of tasks 1 to 10.
fn schedule(run: &Run) -> Vec<(usize, f64, f64)> {
    let row = |n: u32| {
        let task = run.task(&n.to_string());
        (task.list("units")[0], task.real("start_s"), task.real("finish_s"))
    };
    (1..=10).map(row).collect()
}

fn planned(scenario: Value, by: &str) -> Run {
    run(under(scenario, json!(by)))
}

/// The published schedule, task by task (fig. 3a): makespan 80.
#[test]
fn heft_makes_its_published_schedule() {
    let run = planned(topcuoglu(), "heft");
    let published = [
        (2, 0.0, 9.0),
        (0, 27.0, 40.0),
        (2, 9.0, 28.0),
        (1, 18.0, 26.0),
        (2, 28.0, 38.0),
        (1, 26.0, 42.0),
        (2, 38.0, 49.0),
        (0, 57.0, 62.0),
        (1, 56.0, 68.0),
        (1, 73.0, 80.0),
    ];
    assert_eq!(schedule(&run), published);
    run.expect("makespan_s", 80.0);
}

/// Makespan 86 (fig. 3b). The critical path 1, 2, 9, 10 takes 54 on the second unit, its best (66 and 63 on the others).
#[test]
fn cpop_makes_its_published_makespan() {
    let run = planned(topcuoglu(), "cpop");
    run.expect("makespan_s", 86.0);
    let schedule = schedule(&run);
    assert_eq!([1, 2, 9, 10].map(|n: usize| schedule[n - 1].0), [1; 4]);
}

/// Makespans 122 and 133 (fig. 3 there); the schedule of PEFT task by task.
#[test]
fn peft_beats_heft_on_its_published_example() {
    let run = planned(arabnejad(), "peft");
    let published = [
        (0, 0.0, 22.0),
        (0, 29.0, 51.0),
        (0, 51.0, 83.0),
        (0, 22.0, 29.0),
        (2, 35.0, 70.0),
        (1, 29.0, 46.0),
        (0, 83.0, 97.0),
        (1, 54.0, 77.0),
        (2, 81.0, 89.0),
        (1, 106.0, 122.0),
    ];
    assert_eq!(schedule(&run), published);
    run.expect("makespan_s", 122.0);
    planned(arabnejad(), "heft").expect("makespan_s", 133.0);
}

/// A link of 1 MB/s with a latency of half a second between the units.
fn linked(mut scenario: Value) -> Value {
    scenario["cluster"]["link"] = json!({"bandwidth": "1 MB/s", "latency": "500 ms"});
    scenario
}

/// 1 runs 0–2 on unit 0 and sends 3 MB to both others. Units in turn: 2 gets unit 1 at 2 and its data at 2 + 0.5 + 3,
/// it runs 5.5–6.5. 3 gets unit 0, where its data is: 2–3. Without a link all have it at once.
#[test]
fn data_takes_its_time_between_units() {
    let tasks = json!([
        {"id": 1, "duration": 2, "runs_on": ["cpu"]},
        {"id": 2, "duration": 1, "after": [{"task": 1, "bytes": "3 MB"}], "runs_on": ["cpu"]},
        {"id": 3, "duration": 1, "after": [{"task": 1, "bytes": "3 MB"}], "runs_on": ["cpu"]},
    ]);
    let scenario = under(cpus(2, tasks), json!("round-robin"));
    let slow = run(linked(scenario.clone()));
    assert_eq!(slow.starts([1, 2, 3]), [0.0, 5.5, 2.0]);
    assert_eq!(slow.task("2").real("finish_s"), 6.5);
    assert_eq!((slow.task("2").list("units"), slow.task("3").list("units")), (vec![1], vec![0]));
    // While data is on its way the unit is held, but idle: 2 + 1 + 1 of 2 x 6.5 unit seconds.
    slow.expect("utilization.cpu", 4.0 / 13.0);
    assert_eq!(run(scenario).starts([1, 2, 3]), [0.0, 2.0, 2.0]);
}

/// Two parents end at 1 and 4; 4 is the end of the second, 1 + 0.5 + 8 the arrival of the first one's data. A gang has
/// what one of its units has; an order without data costs nothing.
#[test]
fn the_last_input_counts_and_gangs_share_what_they_have() {
    let tasks = |width: u32, bytes: &str| {
        json!([
            {"id": 1, "duration": 1, "runs_on": ["cpu"]},
            {"id": 2, "duration": 4, "runs_on": ["cpu"]},
            {"id": 3, "duration": 9, "runs_on": ["cpu"], "arrival": 1},
            {"id": 4, "duration": 1, "units": width, "runs_on": ["cpu"],
             "after": [{"task": 1, "bytes": bytes}, {"task": 2, "bytes": "20 MB"}]},
        ])
    };
    // At 4 only unit 1 is free: 2 was there, 1 was not.
    assert_eq!(run(linked(cpus(2, tasks(1, "8 MB")))).starts([4]), [9.5]);
    // At 10 both are free: all is there.
    assert_eq!(run(linked(cpus(2, tasks(2, "80 MB")))).starts([4]), [10.0]);
    let plain = json!([
        {"id": 1, "duration": 1, "runs_on": ["cpu"]},
        {"id": 2, "duration": 1, "after": [1], "runs_on": ["cpu"]},
    ]);
    assert_eq!(run(under(linked(cpus(2, plain)), json!("round-robin"))).starts([2]), [1.0]);
}

/// Both units fall asleep at 1 unless they work, and wake in 3 s. 1 runs 0–2 on unit 0; 2 is put on unit 1 at 2, which
/// is awake at 5; its data is there at 2 + 0.5 + b: it begins at the later of the two.
#[test]
fn waking_and_transfer_go_on_together() {
    for (bytes, start) in [("1 MB", 5.0), ("4 MB", 6.5)] {
        let device = json!({"kind": "cpu", "power": {"idle": 10, "active": 30},
            "sleep": {"power": 1, "entry": 0, "wake": 3, "wake_power": 20}});
        let tasks = json!([
            {"id": 1, "duration": 2, "runs_on": ["cpu"]},
            {"id": 2, "duration": 1, "after": [{"task": 1, "bytes": bytes}], "runs_on": ["cpu"]},
        ]);
        let scenario = json!({"devices": {"own": device}, "cluster": cluster("own", 2),
            "workload": [{"source": "tasks", "tasks": tasks}],
            "policies": {"scheduler": "round-robin", "sleep": {"name": "timeout", "after": 1}}});
        assert_eq!(run(linked(scenario)).starts([2]), [start]);
    }
}

/// What was made in the cloud lies on no unit.
#[test]
fn data_from_the_cloud_crosses_the_link() {
    let tasks = json!([
        {"id": 1, "duration": 2, "runs_on": ["cpu"]},
        {"id": 2, "duration": 1, "offloadable": false, "after": [{"task": 1, "bytes": "3 MB"}], "runs_on": ["cpu"]},
    ]);
    let mut scenario = linked(cpus(1, tasks));
    scenario["cloud"] = json!({"rtt": 0});
    scenario["policies"] = json!({"cloud": "always"});
    assert_eq!(run(scenario).starts([2]), [5.5]);
}

#[test]
fn wrong_links_and_edges_are_told_where_they_stand() {
    let tasks = |parent: Value| {
        json!([{"id": "load", "duration": 1, "runs_on": ["cpu"]},
        {"id": "use", "duration": 1, "after": [parent], "runs_on": ["cpu"]}])
    };
    let wrong = |scenario: Value, words: &[&str]| {
        let error = try_run(scenario, &Loader::default()).err().unwrap();
        for word in words {
            assert!(error.contains(word), "`{word}` is not in {error}");
        }
    };
    let mut stopped = cpus(1, tasks(json!("load")));
    stopped["cluster"]["link"] = json!({"bandwidth": 0});
    wrong(stopped, &["/cluster/link/bandwidth", "at least 1 B/s"]);
    wrong(cpus(1, tasks(json!({"task": "laod", "bytes": 1}))), &["/workload/0/tasks/1/after/0/task", "`load`"]);
    wrong(cpus(1, tasks(json!({"task": "load", "byte": 1}))), &["/workload/0/tasks/1/after/0", "byte"]);
    wrong(cpus(1, tasks(json!({"task": "load", "bytes": "3 s"}))), &["/workload/0/tasks/1/after/0/bytes"]);
}

/// The plan puts 2 behind 1 on the fast unit, as both end there at 2 and 4 by estimate, on the slow one at 10. 1 in truth
/// takes 6, so 2 begins at 6: places stand. 3 comes at 7 and is planned anew: the fast unit is busy until 8, it ends there
/// at 9 rather than at 12 on the slow one.
#[test]
fn a_plan_stands_until_something_arrives() {
    let device = json!({"kind": "cpu", "power": {"idle": 1, "active": 2}});
    let on = json!({"fast": 1.0, "slow": 0.2});
    let scenario = json!({"devices": {"fast": device, "slow": device},
        "cluster": {"nodes": [{"name": "n", "units": [{"device": "fast"}, {"device": "slow"}]}]},
        "workload": [{"source": "tasks", "tasks": [
            {"id": 1, "duration": 6, "estimate": 2, "runs_on": on},
            {"id": 2, "duration": 2, "runs_on": on},
            {"id": 3, "duration": 1, "arrival": 7, "runs_on": on}]}]});
    for planner in ["heft", "peft"] {
        assert_eq!(run(under(scenario.clone(), json!(planner))).starts([1, 2, 3]), [0.0, 6.0, 8.0], "{planner}");
    }
}

/// 1 is killed at 1, so 2 never comes; 3, which stands behind it in the plan of the same unit, need not wait. 4 names a
/// task that has not arrived yet: until then it stands in nobody's way.
#[test]
fn tasks_that_never_come_hold_nobody_up() {
    let tasks = json!([
        {"id": 1, "duration": 9, "estimate": 1, "kill_at_estimate": true, "runs_on": ["cpu"]},
        {"id": 2, "duration": 9, "after": [1], "runs_on": ["cpu"]},
        {"id": 3, "duration": 3, "runs_on": ["cpu"]},
        {"id": 4, "duration": 2, "after": [5], "runs_on": ["cpu"]},
        {"id": 5, "arrival": 20, "duration": 1, "runs_on": ["cpu"]},
    ]);
    for planner in ["heft", "cpop", "peft"] {
        let run = planned(cpus(1, tasks.clone()), planner);
        assert_eq!(run.task("2").text("status"), "failed", "{planner}");
        assert_eq!(run.starts([4, 5]), [21.0, 20.0], "{planner}");
        assert!(run.task("3").real("finish_s") <= 4.0, "{planner}");
    }
}

/// A task as numbers.
#[derive(Clone, Debug)]
pub struct Raw {
    kinds: u8,
    width: u32,
    share: usize,
    tenths: u32,
    estimate: usize,
    arrival: u32,
    /// Earlier tasks and the megabytes that they send.
    parents: Vec<(prop::sample::Index, u32)>,
}

/// Up to 24 tasks.
pub fn raw() -> impl Strategy<Value = Vec<Raw>> {
    let parents = prop::collection::vec((any::<prop::sample::Index>(), 0..5u32), 0..3);
    let task = (1..4u8, 1..4u32, 0..3usize, 0..50u32, 0..3usize, 0..40u32, parents);
    let task = task.prop_map(|(kinds, width, share, tenths, estimate, arrival, parents)| {
        let arrival = if arrival % 3 == 0 { arrival } else { 0 };
        Raw { kinds, width, share, tenths, estimate, arrival, parents }
    });
    prop::collection::vec(task, 1..25)
}

/// The tasks on two nodes with two units each of two speeds; some need the one host processor of their node.
pub fn random_graph(tasks: &[Raw]) -> Value {
    let device = json!({"kind": "cpu", "power": {"idle": 1, "active": 2}});
    let task = |(i, t): (usize, &Raw)| {
        let speeds = [("a", 1.0), ("b", 0.7)].into_iter().enumerate().filter(|(k, _)| t.kinds >> k & 1 == 1);
        let on: BTreeMap<&str, f64> = speeds.map(|(_, speed)| speed).collect();
        let parents = t.parents.iter().filter(|_| i > 0);
        let after: Vec<Value> = parents.map(|(p, mb)| json!({"task": p.index(i), "bytes": mb * 1_000_000})).collect();
        let share = [1.0, 0.5, 0.3][t.share];
        let factor = [1.0, 0.3, 4.0][t.estimate];
        json!({"id": i, "arrival": t.arrival, "duration": f64::from(t.tenths) / 10.0, "estimate": {"factor": factor},
            "units": t.width.min(2), "share": share, "host_cpus": t.width / 2, "one_node": t.width == 3,
            "after": after, "runs_on": on})
    };
    json!({"devices": {"a": device, "b": device},
        "cluster": {"nodes": [{"name": "n", "count": 2, "host_cpus": 1,
            "units": [{"device": "a", "count": 2}, {"device": "b", "count": 2}]}]},
        "workload": [{"source": "tasks", "tasks": tasks.iter().enumerate().map(task).collect::<Vec<_>>()}]})
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Whatever is asked for and however wrong the estimates are: all tasks end, none begins before its data is there.
    #[test]
    fn plans_keep_the_order_and_never_get_stuck(tasks in raw(), planner in 0..3usize, link in any::<bool>()) {
        let scenario = random_graph(&tasks);
        let run = planned(if link { linked(scenario) } else { scenario }, ["heft", "cpop", "peft"][planner]);
        for row in &run.tasks {
            prop_assert_eq!(row.text("status"), "completed");
        }
        for (i, task) in tasks.iter().enumerate().skip(1) {
            let child = run.task(&i.to_string());
            for from in task.parents.iter().map(|(p, _)| p.index(i)) {
                let parent = run.task(&from.to_string());
                let sent: u32 = task.parents.iter().filter(|(p, _)| p.index(i) == from).map(|(_, mb)| mb).sum();
                let apart = parent.list("units").iter().all(|u| !child.list("units").contains(u));
                let crosses = link && apart && sent > 0;
                let transfer = if crosses { u64::from(sent) * 1_000_000_000 + 500_000_000 } else { 0 };
                prop_assert!(child.nanos("start_s") >= parent.nanos("finish_s") + transfer, "{} after {}", i, from);
            }
        }
    }
}
