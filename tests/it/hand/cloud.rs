//! The life and the price of an offloaded task.

use serde_json::{Value, json};

use super::super::support::{Run, cpus, run};

/// Round trip 0.2 s, 10 MB/s up, 5 MB/s down, twice the speed, 3.6 USD an hour, 0.09 USD a GB out.
fn with_cloud(tasks: Value, policy: Value, billed_at_least: u32) -> Run {
    let mut scenario = cpus(1, tasks);
    scenario["policies"] = json!({"cloud": policy});
    scenario["cloud"] = json!({"speed": 2, "rtt": "200 ms", "uplink": "10 MB/s", "downlink": "5 MB/s",
        "price_per_hour": "3.6 USD", "price_per_gb_out": "0.09 USD", "billed_at_least": billed_at_least});
    run(scenario)
}

/// Round trip 0.2, upload 20/10 = 2, run 8/2 = 4, download 5/5 = 1: starts at 2.2, back at 7.2.
/// Price: 4 s at 0.001 USD, and 0.005 GB at 0.09 USD. The second runs 4.5 s, of which 5 are charged.
#[test]
fn a_task_goes_and_comes_back() {
    let tasks = json!([
        {"id": 1, "duration": 8, "input": "20 MB", "output": "5 MB", "runs_on": ["cpu"]},
        {"id": 2, "arrival": 1, "duration": 9, "runs_on": ["cpu"]},
    ]);
    let run = with_cloud(tasks.clone(), json!("always"), 0);
    let first = run.task("1");
    let column = |c: &str| first.text(c).to_owned();
    assert_eq!(["start_s", "finish_s", "run_s", "wait_s", "response_s"].map(column), ["2.2", "7.2", "4", "2.2", "7.2"]);
    assert_eq!(["location", "unit_kind", "units", "energy_j"].map(column), ["cloud", "", "", ""]);
    assert!((first.real("cost_usd") - 0.00445).abs() < 1e-12);
    let second = run.task("2");
    assert_eq!((second.text("start_s"), second.text("finish_s")), ("1.2", "5.7"));
    assert!((second.real("cost_usd") - 0.005).abs() < 1e-12);
    run.expect("cloud.offloaded", 2.0);
    run.expect("cloud.bytes", 25e6);
    // The unit at home stands idle for 7.2 s at 50 W.
    run.expect("energy_j.total", 360.0);
    // At least a minute is charged: 0.06 USD each.
    let minute = with_cloud(tasks, json!("always"), 60);
    assert!((minute.metric("cloud.cost_usd") - (0.06 + 0.00045 + 0.06)).abs() < 1e-12);
}

/// 1 runs until 100. From two waiting tasks on newcomers leave: 4; and 5, which may not.
#[test]
fn a_backlog_overflows() {
    let task = |id: u32| {
        let may_leave = id != 5;
        json!({"id": id, "arrival": id, "duration": 99, "offloadable": may_leave, "runs_on": ["cpu"]})
    };
    let tasks = json!([task(1), task(2), task(3), task(4), task(5)]);
    let run = with_cloud(tasks, json!({"name": "threshold", "backlog": 2}), 0);
    let places = ["1", "2", "3", "4", "5"].map(|n| run.task(n).text("location").to_owned());
    assert_eq!(places, ["local", "local", "local", "cloud", "local"]);
    run.expect("cloud.offloaded", 1.0);
}

/// 8 s of work at home; 4.2 s by the cloud. A free unit that makes the deadline keeps its task; a deadline that only
/// the cloud makes does not; without a deadline everything stays; where both would miss it, the earlier end wins.
#[test]
fn deadline_aware_leaves_only_when_it_must() {
    for (deadline, place) in [(json!(8), "local"), (json!(5), "cloud"), (Value::Null, "local"), (json!(1), "cloud")] {
        let mut task = json!({"id": 1, "duration": 8, "runs_on": ["cpu"]});
        if !deadline.is_null() {
            task["deadline"] = deadline.clone();
        }
        let run = with_cloud(json!([task]), json!("deadline-aware"), 0);
        assert_eq!(run.task("1").text("location"), place, "{deadline}");
    }
}
