//! Power limits of units, and a budget that is shared out.

use serde_json::{Value, json};

use super::super::support::{Run, run, try_run};
use super::on;
use xpu_manager_rust::json::Document;
use xpu_manager_rust::policy::registry::Registry;
use xpu_manager_rust::scenario::{Loader, Plan};

/// 1, 1.5 and 2 GHz at 20, 30 and 40 W; idle 10 W.
fn three_clocks() -> Value {
    json!({"kind": "cpu", "power": {"idle": 10, "active": 40, "pstates": [
        {"frequency": "1 GHz", "power": 20}, {"frequency": "1.5 GHz", "power": 30}, {"frequency": "2 GHz", "power": 40},
    ]}})
}

/// Two such units.
fn two(tasks: Value, cap: Value) -> Value {
    let mut scenario = on(three_clocks(), 2, tasks, json!({}));
    scenario["cluster"]["power_cap"] = cap;
    scenario
}

fn tasks(durations: &[f64]) -> Value {
    durations.iter().zip(1..).map(|(d, id)| json!({"id": id, "duration": d, "runs_on": ["cpu"]})).collect()
}

#[track_caller]
fn ends(run: &Run, expected: &[&str]) {
    let found: Vec<&str> = (1..=expected.len()).map(|n| run.task(&n.to_string()).text("finish_s")).collect();
    assert_eq!(found, expected);
}

/// 30 W leave 1.5 GHz, 39.9 W too: 15 s of work take 20. 15 W leave nothing: the unit runs at 1 GHz, and that is told.
#[test]
fn a_unit_keeps_to_its_own_power_limit() {
    for (limit, end) in [("40 W", "15"), ("39.9 W", "20"), ("30 W", "20"), ("20 W", "30"), ("15 W", "30")] {
        let mut scenario = on(three_clocks(), 1, tasks(&[15.0]), json!({}));
        scenario["cluster"]["nodes"][0]["units"][0]["power_limit"] = json!(limit);
        ends(&run(scenario), &[end]);
    }
}

/// Limits that even the lowest P-states do not keep: 15 W for 20 W, and 39 W for two of them.
#[test]
fn what_cannot_be_kept_is_told_beforehand() {
    let warnings = |cap: Value, limit: &str| {
        let mut scenario = two(tasks(&[1.0]), cap);
        scenario["name"] = json!("test");
        scenario["cluster"]["nodes"][0]["units"][0]["power_limit"] = json!(limit);
        Plan::new(&Document::from_value(scenario), &Loader::default(), &Registry::builtin()).unwrap().warnings
    };
    assert_eq!(warnings(json!({"budget": "40 W"}), "20 W"), [""; 0]);
    let told = warnings(json!({"budget": "39 W"}), "15 W").join("\n");
    assert!(told.contains("15 W is less than the 20 W of the lowest P-state of own"), "{told}");
    assert!(told.contains("39 W is less than the 40 W of all units"), "{told}");
}

/// What was allotted before the first task came counts too.
#[test]
fn the_budget_is_shared_out_from_the_start() {
    let tasks = json!([{"id": 1, "arrival": 30, "duration": 9, "runs_on": ["cpu"]}]);
    let run = run(two(tasks, json!({"budget": "60 W", "period": 100})));
    // 1.5 GHz: 12 s. Idle 30 s at 20 W, then 12 s at 40 W, of 60 W.
    ends(&run, &["42"]);
    run.expect("power.cap_allotted_w.mean", 60.0);
    run.expect("power.cap_use", (30.0 * 20.0 + 12.0 * 40.0) / (42.0 * 60.0));
}

/// At first no unit works: 60 W are shared as 30 + 30. Task 1 runs at 1.5 GHz until the tick at 1, when the idle unit
/// keeps 20 W, its lowest P-state, and unit 0 gets 40 W: 0.75 s of work by 1, the other 9.25 s by 10.25.
/// Energy: 30 + 9.25 · 40 + 10.25 · 10 = 502.5 J.
#[test]
fn a_budget_goes_to_the_unit_that_works() {
    for share in ["uniform", "proportional", "water-filling"] {
        let run = run(two(tasks(&[10.0]), json!({"budget": "60 W", "share": share, "period": 1})));
        ends(&run, &["10.25"]);
        run.expect("power.cap_violation_s", 0.0);
        run.expect("power.cap_allotted_w.mean", 60.0);
        run.expect("energy_j.total", 502.5);
        run.expect("power.cap_use", 502.5 / (60.0 * 10.25));
        run.expect("power_w.max", 50.0);
    }
}

