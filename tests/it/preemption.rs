//! Preemption and its price: schedules by hand, to the nanosecond.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use proptest::prelude::*;
use serde_json::{Value, json};
use xpu_manager_rust::experiment::Replication;
use xpu_manager_rust::policy::registry::Registry;
use xpu_manager_rust::scenario::Loader;
use xpu_manager_rust::verify::{Expectation, Size, System, verify};

use super::conserve::config;
use super::support::{Run, cluster, cpus, run, try_run, under};

/// Tasks `(arrival, duration)` called 1, 2, … on one neutral CPU, 100 W when it works.
fn one_unit(tasks: &[(f64, f64)], policies: Value) -> Value {
    let tasks: Vec<Value> = tasks
        .iter()
        .zip(1..)
        .map(
            |((arrival, duration), id)| json!({"id": id, "arrival": arrival, "duration": duration, "runs_on": ["cpu"]}),
        )
        .collect();
    let mut scenario = cpus(1, json!(tasks));
    scenario["policies"] = policies;
    scenario
}

fn column<const N: usize>(run: &Run, column: &str) -> [String; N] {
    std::array::from_fn(|i| run.task(&(i + 1).to_string()).text(column).to_owned())
}

fn no_metric(run: &Run, name: &str) -> bool {
    !run.replications[0].metrics.contains_key(name)
}

fn priced(save: Value, restore: Value, work: &str) -> Value {
    json!({"scheduler": "srpt", "preemption": {"save": save, "restore": restore, "work": work}})
}

/// At 2, 2 has 3 s to do and 1 has 8: 1 saves until 4. 2: 4–7. 1 restores 7–12 and works 12–20.
#[test]
fn saving_and_restoring_hold_the_unit_and_do_no_work() {
    let run = run(one_unit(&[(0.0, 10.0), (2.0, 3.0)], priced(json!("2 s"), json!(5), "kept")));
    assert_eq!(column(&run, "start_s"), ["0", "4"]);
    assert_eq!(column(&run, "finish_s"), ["20", "7"]);
    assert_eq!(column(&run, "run_s"), ["10", "3"]);
    assert_eq!(column(&run, "preemptions"), ["1", "0"]);
    // The unit works all the time: 17 s for 1, 3 s for 2.
    assert_eq!(column(&run, "energy_j"), ["1700", "300"]);
    run.expect("energy_j.active", 2000.0);
    run.expect("utilization.cpu", 1.0);
    run.expect("preemption.overhead_s", 7.0);
    assert!(no_metric(&run, "preemption.lost_s"));
    // While it saves it is not in the queue: 2 waits from 2 to 4, 1 from 4 to 7.
    run.expect("queue.mean", 5.0 / 20.0);
}

/// One nanosecond each way counts.
#[test]
fn nanoseconds_count() {
    let run = run(one_unit(&[(0.0, 10.0), (2.0, 3.0)], priced(json!("1 ns"), json!("3 ns"), "kept")));
    assert_eq!(column(&run, "finish_s"), ["13.000000004", "5.000000001"]);
}

/// No price, no metric, and the schedule of old: 1 (0–2), 2 (2–5), 1 (5–13).
#[test]
fn preemption_is_free_unless_said_otherwise() {
    for policies in [json!({"scheduler": "srpt"}), json!({"scheduler": "srpt", "preemption": {}})] {
        let run = run(one_unit(&[(0.0, 10.0), (2.0, 3.0)], policies));
        assert_eq!(column(&run, "finish_s"), ["13", "5"]);
        assert!(no_metric(&run, "preemption.overhead_s") && no_metric(&run, "preemption.lost_s"));
    }
}

