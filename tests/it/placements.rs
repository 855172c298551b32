//! Placements one by one, on clusters of a few units: which units each task gets, by hand.

use serde_json::{Value, json};

use super::support::{Run, run};

/// Nodes of `units` GPUs each, named in order; tasks arrive a second apart and stay for 1,000 s unless they say
/// otherwise.
fn scenario(nodes: &[(&str, u32)], placement: Value, mut tasks: Vec<Value>) -> Value {
    for (i, task) in tasks.iter_mut().enumerate() {
        let defaults =
            [("id", json!(i + 1)), ("arrival", json!(i)), ("duration", json!(1000)), ("runs_on", json!(["gpu"]))];
        for (key, value) in defaults {
            if task.get(key).is_none() {
                task[key] = value;
            }
        }
    }
    let nodes: Vec<Value> =
        nodes.iter().map(|(name, n)| json!({"name": name, "units": [{"device": "g", "count": n}]})).collect();
    json!({
        "devices": {"g": {"kind": "gpu", "power": {"idle": 10, "active": 30}}},
        "cluster": {"nodes": nodes},
        "workload": [{"source": "tasks", "tasks": tasks}],
        "policies": {"scheduler": {"backfill": "greedy", "placement": placement}},
    })
}

#[track_caller]
fn gets(run: &Run, expected: &[&[usize]]) {
    let found: Vec<Vec<usize>> = (1..=expected.len()).map(|n| run.task(&n.to_string()).list("units")).collect();
    assert_eq!(found, expected);
}

fn shares(parts: &[f64]) -> Vec<Value> {
    parts.iter().map(|s| json!({"share": s})).collect()
}

/// Units 0, 1, 2 in turn while all are equal; 2 has ended at 4, so unit 1 is empty when 5 comes at 4.
#[test]
fn jsq_counts_residents() {
    let mut tasks = shares(&[0.25; 6]);
    tasks[1]["duration"] = json!(2.5);
    // Whoever looks at all units is as good as the one who does.
    for placement in [json!("jsq"), json!({"name": "power-of-d", "d": 3})] {
        let run = run(scenario(&[("n", 3)], placement, tasks.clone()));
        gets(&run, &[&[0], &[1], &[2], &[0], &[1], &[1]]);
    }
}

/// Two nodes that give processors: the node with fewer residents, then its emptier unit.
#[test]
fn jsq_counts_residents_of_nodes() {
    let mut tasks = shares(&[0.25; 5]);
    for task in &mut tasks {
        task["host_cpus"] = json!(1);
    }
    for placement in [json!("jsq"), json!({"name": "power-of-d", "d": 2})] {
        gets(&run(scenario(&[("a", 2), ("b", 2)], placement, tasks.clone())), &[&[0], &[2], &[1], &[3], &[0]]);
    }
}

/// Of two units the one drawn, whatever is on it: 1,000 tasks, 500 on each with a standard deviation of 15.8; five
/// of them fail by chance in 6 of ten million seeds. With `d` 2 the numbers stay within one of each other.
#[test]
fn one_choice_is_random_and_two_are_not() {
    let tasks = || shares(&vec![0.0005; 1000]);
    let on_first = |placement| {
        let run = run(scenario(&[("n", 2)], placement, tasks()));
        run.tasks.iter().filter(|t| t.list("units") == [0]).count()
    };
    let one = on_first(json!({"name": "power-of-d", "d": 1}));
    assert!(one.abs_diff(500) < 79 && one != 500, "{one}");
    assert_eq!(on_first(json!({"name": "power-of-d", "d": 2})), 500);
    // The two idle units first; then by lot.
    let jiq = on_first(json!("jiq"));
    assert!(jiq.abs_diff(500) < 79 && jiq != 500, "{jiq}");
}