/// 30 W for each of two busy units: rate 0.75, so 9 s take 12. Then the other has 40 W from the tick at 12 + 1 on:
/// 9.75 s of 12 are done by 13, the rest by 15.25.
#[test]
fn equal_units_have_equal_shares_until_one_is_done() {
    for share in ["uniform", "proportional", "water-filling"] {
        let run = run(two(tasks(&[9.0, 12.0]), json!({"budget": "60 W", "share": share, "period": 1})));
        ends(&run, &["12", "15.25"]);
        run.expect("power_w.max", 60.0);
    }
}

/// At the start unit 0 has 40 W and unit 1 20 W. From the tick at 1 on unit 1, with the more urgent task, has 40 W:
/// task 2 does 0.5 s by 1 and the rest of 10 s by 10.5. Task 1: 1 s by 1, 10 · 0.5 by 11, and then the rest of 12 s at
/// full rate: 17.
#[test]
fn the_urgent_come_first() {
    let tasks = json!([
        {"id": 1, "duration": 12, "runs_on": ["cpu"]},
        {"id": 2, "duration": 10, "priority": 5, "runs_on": ["cpu"]},
    ]);
    ends(&run(two(tasks, json!({"budget": "60 W", "share": "priority", "period": 1}))), &["17", "10.5"]);
}

/// The top clock draws 45 W here, and 65 W hold it beside the lowest one. A step up brings task 2 a quarter of its full
/// speed, for 10 and then 15 W; task 1, of β = 0.2, goes at 1/1.2, 0.9375 and 1, so its first step brings 0.104 for 10 W.
/// At the start both units are idle and have 30 W. Task 2: 0.75 s by 1, the rest of 10 s by 10.25. Task 1: 0.9375 s by
/// 1, 10/1.2 more by the tick at 11, and the other 0.729166… at full rate.
#[test]
fn watts_go_to_where_they_bring_speed() {
    let tasks = json!([
        {"id": 1, "duration": 10, "beta": 0.2, "runs_on": ["cpu"]},
        {"id": 2, "duration": 10, "runs_on": ["cpu"]},
    ]);
    let mut scenario = two(tasks, json!({"budget": "65 W", "share": "marginal", "period": 1}));
    scenario["devices"]["own"]["power"]["active"] = json!(45);
    scenario["devices"]["own"]["power"]["pstates"][2]["power"] = json!(45);
    ends(&run(scenario), &["11.729166667", "10.25"]);
}

/// 30 W do not hold two units at 20 W. They run at 1 GHz, 10 s together at 40 W; then one of them and 10 W of the idle
/// one keep to the budget.
#[test]
fn what_the_lowest_p_states_draw_too_much_is_counted() {
    let run = run(two(tasks(&[10.0, 5.0]), json!({"budget": "30 W"})));
    ends(&run, &["20", "10"]);
    run.expect("power.cap_violation_s", 10.0);
    run.expect("power.cap_allotted_w.mean", 40.0);
}

/// Unit 1 falls asleep from 1 to 3, at 35 W. With the 40 W of unit 0 that would be 75: at once unit 0 has no more than
/// 25 W. At 3 unit 1 sleeps and keeps the 20 W of its lowest P-state. Work: 0.75 by 1, 1 more by 3, 18.25 by 21.25.
#[test]
fn sleep_is_answered_at_once() {
    let mut device = three_clocks();
    device["sleep"] = json!({"power": 1, "entry": 2, "wake": 3, "wake_power": 35});
    let mut scenario = on(device, 2, tasks(&[20.0]), json!({"sleep": {"name": "timeout", "after": 1}}));
    scenario["cluster"]["power_cap"] = json!({"budget": "60 W", "period": 10});
    let run = run(scenario);
    ends(&run, &["21.25"]);
    run.expect("power_w.max", 55.0);
    run.expect("power.cap_violation_s", 0.0);
}

/// 61 W; capped above 60.39 W, which is then shared out; let go below 54.9 W. Two units at 80 W until the look at 1, then
/// at 30 W each. Task 2: 1 + 4 · 0.75 = 4 s by 5. The look at 6 finds 40 W and lets go. Task 1: 1 + 5 · 0.75 = 4.75 s
/// by 6, the rest of 10 s by 11.25.
#[test]
fn three_bands_leave_alone_what_draws_little() {
    let cap = json!({"budget": "61 W", "period": 1, "bands": {"target": 0.99}});
    let run = run(two(tasks(&[10.0, 4.0]), cap));
    ends(&run, &["11.25", "5"]);
    run.expect("power.cap_violation_s", 1.0);
}

