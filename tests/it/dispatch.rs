//! Lines at the units: who joins which, who takes from whom.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use proptest::prelude::*;
use serde_json::{Value, json};
use xpu_manager_rust::experiment::Replication;
use xpu_manager_rust::policy::registry::Registry;
use xpu_manager_rust::scenario::Loader;
use xpu_manager_rust::theory::shortest_of_d;
use xpu_manager_rust::verify::{Expectation, Size, System, verify};

use super::dag::{random_graph, raw};
use super::support::{Run, cluster, cpus, run, try_run, under};

/// Tasks 1, 2, … of these durations, all at 0, on any CPU.
fn at_once(durations: &[u32]) -> Value {
    let task = |(i, d): (usize, &u32)| json!({"id": i + 1, "duration": d, "runs_on": ["cpu"]});
    json!(durations.iter().enumerate().map(task).collect::<Vec<_>>())
}

/// The tasks on one fast unit and `slow` ones of a quarter of its speed.
fn uneven(slow: u32, durations: &[u32]) -> Value {
    let device = |speed: f64| json!({"kind": "cpu", "speed": speed, "power": {"idle": 1, "active": 2}});
    json!({"devices": {"fast": device(1.0), "slow": device(0.25)},
        "cluster": {"nodes": [{"name": "n", "units": [{"device": "fast"}, {"device": "slow", "count": slow}]}]},
        "workload": [{"source": "tasks", "tasks": at_once(durations)}]})
}

fn by(scenario: &Value, scheduler: Value) -> Run {
    run(under(scenario.clone(), scheduler))
}

fn places<const N: usize>(run: &Run, names: [u32; N]) -> [usize; N] {
    names.map(|n| run.task(&n.to_string()).list("units")[0])
}

/// 1 (10 s) goes to unit 0, 2 (1 s) to unit 1, 3 finds one task at each: unit 0, where it waits until 10. By work it
/// goes to unit 1, which is done at 1. Stolen it is at 1, too.
#[test]
fn the_shortest_line_need_not_be_the_quickest() {
    let scenario = cpus(2, at_once(&[10, 1, 1]));
    assert_eq!(by(&scenario, json!("jsq")).starts([1, 2, 3]), [0.0, 0.0, 10.0]);
    assert_eq!(by(&scenario, json!("least-work")).starts([1, 2, 3]), [0.0, 0.0, 1.0]);
    assert_eq!(by(&scenario, json!({"name": "jsq", "steal": "one"})).starts([1, 2, 3]), [0.0, 0.0, 1.0]);
    // With as many draws as units all are looked at; the tie is random.
    let all = by(&scenario, json!({"name": "power-of-d", "d": 9}));
    assert_eq!(all.starts([1, 2]), [0.0, 0.0]);
}

/// Served tasks count: at 2 unit 0 still runs 1, and 2 has left unit 1.
#[test]
fn a_line_is_as_long_as_what_it_serves_and_what_waits() {
    let tasks = json!([
        {"id": 1, "duration": 10, "runs_on": ["cpu"]},
        {"id": 2, "duration": 1, "runs_on": ["cpu"]},
        {"id": 3, "arrival": 2, "duration": 9, "runs_on": ["cpu"]},
        {"id": 4, "arrival": 10.5, "duration": 1, "runs_on": ["cpu"]},
    ]);
    for rule in ["jsq", "jiq", "least-work"] {
        let run = by(&cpus(2, tasks.clone()), json!(rule));
        assert_eq!((run.starts([3, 4]), places(&run, [3, 4])), ([2.0, 10.5], [1, 0]), "{rule}");
    }
}

/// Units in turn, whatever they do; a task that only the second kind can run takes the next of that kind.
#[test]
fn in_turn() {
    let device = json!({"kind": "cpu", "power": {"idle": 1, "active": 2}});
    let tasks: Vec<Value> = (1..=6)
        .map(|i| json!({"id": i, "duration": 1, "runs_on": if i == 2 { json!(["b"]) } else { json!(["cpu"]) }}))
        .collect();
    let scenario = json!({"devices": {"a": device, "b": device},
        "cluster": {"nodes": [{"name": "n", "units": [{"device": "a", "count": 2}, {"device": "b", "count": 2}]}]},
        "workload": [{"source": "tasks", "tasks": tasks}]});
    assert_eq!(places(&by(&scenario, json!("round-robin-dispatch")), [1, 2, 3, 4, 5, 6]), [0, 2, 3, 0, 1, 2]);
}

/// Five tasks of 4 s on a fast unit and a slow one, where they take 16 s.
/// MET: all on the fast one. OLB: 2 on the slow one, which is free, then the fast one is free first. MCT: the fast one
/// ends them at 4, 8, 12, 16 (a tie), 20; so 5 goes to the slow one.
#[test]
fn speeds_and_lines() {
    let scenario = uneven(1, &[4; 5]);
    for (choose, places_wanted, starts) in [
        ("met", [0, 0, 0, 0, 0], [0.0, 4.0, 8.0, 12.0, 16.0]),
        ("olb", [0, 1, 0, 0, 0], [0.0, 0.0, 4.0, 8.0, 12.0]),
        ("fastest-finish", [0, 0, 0, 0, 1], [0.0, 4.0, 8.0, 12.0, 0.0]),
    ] {
        let run = by(&scenario, json!({"name": "dispatch", "choose": choose}));
        assert_eq!((places(&run, [1, 2, 3, 4, 5]), run.starts([1, 2, 3, 4, 5])), (places_wanted, starts), "{choose}");
    }
}

