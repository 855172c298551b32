//! Cloud policies, one decision at a time.

use serde_json::{Value, json};
use xpu_manager_rust::policy::registry::Registry;

use super::support::{Run, cpus, run};

/// One unit at home; a cloud of twice the speed, 1 s away, 10 MB/s up, 0.001 USD a second.
fn with(tasks: Value, policy: Value) -> Run {
    let mut scenario = cpus(1, tasks);
    scenario["policies"] = json!({"cloud": policy});
    scenario["cloud"] = json!({"speed": 2, "rtt": 1, "uplink": "10 MB/s", "price_per_hour": 3.6, "billed_at_least": 0});
    run(scenario)
}

fn task(id: u32, arrival: f64, duration: f64) -> Value {
    json!({"id": id, "arrival": arrival, "duration": duration, "runs_on": ["cpu"]})
}

fn places(run: &Run) -> String {
    let mut all: Vec<(u64, bool)> = run.tasks.iter().map(|t| (t.int("task"), t.text("location") == "cloud")).collect();
    all.sort_unstable();
    all.into_iter().map(|(_, left)| if left { 'c' } else { 'h' }).collect()
}

#[test]
fn what_is_secure_never_leaves_under_any_policy() {
    for name in Registry::builtin().cloud.names() {
        let tasks: Vec<Value> = (0..12)
            .map(|i| {
                let mut one = task(i, f64::from(i) / 4.0, 300.0);
                one["deadline"] = json!(1);
                match i % 3 {
                    0 => one["secure"] = json!(true),
                    1 => one["offloadable"] = json!(false),
                    _ => {}
                }
                one
            })
            .collect();
        let run = with(json!(tasks), json!(name));
        for row in run.tasks.iter().filter(|t| t.int("task") % 3 != 2) {
            assert_eq!(row.text("location"), "local", "{name}");
        }
        let may_stay = ["never", "threshold", "default", "probabilistic", "energy", "weighted-cost", "lyapunov"];
        let left = run.tasks.iter().any(|t| t.text("location") == "cloud");
        assert!(left || may_stay.contains(&name), "{name}");
    }
}

#[test]
fn a_secure_task_cannot_be_offloadable() {
    let mut one = task(1, 0.0, 1.0);
    (one["secure"], one["offloadable"]) = (json!(true), json!(true));
    let mut scenario = cpus(1, json!([one]));
    scenario["cloud"] = json!({});
    let error = super::support::try_run(scenario, &Default::default()).map(|_| ()).unwrap_err();
    assert!(error.contains("/offloadable") && error.contains("secure"), "{error}");
}

/// 10 s here, 1 + 5 there. The free unit loses to the cloud by 4 s; work of 1 s wins against 1.5.
#[test]
fn faster_wins_compares_responses() {
    assert_eq!(places(&with(json!([task(1, 0.0, 10.0), task(2, 20.0, 1.0)]), json!("faster-wins"))), "ch");
    // 1 s of work behind 2 s of another's rest: 3 here, 1.5 there.
    assert_eq!(places(&with(json!([task(1, 0.0, 1.9), task(2, 0.0, 1.0)]), json!("faster-wins"))), "hc");
}

/// 10 W · 10 s here; there 2 W · 5 s and 20 W for the upload of 1 s per 10 MB: 100 J against 10 + 20 per 10 MB.
/// 40 MB cost 90 J, 50 MB 110.
#[test]
fn energy_is_the_rule_of_kumar_and_lu() {
    let sent = |id, bytes: &str| json!({"id": id, "duration": 10, "input": bytes, "runs_on": ["cpu"]});
    let policy = json!({"name": "energy", "compute": 10, "idle": 2, "transmit": 20});
    assert_eq!(places(&with(json!([sent(1, "40 MB"), sent(2, "50 MB")]), policy)), "ch");
}

/// Here 10 s; there 6 s and 0.005 USD. A dollar that weighs 1000 s: 6 + 5 = 11 > 10; one of 700: 9.5 < 10.
#[test]
fn weighted_cost_weighs_time_against_money() {
    let with_money =
        |money: u32| places(&with(json!([task(1, 0.0, 10.0)]), json!({"name": "weighted-cost", "money": money})));
    assert_eq!((with_money(1000), with_money(700)), ("h".to_owned(), "c".to_owned()));
}

/// The unit is busy until 10: at 1 a newcomer waits 9 s, at 4 it would wait 6.
#[test]
fn the_threshold_may_be_in_seconds() {
    let tasks = json!([task(1, 0.0, 10.0), task(2, 1.0, 2.0), task(3, 4.0, 2.0)]);
    for name in ["threshold", "default"] {
        assert_eq!(places(&with(tasks.clone(), json!({"name": name, "seconds": 7}))), "hch");
    }
}

