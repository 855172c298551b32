//! Mappers: all heuristics on one small matrix, plans made anew, gangs, thresholds.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::dag::{random_graph, raw};
use super::support::{Run, cpus, run, under};

const MAPPERS: [&str; 6] = ["min-min", "max-min", "sufferage", "mct", "met", "olb"];

/// One unit each of kinds A and B; tasks 1, 2, … at 0 with their times there.
fn matrix(times: &[[u32; 2]]) -> Value {
    let device = json!({"kind": "cpu", "power": {"idle": 1, "active": 2}});
    let task = |(i, [a, b]): (usize, &[u32; 2])| json!({"id": i + 1, "duration": 1, "runs_on": {"A": 1.0 / f64::from(*a), "B": 1.0 / f64::from(*b)}});
    json!({"devices": {"A": device, "B": device},
        "cluster": {"nodes": [{"name": "n", "units": [{"device": "A"}, {"device": "B"}]}]},
        "workload": [{"source": "tasks", "tasks": times.iter().enumerate().map(task).collect::<Vec<_>>()}]})
}

fn by(scenario: &Value, scheduler: Value) -> Run {
    run(under(scenario.clone(), scheduler))
}

/// Times on A and B: 1: 5 2, 2: 2 1, 3: 7 6, 4: 9 2. A plan made anew gives the same as all go as estimated.
///
/// - min-min: 2 on B (ends 1), 1 on B (3, as 4 would), 4 on B (5), 3 on A (7).
/// - max-min: 3 on B (6), 1 on A (5), then 4 on B (8), then 2 on A (7).
/// - sufferage: all want B: 1 suffers 3, 2 suffers 1, 3 suffers 1, 4 suffers 7 and gets it (2). Then 1 suffers 1 for B (4
///   or 5), 2 wants A (2 or 3), as 3 does (7 or 8), both suffer 1: 1 gets B (4), 2 gets A (2). 3 goes to A (9 or 10).
/// - MCT: 1 on B (2), 2 on A (2), 3 on B (8 or 9), 4 on B (10 or 11).
/// - MET: all on B: 2, 3, 9, 11.
/// - OLB: 1 on A (5), 2 on B (1), 3 on B (7), 4 on A (14).
#[test]
fn six_heuristics_on_one_matrix() {
    let scenario = matrix(&[[5, 2], [2, 1], [7, 6], [9, 2]]);
    for (mapper, units, starts, makespan) in [
        ("min-min", [1, 1, 0, 1], [1.0, 0.0, 0.0, 3.0], 7.0),
        ("max-min", [0, 0, 1, 1], [0.0, 5.0, 0.0, 6.0], 8.0),
        ("sufferage", [1, 0, 0, 1], [2.0, 0.0, 2.0, 0.0], 9.0),
        ("mct", [1, 0, 1, 1], [0.0, 0.0, 2.0, 8.0], 10.0),
        ("met", [1, 1, 1, 1], [0.0, 2.0, 3.0, 9.0], 11.0),
        ("olb", [0, 1, 1, 0], [0.0, 0.0, 1.0, 5.0], 14.0),
    ] {
        let run = by(&scenario, json!(mapper));
        assert_eq!([1, 2, 3, 4].map(|n: u32| run.task(&n.to_string()).list("units")[0]), units, "{mapper}");
        assert_eq!(run.starts([1, 2, 3, 4]), starts, "{mapper}");
        run.expect("makespan_s", makespan);
    }
}

/// One unit, 1 (10 s) and 2 (5 s) at 0; 3 (1 s) at 1. Min-min takes 2 (0–5), then of 1 and 3 the newcomer (5–6). The
/// others take 1 (0–10), then 2: it is longer, and all suffer alike where there is one unit.
#[test]
fn a_plan_is_made_anew_when_tasks_come() {
    let tasks = json!([
        {"id": 1, "duration": 10, "runs_on": ["cpu"]},
        {"id": 2, "duration": 5, "runs_on": ["cpu"]},
        {"id": 3, "arrival": 1, "duration": 1, "runs_on": ["cpu"]},
    ]);
    for mapper in MAPPERS {
        let starts = if mapper == "min-min" { [6.0, 0.0, 5.0] } else { [0.0, 10.0, 15.0] };
        assert_eq!(by(&cpus(1, tasks.clone()), json!(mapper)).starts([1, 2, 3]), starts, "{mapper}");
    }
}