/// 1 works 0–2 for nothing; 2: 2–5; 1 anew: 5–15.
#[test]
fn lost_work_is_done_again() {
    let run = run(one_unit(&[(0.0, 10.0), (2.0, 3.0)], priced(json!(0), json!(0), "lost")));
    assert_eq!(column(&run, "finish_s"), ["15", "5"]);
    assert_eq!(column(&run, "run_s"), ["10", "3"]);
    assert_eq!(column(&run, "energy_j"), ["1200", "300"]);
    run.expect("preemption.lost_s", 2.0);
    assert!(no_metric(&run, "preemption.overhead_s"));
}

/// As above until 7; then 1 restores, and 3 comes at 9. 1 has done nothing since 7, so there is nothing to save: 3 runs
/// 9–10, and 1 restores anew, 10–15, and works 15–23. Overhead: 2 + 2 + 5.
#[test]
fn who_has_done_nothing_has_nothing_to_save() {
    let tasks = [(0.0, 10.0), (2.0, 3.0), (9.0, 1.0)];
    let run = run(one_unit(&tasks, priced(json!(2), json!(5), "kept")));
    assert_eq!(column(&run, "finish_s"), ["23", "7", "10"]);
    assert_eq!(column(&run, "run_s"), ["10", "3", "1"]);
    assert_eq!(column(&run, "preemptions"), ["2", "0", "0"]);
    run.expect("preemption.overhead_s", 9.0);
}

/// 3 comes at 3, while 1 saves for 2, and is shorter: it has the unit at 4. 2: 5–8. 1 restores 8–13, works 13–21.
#[test]
fn the_best_of_those_who_wait_gets_what_was_saved_for_another() {
    let tasks = [(0.0, 10.0), (2.0, 3.0), (3.0, 1.0)];
    let run = run(one_unit(&tasks, priced(json!(2), json!(5), "kept")));
    assert_eq!(column(&run, "start_s"), ["0", "5", "4"]);
    assert_eq!(column(&run, "finish_s"), ["21", "8", "5"]);
}

/// 32 GB per unit: 2 s out at 16 GB/s, 4 s back at 8 GB/s, both units of the gang at once. 2 has no memory to save.
/// 1: 0–2, saves –4; 2: 4–7; 1 restores –11, works –19. At 12, 3 (6 GB) is shorter: 1 saves 12–14, 3: 14–15,
/// 1 restores 15–19, and works its last 7 s until 26.
#[test]
fn a_checkpoint_is_as_large_as_the_device_memory() {
    let tasks = json!([
        {"id": 1, "duration": 10, "units": 2, "memory": "32 GB", "runs_on": ["gpu"]},
        {"id": 2, "arrival": 2, "duration": 3, "runs_on": ["gpu"]},
        {"id": 3, "arrival": 12, "duration": 1, "memory": "6 GB", "runs_on": ["gpu"]},
    ]);
    let run = run(json!({
        "cluster": {"nodes": [{"name": "n", "units": [{"device": "gpu-generic", "count": 2}]}]},
        "workload": [{"source": "tasks", "tasks": tasks}],
        "policies": priced(json!({"bandwidth": "16 GB/s"}), json!({"bandwidth": "8 GB/s"}), "kept"),
    }));
    assert_eq!(column(&run, "start_s"), ["0", "4", "14"]);
    assert_eq!(column(&run, "finish_s"), ["26", "7", "15"]);
    run.expect("preemption.overhead_s", 12.0);
}

/// Of its 32 GB, 1 saves 8 GB: half a second. 2: 2.5–5.5; 1 restores –6 and works –14.
#[test]
fn a_checkpoint_may_be_smaller_than_the_memory() {
    let run = run(json!({
        "cluster": {"nodes": [{"name": "n", "units": [{"device": "gpu-generic"}]}]},
        "workload": [{"source": "tasks", "tasks": [
            {"id": 1, "duration": 10, "memory": "32 GB", "checkpoint": "8 GB", "runs_on": ["gpu"]},
            {"id": 2, "arrival": 2, "duration": 3, "runs_on": ["gpu"]},
        ]}],
        "policies": priced(json!({"bandwidth": "16 GB/s"}), json!({"bandwidth": "16 GB/s"}), "kept"),
    }));
    assert_eq!(column(&run, "finish_s"), ["14", "5.5"]);
}