/// A budget that all can draw at once changes nothing.
#[test]
fn a_budget_for_all_is_no_budget() {
    let prints = |cap: Option<&str>| {
        let tasks = json!([{"id": 1, "duration": 3, "runs_on": ["cpu"]}, {"id": 2, "arrival": 1, "duration": 2, "runs_on": ["cpu"]}]);
        let mut scenario = on(three_clocks(), 2, tasks, json!({"power": "ondemand"}));
        if let Some(share) = cap {
            scenario["cluster"]["power_cap"] = json!({"budget": "80 W", "share": share});
        }
        run(scenario).replications[0].fingerprint
    };
    for share in ["uniform", "proportional", "water-filling", "priority", "marginal"] {
        assert_eq!(prints(Some(share)), prints(None), "{share}");
    }
}

#[test]
fn a_wrong_budget_is_told_where_it_stands() {
    for (cap, pointer, word) in [
        (json!({"budget": "60 W", "share": "unifrom"}), "/cluster/power_cap/share", "uniform"),
        (json!({"budget": "0 W"}), "/cluster/power_cap/budget", "a power > 0"),
        (json!({"budget": "60 W", "period": 0}), "/cluster/power_cap/period", "1 us"),
        (json!({"budget": "60 s"}), "/cluster/power_cap/budget", "a power"),
        (json!({"budget": "60 W", "bands": {"release": 0.995}}), "/cluster/power_cap/bands", "below `cap`"),
        (json!({"share": "uniform"}), "/cluster/power_cap", "budget"),
        (json!("60 s"), "/cluster/power_cap", "a power"),
    ] {
        let error = try_run(two(tasks(&[1.0]), cap.clone()), &Loader::default()).err().unwrap();
        assert!(error.contains(pointer) && error.contains(word), "{cap}: {error}");
    }
}

/// Arrivals, governors, sleep and clocks of two kinds of unit, by chance; the invariants of `--check` hold at every
/// instant, and so does the budget: 8 units of at least 20 and 4 of at least 60 W need 400 W, 720 W would do for all.
/// Falling asleep and waking draw no more than the lowest P-state.
#[test]
fn a_budget_holds_whatever_comes() {
    let shares = ["uniform", "proportional", "water-filling", "priority", "marginal"];
    for (seed, budget) in (0..15).zip([400, 430, 500, 610, 700].into_iter().cycle()) {
        let mut small = three_clocks();
        small["sleep"] = json!({"power": 1, "entry": 0.2, "wake": 0.4, "wake_power": 20});
        let large = json!({"kind": "gpu", "power": {"idle": 50, "active": 100, "beta": 0.7, "pstates": [
            {"frequency": "1 GHz", "power": 60}, {"frequency": "1.4 GHz", "power": 75},
            {"frequency": "2 GHz", "power": 100},
        ]}});
        let share = shares[seed % shares.len()];
        let power = ["ondemand", "performance", "race-to-idle"][seed / shares.len()];
        let run = run(json!({
            "seed": seed,
            "devices": {"small": small, "large": large},
            "cluster": {
                "nodes": [{"name": "n", "units": [{"device": "small", "count": 8}, {"device": "large", "count": 4}]}],
                "power_cap": {"budget": budget, "share": share, "period": "300 ms"},
            },
            "workload": [{"source": "synthetic", "name": "s", "count": 70,
                "arrivals": {"process": "poisson", "rate": "2.5 /s"},
                "tasks": [{"duration": {"dist": "exponential", "mean": 3}, "runs_on": ["cpu"]},
                          {"duration": {"dist": "exponential", "mean": 2}, "units": 2, "priority": 1, "runs_on": ["gpu"]}]}],
            "policies": {"scheduler": "easy", "power": power, "sleep": {"name": "timeout", "after": 1}},
        }));
        assert!(run.metric("power_w.max") <= f64::from(budget), "{share} {power}: {}", run.metric("power_w.max"));
        run.expect("power.cap_violation_s", 0.0);
        assert!(run.metric("power.cap_allotted_w.mean") <= f64::from(budget));
        assert!(run.metric("power.cap_use") <= 1.0);
    }
}

/// A change of clock takes effect after half a second. 40 + 40 W come down to 30 + 30 by 0.5. The tick at 1 lowers unit 1
/// to 20 W, but until 1.5 it holds 30: unit 0 stays at 30 W. The tick at 2 gives it 40 W, from 2.5 on. Work: 0.5 by 0.5,
/// 1.5 more by 2.5, the other 8 s by 10.5.
#[test]
fn power_is_lowered_before_it_is_raised() {
    let mut scenario = two(tasks(&[10.0]), json!({"budget": "60 W", "period": 1}));
    scenario["devices"]["own"]["power"]["transition"] = json!("500 ms");
    let run = run(scenario);
    ends(&run, &["10.5"]);
    run.expect("power.cap_violation_s", 0.0);
}