/// Idle units go before others with room, lowest number first: 3 leaves unit 1 at 4, where 5 then goes.
#[test]
fn jiq_prefers_the_idle() {
    let mut tasks = shares(&[0.5, 1.0, 0.5, 0.5]);
    tasks[1]["duration"] = json!(1.5);
    // At 2 unit 2 is the only idle one; at 3 unit 1 is.
    gets(&run(scenario(&[("n", 3)], json!("jiq"), tasks)), &[&[0], &[1], &[2], &[1]]);
}

/// 0.5 on each of `a`'s units would leave no whole one there: packing keeps them on one. Pairs are for one node.
#[test]
fn pack_fills_and_spread_empties() {
    let tasks = || vec![json!({"share": 0.5}), json!({"share": 0.5}), json!({"units": 2}), json!({"share": 0.5})];
    let nodes = [("a", 2), ("b", 2)];
    gets(&run(scenario(&nodes, json!("pack"), tasks())), &[&[0], &[0], &[2, 3], &[1]]);
    // Spread: `a`, then the empty `b`; of equals (1.5 free each) `a`, there the empty unit.
    let run = run(scenario(&nodes, json!("spread"), shares(&[0.5; 4])));
    gets(&run, &[&[0], &[2], &[1], &[3]]);
}

/// The kinds compete: 2 could have a fast unit of its own, but the node of the slow one is fuller.
#[test]
fn nodes_of_all_kinds_compete() {
    let tasks = vec![json!({"share": 0.5, "device": ["g"]}), json!({"share": 0.5})];
    let mut scenario = scenario(&[("a", 1)], json!("pack"), tasks);
    scenario["devices"]["fast"] = json!({"kind": "gpu", "speed": 4, "power": {"idle": 10, "active": 30}});
    scenario["cluster"]["nodes"] = json!([
        {"name": "b", "units": [{"device": "fast"}]}, {"name": "a", "units": [{"device": "g"}]}
    ]);
    gets(&run(scenario.clone()), &[&[1], &[1]]);
    scenario["policies"]["scheduler"]["placement"] = json!("best-fit");
    gets(&run(scenario), &[&[1], &[0]]);
}

/// Three nodes of four. 3 units go to the first of equals, 2 to the next; 1 to where one is left. A gang of five
/// that no node holds takes the four of the third and one of the second, not 3, 6, 7, 8 and 9.
#[test]
fn locality_takes_few_nodes() {
    let widths = |list: &[u32]| list.iter().map(|n| json!({"units": n})).collect::<Vec<_>>();
    let nodes = [("a", 4), ("b", 4), ("c", 4)];
    let run_of = |list: &[u32]| run(scenario(&nodes, json!("locality"), widths(list)));
    gets(&run_of(&[3, 2, 1, 2]), &[&[0, 1, 2], &[4, 5], &[3], &[6, 7]]);
    gets(&run_of(&[3, 2, 5]), &[&[0, 1, 2], &[4, 5], &[6, 8, 9, 10, 11]]);
}

/// Nodes `a` (10 processors) and `b` (40), two units each; tasks of one unit and 4 processors.
///
/// | | `a` | `b` |
/// |---|---|---|
/// | empty | ½ · 1 + 0.4 · 1 = **0.9** | ½ · 1 + 0.1 · 1 = 0.6 |
/// | one on `a` | ½ · ½ + 0.4 · 0.6 = 0.49 | **0.6** |
/// | one on each | **0.49** | ½ · ½ + 0.1 · 0.9 = 0.34 |
#[test]
fn dot_product_by_hand() {
    let tasks = vec![json!({"host_cpus": 4}); 4];
    let mut scenario = scenario(&[("a", 2), ("b", 2)], json!("dot-product"), tasks);
    scenario["cluster"]["nodes"][0]["host_cpus"] = json!(10);
    scenario["cluster"]["nodes"][1]["host_cpus"] = json!(40);
    gets(&run(scenario), &[&[0], &[2], &[1], &[3]]);
}