/// Two units: 1 (both, 20 s) gives way at 2 to 2 (one unit, 3 s); the other unit is free at 2, falls asleep at 3 after
/// its second of idleness, and wakes for 1 at 5, until 8.
#[test]
fn a_unit_that_is_left_alone_falls_asleep() {
    let run = run(json!({
        "devices": {"own": {"kind": "cpu", "power": {"idle": 10, "active": 30},
                            "sleep": {"power": 1, "entry": 2, "wake": 3, "wake_power": 20}}},
        "cluster": {"nodes": [{"name": "n", "units": [{"device": "own", "count": 2}]}]},
        "workload": [{"source": "tasks", "tasks": [
            {"id": 1, "duration": 20, "units": 2, "runs_on": ["cpu"]},
            {"id": 2, "arrival": 2, "duration": 3, "runs_on": ["cpu"]},
        ]}],
        "policies": {"scheduler": "srpt", "sleep": {"name": "timeout", "after": 1}},
    }));
    assert_eq!(column(&run, "finish_s"), ["26", "5"]);
    // Active: both 0–2 and 8–26, one 2–5; idle: the other 2–3, the first 5–8; transition: entry 3–5, wake 5–8.
    run.expect("energy_j.active", (40.0 + 3.0) * 30.0);
    run.expect("energy_j.idle", 40.0);
    run.expect("energy_j.transition", 100.0);
}

/// Four units. 3, the shortest, is on unit 0, 1 on units 1 and 2, 2 on unit 3. At 5 they have 5, 15 and 25 s left. 4 needs
/// two units for 3 s: the worst is 2, but its unit alone is not enough; with those of 1 there are three, and the lowest
/// two are 1's. So 2 stays.
#[test]
fn only_those_whose_units_are_needed_give_way() {
    let tasks = json!([
        {"id": 1, "duration": 20, "units": 2, "runs_on": ["cpu"]},
        {"id": 2, "duration": 30, "runs_on": ["cpu"]},
        {"id": 3, "duration": 10, "runs_on": ["cpu"]},
        {"id": 4, "arrival": 5, "duration": 3, "units": 2, "runs_on": ["cpu"]},
    ]);
    let run = run(under(cpus(4, tasks), json!("srpt")));
    assert_eq!(column(&run, "finish_s"), ["23", "30", "10", "8"]);
    assert_eq!(column(&run, "preemptions"), ["1", "0", "0", "0"]);
    assert_eq!(run.task("4").list("units"), [1, 2]);
}

/// Two nodes of two units, a long task and a short one in each. At 1 a gang comes that must be in one node: it could push
/// both long ones aside, but not the short ones, so that would be in vain. At 4.25 unit 1 is free, and 1 makes way beside
/// it: 4.25–11.25. 1 has 15.75 s left, less than the 16.25 s of 3, whose unit it takes, until 20; 3 goes on on unit 3 from
/// 6.75 to 23.
#[test]
fn nobody_gives_way_in_vain() {
    let tasks = json!([
        {"id": 1, "arrival": 0, "duration": 20, "runs_on": ["cpu"]},
        {"id": 2, "arrival": 0.25, "duration": 4, "runs_on": ["cpu"]},
        {"id": 3, "arrival": 0.5, "duration": 20, "runs_on": ["cpu"]},
        {"id": 4, "arrival": 0.75, "duration": 6, "runs_on": ["cpu"]},
        {"id": 5, "arrival": 1, "duration": 7, "units": 2, "one_node": true, "runs_on": ["cpu"]},
    ]);
    let mut scenario = under(cpus(2, tasks), json!("srpt"));
    scenario["cluster"]["nodes"][0]["count"] = json!(2);
    let run = run(scenario);
    assert_eq!(column(&run, "finish_s"), ["20", "4.25", "23", "6.75", "11.25"]);
    assert_eq!(column(&run, "preemptions"), ["1", "0", "1", "0", "0"]);
}

