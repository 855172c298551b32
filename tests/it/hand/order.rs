//! Who runs when: dependencies, deadlines, preemption, full waiting rooms, warm-up.

use serde_json::{Value, json};

use super::super::support::{Run, cpus, run, under};

/// Graham's instance (SIAM J. Appl. Math. 1969): nine tasks in list order; 9 after 1; 5, 6, 7 and 8 after 4.
fn graham(units: u32, durations: [u32; 9], after_four: &[u32]) -> Run {
    let task = |(i, duration): (usize, &u32)| {
        let id = i as u32 + 1;
        let after = match id {
            9 => vec![1],
            n if after_four.contains(&n) => vec![4],
            _ => vec![],
        };
        json!({"id": id, "duration": duration, "after": after, "runs_on": ["cpu"]})
    };
    let tasks: Vec<Value> = durations.iter().enumerate().map(task).collect();
    let runs = ["fifo", "fifo-greedy"].map(|s| run(under(cpus(units, json!(tasks)), json!(s))));
    // All tasks are as wide as they come: the head never blocks, and list scheduling is both.
    assert_eq!(runs[0].tasks, runs[1].tasks);
    let [_, greedy] = runs;
    greedy
}

/// The anomalies: one more machine, shorter tasks, fewer constraints: each makes it later. Ready tasks are taken in the
/// order of the list, not in that of their becoming ready: with fewer constraints 8, ready at 4, goes before 9, which is
/// ready at 3 but then finds 6 before it.
#[test]
fn grahams_anomalies() {
    let durations = [3, 2, 2, 2, 4, 4, 4, 4, 9];
    let all = [1, 2, 3, 4, 5, 6, 7, 8, 9];
    let plain = graham(3, durations, &[5, 6, 7, 8]);
    assert_eq!(plain.starts(all), [0.0, 0.0, 0.0, 2.0, 4.0, 4.0, 8.0, 8.0, 3.0]);
    plain.expect("makespan_s", 12.0);
    graham(4, durations, &[5, 6, 7, 8]).expect("makespan_s", 15.0);
    graham(3, durations.map(|d| d - 1), &[5, 6, 7, 8]).expect("makespan_s", 13.0);
    let fewer = graham(3, durations, &[7, 8]);
    assert_eq!(fewer.starts(all), [0.0, 0.0, 0.0, 2.0, 2.0, 3.0, 4.0, 6.0, 7.0]);
    fewer.expect("makespan_s", 16.0);
}

/// A diamond on two units: 1 (0–2), then 2 (2–5) beside 3 (2–3), then 4 at 5. The wait counts from the arrival.
#[test]
fn a_diamond() {
    let run = run(cpus(
        2,
        json!([
            {"id": 1, "duration": 2, "runs_on": ["cpu"]},
            {"id": 2, "duration": 3, "after": [1], "runs_on": ["cpu"]},
            {"id": 3, "duration": 1, "after": [1], "runs_on": ["cpu"]},
            {"id": 4, "duration": 1, "after": [2, 3], "runs_on": ["cpu"]},
        ]),
    ));
    assert_eq!(run.starts([1, 2, 3, 4]), [0.0, 2.0, 2.0, 5.0]);
    assert_eq!(run.task("4").text("wait_s"), "5");
    run.expect("makespan_s", 6.0);
}

/// A task killed at its estimate has not completed: what depends on it fails, and what depends on that.
#[test]
fn a_killed_task_takes_its_dependents_along() {
    let tasks = |kill: bool| {
        json!([
            {"id": 1, "duration": 10, "estimate": 6, "kill_at_estimate": kill, "runs_on": ["cpu"]},
            {"id": 2, "duration": 1, "after": [1], "runs_on": ["cpu"]},
            {"id": 3, "duration": 1, "after": [2], "runs_on": ["cpu"]},
            {"id": 4, "duration": 1, "runs_on": ["cpu"]},
        ])
    };
    let fate = |run: &Run| ["1", "2", "3", "4"].map(|n| run.task(n).text("status").to_owned());
    let killed = run(cpus(1, tasks(true)));
    assert_eq!(fate(&killed), ["killed", "failed", "failed", "completed"]);
    assert_eq!(killed.starts([1, 4]), [0.0, 6.0]);
    assert_eq!(killed.task("2").text("finish_s"), "6");
    for (metric, count) in [("submitted", 4.0), ("completed", 1.0), ("killed", 1.0), ("failed", 2.0)] {
        killed.expect(&format!("tasks.{metric}"), count);
    }
    let patient = run(cpus(1, tasks(false)));
    assert_eq!(fate(&patient), ["completed"; 4]);
    // All came at 0, so the order of the list counts: 2 is ready at 10, and stands before 4; 3 at 11.
    assert_eq!(patient.starts([1, 2, 3, 4]), [0.0, 10.0, 11.0, 12.0]);
}