/// All join the fast unit's line: 1 runs, 2–7 wait. Slow unit 1 takes the older half, 2 3 4, and runs 2 until 16; slow
/// unit 2 takes 5 6 out of 5 6 7 and runs 5 until 16. At 4 the fast one runs 7, at 8 it takes 3 out of 3 4, at 12 it
/// takes 4 (one waits at either slow unit: the lower), at 16 slow unit 2 goes on with 6.
#[test]
fn half_a_line_is_stolen() {
    let run = by(&uneven(2, &[4; 7]), json!({"name": "dispatch", "choose": "met", "steal": "half"}));
    assert_eq!(run.starts([1, 2, 3, 4, 5, 6, 7]), [0.0, 0.0, 8.0, 12.0, 0.0, 16.0, 4.0]);
    assert_eq!(places(&run, [1, 2, 3, 4, 5, 6, 7]), [0, 1, 0, 0, 2, 2, 0]);
}

/// 1 runs on unit 0 until 4. 2 wants both units: it is first at unit 1, which idles until then. 3 finds two at unit 0
/// and one at unit 1, behind 2: 5. Nobody steals a gang, and 3 is not behind a busy unit but behind a gang: the idle
/// unit 1 itself has it in line.
#[test]
fn gangs_stand_in_all_their_lines() {
    let tasks = json!([
        {"id": 1, "duration": 4, "runs_on": ["cpu"]},
        {"id": 2, "duration": 1, "units": 2, "runs_on": ["cpu"]},
        {"id": 3, "duration": 1, "runs_on": ["cpu"]},
    ]);
    for steal in ["none", "one", "half"] {
        let run = by(&cpus(2, tasks.clone()), json!({"name": "jsq", "steal": steal}));
        assert_eq!(run.starts([1, 2, 3]), [0.0, 4.0, 5.0], "{steal}");
    }
}

#[test]
fn wrong_parameters_are_told() {
    for (scheduler, words) in [
        (json!({"name": "jsq", "d": 3}), ["/policies/scheduler/d", "power-of-d"]),
        (json!({"name": "power-of-d", "d": 0}), ["/policies/scheduler/d", "at least 1"]),
        (json!({"name": "dispatch", "choose": "jqs"}), ["/policies/scheduler/choose", "`jsq`"]),
        (json!({"name": "jiq", "stael": "one"}), ["/policies/scheduler", "`steal`"]),
        (json!("jsqq"), ["/policies/scheduler", "`jsq`"]),
    ] {
        let error = try_run(under(cpus(1, at_once(&[1])), scheduler), &Loader::default()).err().unwrap();
        for word in words {
            assert!(error.contains(word), "`{word}` is not in {error}");
        }
    }
}

/// 100 units at a load of 0.7. The limit of many units is 1 + 0.7^2 + 0.7^6 + … = 1.614; at 100 units the mean lies
/// about 1 % higher. One draw would give 3.33, three 1.36.
///
/// The bound is 1 % and four standard errors: by Student's t with 9 degrees of freedom a correct program would miss it
/// with probability 3e-3, and with the seed fixed either always or never.
#[test]
fn two_choices_approach_their_limit() {
    let scenario = |tasks: f64| {
        json!({"stop": {"time": tasks / 70.0}, "warmup": 20, "cluster": cluster("cpu-generic", 100),
            "workload": [{"source": "synthetic", "arrivals": {"process": "poisson", "rate": 70},
                "tasks": [{"runs_on": ["cpu"], "duration": {"dist": "exponential", "mean": 1}}]}],
            "policies": {"scheduler": "power-of-d"}})
    };
    let expectations = || {
        let measure = |r: &Replication| r.metrics.get("response_s.mean").copied();
        let expected = shortest_of_d(0.7, 1.0, 2).unwrap();
        vec![Expectation { quantity: "mean response", expected, measure: Box::new(measure) }]
    };
    let system = System { name: "JSQ(2)", scenario, expectations };
    let size = Size { tasks: 5000, replications: 10, seed: 7 };
    let rows = verify(&system, size, &Arc::new(Registry::builtin()), Arc::new(AtomicBool::new(false))).unwrap();
    let (row, limit) = (&rows[0], rows[0].expected);
    assert!((row.measured - limit).abs() < 0.01 * limit + 4.0 * row.standard_error, "{row:?}");
    assert!(row.standard_error < 0.025 * limit, "{row:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Gangs, shares, nodes with one host processor, wrong estimates: nobody is left standing.
    #[test]
    fn every_line_moves_on(tasks in raw(), choose in 0..8usize, steal in 0..3usize) {
        let rules = ["random", "round-robin", "jsq", "power-of-d", "jiq", "least-work", "fastest-finish", "met"];
        let steal = ["none", "one", "half"][steal];
        let run = by(&random_graph(&tasks), json!({"name": "dispatch", "choose": rules[choose], "steal": steal}));
        for row in &run.tasks {
            prop_assert_eq!(row.text("status"), "completed");
        }
    }
}