/// 2 comes at 8 with 5 s: less than the 10 s of 1, more than the 2 s that are left of it.
#[test]
fn psjf_goes_by_the_whole_and_srpt_by_the_rest() {
    for (scheduler, finish) in [("psjf", ["15", "13"]), ("srpt", ["10", "15"])] {
        let run = run(one_unit(&[(0.0, 10.0), (8.0, 5.0)], json!({"scheduler": scheduler})));
        assert_eq!(column(&run, "finish_s"), finish, "{scheduler}");
    }
}

/// 1 and 2 are equals, so 2 does not disturb 1; 3 does, 2–5; then 1 is before 2: 5–8, 8–10.
#[test]
fn equals_do_not_preempt_each_other() {
    let mut scenario = one_unit(&[(0.0, 5.0), (1.0, 2.0), (2.0, 3.0)], json!({"scheduler": "priority-preemptive"}));
    scenario["workload"][0]["tasks"][2]["priority"] = json!(5);
    let run = run(scenario);
    assert_eq!(column(&run, "finish_s"), ["8", "10", "5"]);
    assert_eq!(column(&run, "preemptions"), ["1", "0", "0"]);
}

/// Quanta of 1 s. 1 has one at 1, so 2 runs, its first quantum 1–2, and, as 1 has no fewer, its second 2–3; now 1:
/// its second 3–4 and third 4–5; 2: its third and last 5–6; 1: 6–7.
#[test]
fn least_attained_service_by_quanta() {
    let run = run(one_unit(&[(0.0, 4.0), (1.0, 3.0)], json!({"scheduler": "las"})));
    assert_eq!(column(&run, "finish_s"), ["7", "6"]);
    assert_eq!(column(&run, "preemptions"), ["2", "1"]);
}

/// With 1 s to save and to restore: 1: 0–1, saves –2; 2: two quanta 2–4, saves –5; 1 restores –6, works two quanta –8,
/// saves –9; 2 restores –10, works –11; 1 restores –12, works –13.
#[test]
fn overhead_is_no_attained_service() {
    let policies = json!({"scheduler": "las", "preemption": {"save": 1, "restore": 1}});
    let run = run(one_unit(&[(0.0, 4.0), (1.0, 3.0)], policies));
    assert_eq!(column(&run, "finish_s"), ["13", "11"]);
    run.expect("preemption.overhead_s", 6.0);
}

/// 1 (0–1), 2 (1–2), 3 (2–3, done), 1 (3–4, done), 2 (4–6: alone, it is not interrupted).
#[test]
fn round_robin_by_turns() {
    let run = run(one_unit(&[(0.0, 2.0), (0.0, 3.0), (0.0, 1.0)], json!({"scheduler": "rr"})));
    assert_eq!(column(&run, "finish_s"), ["4", "6", "3"]);
    assert_eq!(column(&run, "preemptions"), ["1", "1", "0"]);
}

/// 1 is in its second quantum, 2–4, when 2 comes at 2.5: 2 runs 4–5, 1 its last second 5–6. At 4, 3 comes too, and stands
/// before 1: so 3: 5–6, 1: 6–7.
#[test]
fn a_newcomer_waits_for_the_end_of_the_quantum() {
    let policies = json!({"scheduler": {"name": "rr", "quantum": "2 s"}});
    let two = run(one_unit(&[(0.0, 5.0), (2.5, 1.0)], policies.clone()));
    assert_eq!(column(&two, "finish_s"), ["6", "5"]);
    let three = run(one_unit(&[(0.0, 5.0), (2.5, 1.0), (4.0, 1.0)], policies));
    assert_eq!(column(&three, "finish_s"), ["7", "5", "6"]);
}