#[test]
fn probabilities_of_nought_and_one_are_never_and_always() {
    let tasks = json!([task(1, 0.0, 10.0), task(2, 1.0, 2.0), task(3, 4.0, 2.0)]);
    for (p, expected) in [(0, "hhh"), (1, "ccc")] {
        assert_eq!(places(&with(tasks.clone(), json!({"name": "probabilistic", "p": p}))), expected);
    }
}

/// Three types: 1 s of the fast one costs 4 times as much. Work of 8 s, 0.5 s away: slow 8.5 s, fast 2.5 s. With 10 s of
/// time the slow one will do, with 5 only the fast one; with 2 nothing does and the earliest, the fast one, is taken.
/// The unit at home is busy with 100 s.
#[test]
fn deadline_aware_takes_the_cheapest_that_makes_it() {
    let late = |id: u32, deadline: f64| {
        let mut one = task(id, f64::from(id), 8.0);
        one["deadline"] = json!(deadline);
        one
    };
    let cloud = |rtt: Value| {
        json!({"regions": [{"name": "r", "rtt": rtt, "instances": [
            {"name": "fast", "speed": 4, "price_per_hour": 14.4, "billed_at_least": 0},
            {"name": "slow", "speed": 1, "price_per_hour": 1.8, "billed_at_least": 0}]}]})
    };
    let mut scenario = cpus(1, json!([task(0, 0.0, 100.0), late(1, 10.0), late(2, 5.0), late(3, 2.0)]));
    scenario["policies"] = json!({"cloud": "deadline-aware"});
    scenario["cloud"] = cloud(json!(0.5));
    let first = run(scenario.clone());
    let runs = ["0", "1", "2", "3"].map(|id| first.task(id).real("run_s"));
    assert_eq!(runs, [100.0, 8.0, 2.0, 2.0]);
    // Latencies of 0.5 s on average with a standard deviation of 1: by the quantile 0.95 (z = 1.645) the slow one takes
    // 8 + 0.5 + 1.645 > 10.
    scenario["policies"] = json!({"cloud": {"name": "deadline-aware", "quantile": 0.95}});
    scenario["cloud"] = cloud(json!({"dist": "lognormal", "mean": 0.5, "cv": 2}));
    assert_eq!(run(scenario).task("1").real("run_s"), 2.0);
}

/// The unit works until 90. At 60 five tasks wait: of 20, 2, 20, 2 and 20 s; they cost 10, 1, 10, 1 and 10 cents. For
/// 20 cents the best are two of the long ones: those last in line save 119 and 79 s, the short ones 32 and 36.
#[test]
fn knapsack_burst_buys_most_saved_time() {
    let mut tasks = vec![task(0, 0.0, 90.0)];
    tasks.extend((1..=5).map(|i| task(i, f64::from(i), if i % 2 == 1 { 20.0 } else { 2.0 })));
    let mut scenario = cpus(1, json!(tasks));
    scenario["policies"] = json!({"cloud": {"name": "knapsack-burst", "period": 60, "budget": 0.2}});
    scenario["cloud"] = json!({"speed": 2, "rtt": 1, "price_per_hour": 36, "billed_at_least": 0});
    let run = run(scenario);
    assert_eq!(places(&run), "hhhchc");
    assert_eq!((run.task("3").real("start_s"), run.task("5").real("start_s")), (61.0, 61.0));
    assert!((run.metric("cloud.cost_usd") - 0.2).abs() < 1e-12);
}

/// A load of 2 on one unit, of which the cloud could take half for a dollar an hour. Of 0.5 USD an hour it spends all;
/// more only as far as its debt reaches: `V ΔL / price` is at most 1e-9 · 36,000 s / 0.0003 USD, 0.12 USD in ten hours.
#[test]
fn lyapunov_keeps_an_average_budget() {
    let mut scenario = cpus(1, json!([]));
    scenario["stop"] = json!({"time": "10 h"});
    scenario["workload"] = json!([{"source": "synthetic", "arrivals": {"process": "poisson", "rate": 0.2},
        "tasks": [{"runs_on": ["cpu"], "duration": {"dist": "exponential", "mean": 10}}]}]);
    scenario["policies"] = json!({"cloud": {"name": "lyapunov", "v": 1e-9, "budget_per_hour": 0.5}});
    scenario["cloud"] = json!({"speed": 1, "rtt": 1, "price_per_hour": 1, "billed_at_least": 0});
    let spent = run(scenario).metric("cloud.cost_usd");
    assert!((4.75..5.12).contains(&spent), "{spent}");
}
