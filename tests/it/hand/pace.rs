//! Governors that choose the clock by the tasks.

use serde_json::{Value, json};

use super::super::support::{Run, run, try_run};
use super::on;
use xpu_manager_rust::scenario::Loader;

/// 1, 1.5 and 2 GHz at 20, 29 and 60 W; idle 10 W. With β = 1 at 0.5, 0.75 and 1 of full speed.
fn three_clocks() -> Value {
    json!({"kind": "cpu", "power": {"idle": 10, "active": 60, "pstates": [
        {"frequency": "1 GHz", "power": 20}, {"frequency": "1.5 GHz", "power": 29}, {"frequency": "2 GHz", "power": 60},
    ]}})
}

fn paced(tasks: Value, power: Value) -> Run {
    run(on(three_clocks(), 1, tasks, json!({"scheduler": "edf", "power": power})))
}

#[track_caller]
fn ends(run: &Run, expected: &[&str]) {
    let found: Vec<&str> = (1..=expected.len()).map(|n| run.task(&n.to_string()).text("finish_s")).collect();
    assert_eq!(found, expected);
}

/// 10 s of work due after 20 s, 14 s and 13 s: half speed; 10/14 is more than half and less than 0.75; 10/13 is more than
/// that. Without a deadline, and with one that cannot be met.
#[test]
fn oa_takes_the_lowest_clock_that_is_in_time() {
    for (deadline, end) in [(json!(20), "20"), (json!(14), "13.333333333"), (json!(13), "10"), (json!(5), "10")] {
        let tasks = json!([{"id": 1, "duration": 10, "deadline": deadline, "runs_on": ["cpu"]}]);
        ends(&paced(tasks, json!("oa")), &[end]);
    }
    let free = json!([{"id": 1, "duration": 10, "runs_on": ["cpu"]}]);
    ends(&paced(free, json!("oa")), &["20"]);
}

/// Task 1, 10 s due at 20, goes at half speed. At 4 comes task 2, 6 s due at 20: 8 + 6 = 14 s of work in 16 s, so full
/// speed; task 1 ends at 12. Then 6 s of work in 8 s: 0.75, and done at 20.
/// Energy: 4 · 20 + 8 · 60 + 8 · 29 = 792 J.
#[test]
fn oa_plans_anew_when_a_task_comes() {
    let tasks = json!([
        {"id": 1, "duration": 10, "deadline": 20, "runs_on": ["cpu"]},
        {"id": 2, "arrival": 4, "duration": 6, "deadline": 16, "runs_on": ["cpu"]},
    ]);
    let run = paced(tasks, json!("oa"));
    ends(&run, &["12", "20"]);
    run.expect("energy_j.total", 792.0);
    run.expect("deadline.miss_ratio", 0.0);
}

/// Two units, and three tasks of 10 s due at 24. One waits: each unit counts half of it after its own, so 15 s in 24 s:
/// 0.75. Both end at 13.33; then the third needs full speed.
#[test]
fn units_share_the_work_that_waits() {
    let task = |id: u32| json!({"id": id, "duration": 10, "deadline": 24, "runs_on": ["cpu"]});
    let tasks = json!([task(1), task(2), task(3)]);
    let run = run(on(three_clocks(), 2, tasks, json!({"scheduler": "edf", "power": "oa"})));
    ends(&run, &["13.333333333", "13.333333333", "23.333333333"]);
}

/// The two tasks of before by average rate: 10/20 until 4, then 10/20 + 6/16 = 0.875: full speed. Task 1 ends at 12, but counts
/// until 20: task 2 runs at full speed too, until 18.
#[test]
fn average_rates_count_until_the_deadline() {
    let tasks = json!([
        {"id": 1, "duration": 10, "deadline": 20, "runs_on": ["cpu"]},
        {"id": 2, "arrival": 4, "duration": 6, "deadline": 16, "runs_on": ["cpu"]},
    ]);
    ends(&paced(tasks, json!("avr")), &["12", "18"]);
}