/// 1 ends at its deadline to the nanosecond: met. Then 3 (by 7) before 2 (by 21) under EDF: 4–6, 6–8. In order of
/// arrival 3 ends at 8.
#[test]
fn deadlines() {
    let tasks = json!([
        {"id": 1, "arrival": 0, "duration": 4, "deadline": 4, "runs_on": ["cpu"]},
        {"id": 2, "arrival": 1, "duration": 2, "deadline": 20, "runs_on": ["cpu"]},
        {"id": 3, "arrival": 2, "duration": 2, "deadline": 5, "runs_on": ["cpu"]},
    ]);
    for (scheduler, starts, met, ratio) in [
        ("edf", [0.0, 6.0, 4.0], ["true", "true", "true"], 0.0),
        ("fifo", [0.0, 4.0, 6.0], ["true", "true", "false"], 1.0 / 3.0),
    ] {
        let run = run(under(cpus(1, tasks.clone()), json!(scheduler)));
        assert_eq!(run.starts([1, 2, 3]), starts, "{scheduler}");
        assert_eq!(["1", "2", "3"].map(|n| run.task(n).text("deadline_met").to_owned()), met, "{scheduler}");
        assert_eq!(run.task("3").text("deadline_s"), "7");
        run.expect("deadline.miss_ratio", ratio);
    }
}

/// 1 (0–2), 2 (2–3), 3 (3–4), 2 (4–6), 1 (6–14): whoever has least left.
#[test]
fn shortest_remaining_time_preempts() {
    let tasks = json!([
        {"id": 1, "arrival": 0, "duration": 10, "runs_on": ["cpu"]},
        {"id": 2, "arrival": 2, "duration": 3, "runs_on": ["cpu"]},
        {"id": 3, "arrival": 3, "duration": 1, "runs_on": ["cpu"]},
    ]);
    let run = run(under(cpus(1, tasks), json!("srpt")));
    let column = |c: &str| ["1", "2", "3"].map(|n| run.task(n).text(c).to_owned());
    assert_eq!(column("finish_s"), ["14", "6", "4"]);
    assert_eq!(column("run_s"), ["10", "3", "1"]);
    assert_eq!(column("preemptions"), ["1", "1", "0"]);
    assert_eq!(column("wait_s"), ["0", "0", "0"]);
    run.expect("preemptions", 2.0);
    run.expect("response_s.mean", 19.0 / 3.0);
    run.expect("energy_j.total", 1400.0);
}

/// Room for one: 2 waits, 3 is turned away; at 11 the room is empty again.
#[test]
fn a_waiting_room_of_one() {
    let tasks = json!([
        {"id": 1, "arrival": 0, "duration": 10, "runs_on": ["cpu"]},
        {"id": 2, "arrival": 1, "duration": 10, "runs_on": ["cpu"]},
        {"id": 3, "arrival": 2, "duration": 10, "runs_on": ["cpu"]},
        {"id": 4, "arrival": 11, "duration": 10, "runs_on": ["cpu"]},
    ]);
    let mut scenario = cpus(1, tasks);
    scenario["policies"] = json!({"queue_limit": 1});
    let run = run(scenario);
    assert_eq!(run.starts([1, 2, 4]), [0.0, 10.0, 20.0]);
    let third = run.task("3");
    assert_eq!((third.text("status"), third.text("finish_s"), third.text("start_s")), ("rejected", "2", ""));
    run.expect("tasks.rejected", 1.0);
    run.expect("tasks.completed", 3.0);
}

/// Statistics from 5 to the end at 13. 1 (0–4) has ended and 2 (4–8) has started before; 3 (came 2, 8–12) and
/// 4 (came 7, 12–13) count: waits 6 and 5, responses 10 and 6.
/// In the system from 5 on: 2 for 3 s, 3 for 7 s, 4 for 6 s: 16 over 8 s. In the queue: 3 for 3 s, 4 for 5 s.
#[test]
fn statistics_start_after_the_warm_up() {
    let mut scenario = cpus(
        1,
        json!([
            {"id": 1, "arrival": 0, "duration": 4, "runs_on": ["cpu"]},
            {"id": 2, "arrival": 1, "duration": 4, "runs_on": ["cpu"]},
            {"id": 3, "arrival": 2, "duration": 4, "runs_on": ["cpu"]},
            {"id": 4, "arrival": 7, "duration": 1, "runs_on": ["cpu"]},
        ]),
    );
    scenario["warmup"] = json!(5);
    let run = run(scenario);
    for (metric, value) in [
        ("tasks.measured", 2.0),
        ("wait_s.mean", 5.5),
        ("wait_s.max", 6.0),
        ("response_s.mean", 8.0),
        ("in_system.mean", 2.0),
        ("queue.mean", 1.0),
        ("throughput_per_s", 3.0 / 8.0),
        ("utilization.cpu", 1.0),
        ("energy_j.total", 800.0),
        ("power_w.mean", 100.0),
        ("makespan_s", 13.0),
    ] {
        run.expect(metric, value);
    }
}

/// `stop` cuts the run at 10: 2 is still running, 3 waits, 4 has not come. Nothing vanishes.
#[test]
fn a_run_that_is_cut() {
    let mut scenario = cpus(
        1,
        json!([
            {"id": 1, "arrival": 0, "duration": 8, "runs_on": ["cpu"]},
            {"id": 2, "arrival": 1, "duration": 8, "runs_on": ["cpu"]},
            {"id": 3, "arrival": 2, "duration": 8, "runs_on": ["cpu"]},
            {"id": 4, "arrival": 11, "duration": 8, "runs_on": ["cpu"]},
        ]),
    );
    scenario["stop"] = json!({"time": 10});
    let run = run(scenario);
    for (metric, value) in [("submitted", 3.0), ("completed", 1.0), ("censored", 2.0)] {
        run.expect(&format!("tasks.{metric}"), value);
    }
    run.expect("energy_j.total", 1000.0);
    run.expect("in_system.mean", (10.0 + 9.0 + 8.0 - 2.0) / 10.0);
}