/// Quanta of 2 s, 1 s to save, 1 s to restore: 1: 0–2, saves –3; 2: 3–5, done; 1 restores –6, works –8. The quantum is
/// time of work: one of 1 s, shorter than a switch, makes progress too. 1: 0–1, –2; 2: 2–3, saves –4; 1: 5–6, –7;
/// 2: restores –8, 8–9, done; 1: restores –10, works two more, alone, –12.
#[test]
fn switches_of_round_robin_cost() {
    for (quantum, finish) in [(2, ["8", "5"]), (1, ["12", "9"])] {
        let policies =
            json!({"scheduler": {"name": "rr", "quantum": quantum}, "preemption": {"save": 1, "restore": 1}});
        let run = run(one_unit(&[(0.0, 4.0), (0.0, 2.0)], policies));
        assert_eq!(column(&run, "finish_s"), finish, "{quantum}");
    }
}

/// Two units. 3 needs both. At 1 the quantum of 1 is over, but its unit alone is no help: it goes on. At 1.5 that of 2 is
/// over too, and both give way: 3: 1.5–2.5, then 1 for 1.5 s and 2 for 2 s.
#[test]
fn a_gang_has_its_turn_when_all_its_units_have() {
    let tasks = json!([
        {"id": 1, "duration": 3, "runs_on": ["cpu"]},
        {"id": 2, "arrival": 0.5, "duration": 3, "runs_on": ["cpu"]},
        {"id": 3, "arrival": 0.5, "duration": 1, "units": 2, "runs_on": ["cpu"]},
    ]);
    let run = run(under(cpus(2, tasks), json!("rr")));
    assert_eq!(run.starts([1, 2, 3]), [0.0, 0.5, 1.5]);
    assert_eq!(column(&run, "finish_s"), ["4", "4.5", "2.5"]);
}

/// What cannot be is told, with its place.
#[test]
fn nonsense_is_refused() {
    for (policies, words) in [
        (json!({"scheduler": {"name": "rr", "quantum": 0}}), ["/policies/scheduler/quantum", "> 0"]),
        (json!({"scheduler": {"name": "las", "quantum": 0}}), ["/policies/scheduler/quantum", "> 0"]),
        (json!({"preemption": {"save": {"bandwidth": 0}}}), ["/policies/preemption/save/bandwidth", "1 B/s"]),
        (json!({"preemption": {"restore": {"bandwith": 1}}}), ["/policies/preemption/restore", "bandwidth"]),
        (json!({"preemption": {"work": "lots"}}), ["/policies/preemption/work", "lost"]),
        (json!({"preemption": {"save": -1}}), ["/policies/preemption/save", "-1"]),
    ] {
        let error = try_run(one_unit(&[(0.0, 1.0)], policies.clone()), &Loader::default()).err();
        let error = error.unwrap_or_else(|| panic!("{policies} was taken"));
        assert!(words.iter().all(|w| error.contains(w)), "{error}");
    }
}

/// With a small quantum, tasks share the unit, and the mean response is `E[S] / (1 - rho)` = 10/3 s whatever the law of the
/// services; first come, first served it would be 8.6 s here. The quantum of 0.1 s costs about 0.05 s. Four standard errors
/// over 20 replications: a correct program would fail with probability 8e-4, and with the seed fixed does not.
#[test]
fn round_robin_shares_as_its_quantum_shrinks() {
    let scenario = |tasks: f64| {
        let time = tasks / 0.7;
        json!({
            "stop": {"time": time}, "warmup": time / 10.0, "cluster": cluster("cpu-generic", 1),
            "workload": [{"source": "synthetic", "arrivals": {"process": "poisson", "rate": 0.7}, "tasks": [{"runs_on": ["cpu"],
                "duration": {"dist": "hyperexponential", "weights": [0.9, 0.1], "means": [0.5, 5.5]}}]}],
            "policies": {"scheduler": {"name": "rr", "quantum": "100 ms"}},
        })
    };
    let expectations = || {
        let measure = Box::new(|r: &Replication| r.metrics.get("response_s.mean").copied());
        vec![Expectation { quantity: "mean response", expected: 10.0 / 3.0, measure }]
    };
    let system = System { name: "M/G/1 round-robin", scenario, expectations };
    let size = Size { tasks: 2_000, replications: 20, seed: 20_240_229 };
    let rows = verify(&system, size, &Arc::new(Registry::builtin()), Arc::new(AtomicBool::new(false))).unwrap();
    assert!(rows.iter().all(|r| r.deviation().abs() <= 4.0 && r.standard_error <= 0.2), "{rows:?}");
}