/// Nodes `a` (4 units, 10 processors) and `b` (1 unit, 30); the most of any are 4 and 30. A unit and 2 processors leave
/// 3/4 + 8/30 = 1.02 on `a` and 0 + 28/30 = 0.93 on `b`. Then only `a` has units; without units, 2 processors leave
/// 3/4 + 6/30 on `a` and 0 + 26/30 on `b`, which is less.
#[test]
fn node_best_fit_by_hand() {
    let mut tasks = vec![json!({"host_cpus": 2}); 3];
    tasks[2]["units"] = json!(0);
    tasks.push(json!({"host_cpus": 27}));
    let mut scenario = scenario(&[("a", 4), ("b", 1)], json!("node-best-fit"), tasks);
    scenario["cluster"]["nodes"][0]["host_cpus"] = json!(10);
    scenario["cluster"]["nodes"][1]["host_cpus"] = json!(30);
    scenario["policies"]["queue_limit"] = json!(0);
    scenario["workload"][0]["tasks"][3]["units"] = json!(0);
    let run = run(scenario);
    gets(&run, &[&[4], &[0], &[]]);
    // 27 processors are nowhere left: 2 were taken twice from the 30 of `b`.
    assert_eq!(run.task("4").text("status"), "rejected");
}

/// 10 s of work: on the fast unit 5 s and 100 W more, 500 J; on the slow one 10 s and 30 W more, 300 J. Within 6 s
/// only the fast one can do it; within 3 s none, and it ends first there.
#[test]
fn energy_aware_by_hand() {
    for (deadline, unit) in [(None, 1), (Some(10), 1), (Some(6), 0), (Some(3), 0)] {
        let mut task = json!({"duration": 10});
        if let Some(seconds) = deadline {
            task["deadline"] = json!(seconds);
        }
        let mut scenario = scenario(&[("n", 1)], json!("energy-aware"), vec![task]);
        scenario["devices"] = json!({
            "fast": {"kind": "gpu", "speed": 2, "power": {"idle": 10, "active": 110}},
            "slow": {"kind": "gpu", "power": {"idle": 5, "active": 35}},
        });
        scenario["cluster"]["nodes"][0]["units"] = json!([{"device": "fast"}, {"device": "slow"}]);
        for node_bound in [false, true] {
            scenario["workload"][0]["tasks"][0]["one_node"] = json!(node_bound);
            gets(&run(scenario.clone()), &[&[unit]]);
        }
    }
}

/// Unit 0 has slept since 3, unit 1 is idle but awake: waking would cost, so unit 1 it is.
#[test]
fn energy_aware_lets_sleepers_sleep() {
    let tasks = vec![
        json!({"arrival": 0, "duration": 2}),
        json!({"arrival": 0.5, "duration": 9.5}),
        json!({"arrival": 10.5, "duration": 5}),
    ];
    let mut scenario = scenario(&[("n", 2)], json!("energy-aware"), tasks);
    scenario["devices"]["g"]["sleep"] = json!({"power": 1, "entry": 1, "wake": 2, "wake_power": 15});
    scenario["policies"]["sleep"] = json!({"name": "timeout", "after": 1});
    gets(&run(scenario), &[&[0], &[1], &[1]]);
}

/// Three quarters of the tasks ask for 0.6, the others for 0.4.
///
/// 1 (0.6): both nodes would keep 0.4, too little for three quarters: F falls by −0.3, score 42. Ties go by name,
/// so `a`, which is unit 1. 2 (0.4): `a` loses its fragment, +0.3, score 57; `z` would keep 0.6, score 50. 3 (0.6)
/// fits on `z` alone, 4 nowhere.
fn by_name() -> Value {
    let mut scenario =
        scenario(&[("z", 1), ("a", 1)], json!({"name": "fgd", "coverage": 1}), shares(&[0.6, 0.4, 0.6, 0.6]));
    scenario["policies"]["queue_limit"] = json!(0);
    scenario
}

#[test]
fn fgd_picks_nodes_by_hand() {
    let run = run(by_name());
    gets(&run, &[&[1], &[1], &[0], &[]]);
    assert_eq!(run.task("4").text("status"), "rejected");
}