/// 1 is estimated at 2 s on A, which B would need 20 for, and takes 6 in truth. 2 takes 4 on A and 9 on B: it would end
/// at 6 or at 9, so it waits for A though B is free. At 3, when 3 comes, which only B can run, 1 is overdue and expected to
/// end any moment: 2 still waits, until 6.
#[test]
fn a_free_unit_may_wait_for_a_better_one() {
    let device = json!({"kind": "cpu", "power": {"idle": 1, "active": 2}});
    let scenario = json!({"devices": {"A": device, "B": device},
        "cluster": {"nodes": [{"name": "n", "units": [{"device": "A"}, {"device": "B"}]}]},
        "workload": [{"source": "tasks", "tasks": [
            {"id": 1, "duration": 6, "estimate": 2, "runs_on": {"A": 1.0, "B": 0.1}},
            {"id": 2, "duration": 4, "runs_on": {"A": 1.0, "B": 4.0 / 9.0}},
            {"id": 3, "duration": 1, "arrival": 3, "runs_on": ["B"]}]}]});
    assert_eq!(by(&scenario, json!("mct")).starts([1, 2, 3]), [0.0, 6.0, 3.0]);
}

/// Three units, 1 runs 0–2 on unit 0. 2, a gang of three, is mapped to all from 2 on: 3 (1 s), behind it, would fit
/// into the hole, but the plan has no holes: it starts at 5. Min-min maps 3 before.
#[test]
fn a_gang_takes_the_units_that_are_ready_first() {
    let tasks = json!([
        {"id": 1, "duration": 2, "runs_on": ["cpu"]},
        {"id": 2, "arrival": 1, "duration": 3, "units": 3, "runs_on": ["cpu"]},
        {"id": 3, "arrival": 1, "duration": 1, "runs_on": ["cpu"]},
    ]);
    for mapper in MAPPERS {
        let starts = if mapper == "min-min" { [0.0, 2.0, 1.0] } else { [0.0, 2.0, 5.0] };
        let run = by(&cpus(3, tasks.clone()), json!(mapper));
        assert_eq!(run.starts([1, 2, 3]), starts, "{mapper}");
    }
}

/// Halves of a unit: three tasks of 4 s and a whole one. In order of arrival the first two share the unit, as the second
/// is next in line and fits; the third waits for the fourth's turn after it.
#[test]
fn a_part_of_a_unit_is_given_to_the_next_in_line() {
    let task = |id: u32, share: f64| json!({"id": id, "duration": 4, "share": share, "runs_on": ["cpu"]});
    let tasks = json!([task(1, 0.5), task(2, 0.5), task(3, 0.5), task(4, 1.0)]);
    for mapper in ["mct", "met", "olb", "min-min", "max-min", "sufferage"] {
        assert_eq!(by(&cpus(1, tasks.clone()), json!(mapper)).starts([1, 2, 3, 4]), [0.0, 0.0, 4.0, 8.0], "{mapper}");
    }
}

/// A fast unit and one of a quarter of its speed; three tasks of 4 s at 0. 1 gets the fast one. With 2 the others wait,
/// two of them: enough for the slow unit at a threshold of 2, not at 3. 3 waits alone: the slow unit is taken anyway.
#[test]
fn slow_units_are_for_long_queues() {
    let device = |speed: f64| json!({"kind": "cpu", "speed": speed, "power": {"idle": 1, "active": 2}});
    let scenario = |count: u32| {
        let task = |id: u32| json!({"id": id, "duration": 4, "runs_on": ["cpu"]});
        json!({"devices": {"fast": device(1.0), "slow": device(0.25)},
            "cluster": {"nodes": [{"name": "n", "units": [{"device": "slow"}, {"device": "fast"}]}]},
            "workload": [{"source": "tasks", "tasks": (1..=count).map(task).collect::<Vec<_>>()}]})
    };
    let starts = |slow_at: Value| by(&scenario(3), json!({"name": "threshold", "slow_at": slow_at})).starts([1, 2, 3]);
    assert_eq!(starts(json!(1)), [0.0, 0.0, 4.0]);
    assert_eq!(starts(json!(2)), [0.0, 0.0, 4.0]);
    assert_eq!(starts(json!(3)), [0.0, 4.0, 8.0]);
    assert_eq!(starts(json!({"slow": 3})), [0.0, 4.0, 8.0]);
    assert_eq!(starts(json!({"other": 3})), [0.0, 0.0, 4.0]);
    // Two tasks: the second waits alone.
    assert_eq!(by(&scenario(2), json!("threshold")).starts([1, 2]), [0.0, 4.0]);
    assert_eq!(by(&scenario(2), json!({"name": "threshold", "slow_at": 1})).starts([1, 2]), [0.0, 0.0]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Gangs, shares, nodes with one host processor, wrong estimates: all tasks end.
    #[test]
    fn every_task_gets_its_turn(tasks in raw(), mapper in 0..7usize) {
        let name = MAPPERS.get(mapper).copied().unwrap_or("threshold");
        let run = by(&random_graph(&tasks), json!(name));
        for row in &run.tasks {
            prop_assert_eq!(row.text("status"), "completed");
        }
    }
}