/// Task 1, 3 s due at 4: 0.75, done at 4. Task 2 comes at 0 too, 8 s due at 32, and waits: the sum is 1, so full speed:
/// task 1 ends at 3. It counts until 4: task 2 at full speed until then, 1 s; then 0.25, so half speed: 7 s in 14.
#[test]
fn an_average_rate_ends_at_its_deadline() {
    let tasks = json!([
        {"id": 1, "duration": 3, "deadline": 4, "runs_on": ["cpu"]},
        {"id": 2, "duration": 8, "deadline": 32, "runs_on": ["cpu"]},
    ]);
    ends(&paced(tasks, json!("avr")), &["3", "18"]);
}

/// Energy of a second of work: 20/0.5 = 40, 29/0.75 = 38.7, 60 J. Above idle: 20, 25.3 and 50: the slowest. P t²: 80,
/// 51.6, 60. η E + (1 − η) 60 t with η = 0.4: 88, 63.5, 60; with 0.6: 72, 55.2, 60.
#[test]
fn the_cheapest_clock_is_taken() {
    let tasks = json!([{"id": 1, "duration": 15, "runs_on": ["cpu"]}]);
    for (power, end) in [
        (json!("energy-optimal"), "20"),
        (json!({"name": "energy-optimal", "counted": "above-idle"}), "30"),
        (json!("edp-optimal"), "20"),
        (json!({"name": "zeus", "eta": 0}), "15"),
        (json!({"name": "zeus", "eta": 1}), "20"),
        (json!({"name": "zeus", "eta": 0.4}), "15"),
        (json!({"name": "zeus", "eta": 0.6}), "20"),
    ] {
        ends(&paced(tasks.clone(), power), &[end]);
    }
}

/// β = 0: the clock changes nothing but the power.
#[test]
fn a_task_that_does_not_scale_has_the_lowest_clock() {
    let tasks = json!([{"id": 1, "duration": 15, "beta": 0, "runs_on": ["cpu"]}]);
    for power in ["energy-optimal", "edp-optimal", "zeus", "pace"] {
        let run = paced(tasks.clone(), json!(power));
        ends(&run, &["15"]);
        run.expect("energy_j.total", 300.0);
    }
}

/// 0.75 takes less energy than 0.5, so it goes no slower; 10 s due after 13 s need full speed.
#[test]
fn pace_goes_no_slower_than_is_of_use() {
    for (deadline, end) in [(30, "13.333333333"), (14, "13.333333333"), (13, "10")] {
        let tasks = json!([{"id": 1, "duration": 10, "deadline": deadline, "runs_on": ["cpu"]}]);
        ends(&paced(tasks, json!("pace")), &[end]);
    }
}

/// At full speed from 2 to 5, and at the lowest clock before and after, which a task that has not started does not see.
#[test]
fn racing_is_full_speed_under_load() {
    let tasks = json!([{"id": 1, "arrival": 2, "duration": 3, "runs_on": ["cpu"]}]);
    let run = paced(tasks, json!("race-to-idle"));
    ends(&run, &["5"]);
    run.expect("energy_j.total", 200.0);
    assert_eq!(run.units[0].real("mean_frequency_hz"), 2e9);
}

/// Estimated at 4 s, but 10 s long, due at 12: half speed for 8 s; then 6 s are left, and what is left is unknown: at the
/// next change. The other task comes at 9, and it is full speed from then on: 4.5 s by 9, the rest by 14.5.
#[test]
fn what_outlives_its_estimate_is_hurried() {
    let tasks = json!([
        {"id": 1, "duration": 10, "estimate": 4, "deadline": 12, "runs_on": ["cpu"]},
        {"id": 2, "arrival": 9, "duration": 1, "runs_on": ["cpu"]},
    ]);
    let run = paced(tasks, json!("oa"));
    assert_eq!(run.task("1").text("finish_s"), "14.5");
}

#[test]
fn parameters_are_checked_where_they_stand() {
    let tasks = json!([{"id": 1, "duration": 1, "runs_on": ["cpu"]}]);
    for (power, pointer) in [
        (json!({"name": "zeus", "eta": 1.1}), "/policies/power/eta"),
        (json!({"name": "pace", "counted": "al"}), "/policies/power/counted"),
    ] {
        let scenario = on(three_clocks(), 1, tasks.clone(), json!({"power": power}));
        let error = try_run(scenario, &Loader::default()).err().unwrap();
        assert!(error.contains(pointer), "{error}");
    }
}