/// Eight of ten tasks ask for 0.7. 1 (0.2) harms neither unit: the lowest. 2 (0.3): on unit 0, the best fit, it would
/// leave 0.5, of no use to eight of ten (score 40); on unit 1 it leaves 0.7 (score 50). 3 and 4 (0.7) find room on
/// unit 1, which fits exactly, then on unit 0.
#[test]
fn fgd_picks_units_by_hand() {
    let tasks = shares(&[0.2, 0.3, 0.7, 0.7, 0.7, 0.7, 0.7, 0.7, 0.7, 0.7]);
    let of = |placement: Value| {
        let mut scenario = scenario(&[("n", 2)], placement, tasks.clone());
        scenario["policies"]["queue_limit"] = json!(0);
        run(scenario)
    };
    gets(&of(json!({"name": "fgd", "coverage": 1})), &[&[0], &[1], &[1], &[0]]);
    gets(&of(json!("best-fit")), &[&[0], &[0], &[1], &[]]);
}

/// Processors bind too: a node whose units nobody can use for want of processors is all fragment.
///
/// All tasks ask for a unit and 4 processors; `a` has 5 with two units, `b` has 8 with two. 1: on `a` the second unit
/// becomes useless (F +1, score 26), on `b` not (50). 2: on `b` no unit is left, F stays 0 (50); on `a` again 26.
#[test]
fn fgd_minds_processors() {
    let mut scenario =
        scenario(&[("a", 2), ("b", 2)], json!({"name": "fgd", "coverage": 1}), vec![json!({"host_cpus": 4}); 3]);
    scenario["cluster"]["nodes"][0]["host_cpus"] = json!(5);
    scenario["cluster"]["nodes"][1]["host_cpus"] = json!(8);
    gets(&run(scenario), &[&[2], &[3], &[0]]);
}

/// A gang that may leave its node and fits in none is placed all the same.
#[test]
fn fgd_places_gangs_across_nodes() {
    let tasks = vec![json!({"units": 1}), json!({"units": 3})];
    gets(&run(scenario(&[("a", 2), ("b", 2)], json!("fgd"), tasks)), &[&[0], &[1, 2, 3]]);
}

/// By hand, for two units and the tasks of [`by_name`]: demand 30, 50, 80 and 110 %.
///
/// | demand | allocated | fragments | idle |
/// |---|---|---|---|
/// | 0 | 0 | 0 | 2 |
/// | 30 % | 0.6 | 0.3 | 1.4 |
/// | 50 % | 1 | 0 | 1 |
/// | 80 % | 1.6 | 0.3 | 0.4 |
/// | 110 % | 1.6 | 0.3 | 0.4 |
#[test]
fn packing_by_hand() {
    let mut scenario = by_name();
    scenario["output"] = json!({"packing": true});
    let run = run(scenario);
    let rows = super::support::rows(&run.folder.read("packing.csv"));
    assert_eq!(rows.len(), 111);
    let steps = [
        (0, [0, 0, 0], [0.0, 0.0, 0.0]),
        (30, [1, 1, 0], [0.3, 0.15, 0.3 / 1.4]),
        (50, [2, 2, 0], [0.5, 0.0, 0.0]),
        (80, [3, 3, 0], [0.8, 0.15, 0.75]),
        (110, [4, 3, 1], [0.8, 0.15, 0.75]),
    ];
    for (percent, row) in rows.iter().enumerate() {
        let (_, counts, parts) = steps.iter().rev().find(|(from, ..)| *from <= percent).unwrap();
        assert_eq!(row.int("arrived_percent"), percent as u64);
        assert_eq!(["arrived", "placed", "turned_away"].map(|c| row.int(c)), *counts, "{percent}");
        let found = ["allocated", "fragmented", "fragmented_of_idle"].map(|c| row.real(c));
        assert!(found.iter().zip(parts).all(|(f, e)| (f - e).abs() < 1e-12), "{percent}: {found:?}");
    }
    run.expect("packing.arrived", 1.1);
    run.expect("packing.allocated", 0.8);
    run.expect("packing.fragmented_of_idle", 0.75);
}