fn lists() -> impl Strategy<Value = Vec<(u32, u32, u32)>> {
    prop::collection::vec((0..40u32, 1..20u32, 1..4u32), 2..14)
}

fn spread(tasks: &[(u32, u32, u32)], units: u32) -> Value {
    let tasks: Vec<Value> = tasks
        .iter()
        .map(|(a, d, w)| json!({"arrival": a, "duration": d, "units": w.min(&units), "priority": d % 3, "runs_on": ["cpu"]}))
        .collect();
    cpus(units, json!(tasks))
}

proptest! {
    #![proptest_config(config(60))]

    /// A quantum that nobody exceeds is first come, first served: exactly, gangs included.
    #[test]
    fn a_long_quantum_is_first_come_first_served(tasks in lists(), units in 1..5u32) {
        let times = |scheduler: Value| -> Vec<(String, String, String)> {
            let run = run(under(spread(&tasks, units), scheduler));
            run.tasks.iter().map(|t| ["task", "start_s", "finish_s"].map(|c| t.text(c).to_owned()).into()).collect()
        };
        let fifo = times(json!("fifo"));
        for name in ["rr", "las"] {
            prop_assert_eq!(&times(json!({"name": name, "quantum": 20})), &fifo, "{}", name);
        }
    }

    /// On one unit no work is lost and none is done twice: the unit is never idle while anybody waits, so the last end
    /// is that of first come, first served, whoever is preempted how often.
    #[test]
    fn one_unit_ends_when_the_work_is_done(tasks in lists()) {
        let last = |scheduler: &str| {
            let run = run(under(spread(&tasks, 1), json!(scheduler)));
            run.tasks.iter().map(|t| t.nanos("finish_s")).max()
        };
        let fifo = last("fifo");
        for name in ["srpt", "psjf", "las", "rr", "priority-preemptive", "tiresias-shortest", "tiresias-dlas"] {
            prop_assert_eq!(last(name), fifo, "{}", name);
        }
    }

    /// With a price, every second of every unit's work is accounted for: work, overhead, or work lost.
    #[test]
    fn busy_time_is_work_overhead_and_loss(tasks in lists(), save in 0..4u32, restore in 0..4u32, lost in any::<bool>()) {
        for name in ["srpt", "psjf", "las", "priority-preemptive", "tiresias-sjf"] {
            // Whoever loses what it has done has the least attained service again: two would take turns for ever.
            if lost && name == "las" {
                continue;
            }
            let mut scenario = under(spread(&tasks, 1), json!(name));
            let work = if lost { "lost" } else { "kept" };
            scenario["policies"]["preemption"] = json!({"save": save, "restore": restore, "work": work});
            let run = run(scenario);
            let worked: f64 = run.tasks.iter().map(|t| t.real("run_s")).sum();
            let given: f64 = tasks.iter().map(|(_, d, _)| f64::from(*d)).sum();
            prop_assert!((worked - given).abs() < 1e-6, "{}: worked {}, came {}", name, worked, given);
            let extra = |m: &str| run.replications[0].metrics.get(m).copied().unwrap_or(0.0);
            let accounted = worked + extra("preemption.overhead_s") + extra("preemption.lost_s");
            let busy: f64 = run.units.iter().map(|u| u.real("busy_s")).sum();
            prop_assert!((busy - accounted).abs() < 1e-6, "{}: busy {}, accounted {}", name, busy, accounted);
        }
    }
}
