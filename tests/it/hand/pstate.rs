//! Clocks: governors, the β model, the power cap.

use serde_json::{Value, json};

use super::super::support::run;
use super::on;

/// 1, 1.5 and 2 GHz at 20, 30 and 40 W; idle 10 W.
fn three_clocks(beta: f64) -> Value {
    json!({"kind": "cpu", "power": {"idle": 10, "active": 40, "beta": beta, "pstates": [
        {"frequency": "1 GHz", "power": 20}, {"frequency": "1.5 GHz", "power": 30}, {"frequency": "2 GHz", "power": 40},
    ]}})
}

fn one(arrival: f64, duration: f64) -> Value {
    json!([{"id": 1, "arrival": arrival, "duration": duration, "runs_on": ["cpu"]}])
}

/// Looks every second. The load of a second decides about the next one: above 0.95 the top clock, else the clock
/// nearest to 1 GHz + load · 1 GHz.
///
/// | from | clock | rate | done by its end |
/// |---|---|---|---|
/// | 0.5 | 1 GHz | 0.5 | 0.25 s of work |
/// | 1, load was 0.5 | 1.5 GHz | 0.75 | 1 s |
/// | 2, load was 1 | 2 GHz | 1 | 10 s, at 11 |
/// | 11 | idle; at 12 the load was 0 | | |
/// | 13.5 | 1 GHz | 0.5 | 0.25 s |
/// | 14, load was 0.5 | 1.5 GHz | 0.75 | 1 s, at 15 |
///
/// Energy: 0.5 · 20 + 1 · 30 + 9 · 40 = 400; 0.5 · 20 + 1 · 30 = 40; idle (0.5 + 2.5) · 10.
/// Clock under load: (0.5 · 1 + 1 · 1.5 + 9 · 2 + 0.5 · 1 + 1 · 1.5) / 12 GHz.
#[test]
fn ondemand_changes_the_clock_in_mid_run() {
    let tasks = json!([
        {"id": 1, "arrival": 0.5, "duration": 10, "runs_on": ["cpu"]},
        {"id": 2, "arrival": 13.5, "duration": 1, "runs_on": ["cpu"]},
    ]);
    let run = run(on(three_clocks(1.0), 1, tasks, json!({"power": "ondemand"})));
    assert_eq!([1, 2].map(|n: u32| run.task(&n.to_string()).text("finish_s").to_owned()), ["11", "15"]);
    assert_eq!([1, 2].map(|n: u32| run.task(&n.to_string()).text("run_s").to_owned()), ["10.5", "1.5"]);
    run.expect("energy_j.active", 440.0);
    run.expect("energy_j.idle", 30.0);
    assert_eq!([1, 2].map(|n: u32| run.task(&n.to_string()).real("energy_j")), [400.0, 40.0]);
    let mean = run.units[0].real("mean_frequency_hz");
    assert!((mean - 22e9 / 12.0).abs() < 1.0, "{mean}");
}

/// `t = t0 (β fmax/f + 1 − β)`: with β = 0.6 at half the clock 10 s become 10 · (0.6 · 2 + 0.4) = 16 s.
#[test]
fn only_a_share_of_the_time_scales_with_the_clock() {
    for (beta, policy, finish) in
        [(1.0, "performance", "10"), (1.0, "powersave", "20"), (0.6, "powersave", "16"), (0.0, "powersave", "10")]
    {
        let run = run(on(three_clocks(beta), 1, one(0.0, 10.0), json!({"power": policy})));
        assert_eq!(run.task("1").text("finish_s"), finish, "{beta} {policy}");
    }
}

/// A task's own β goes before the device's.
#[test]
fn a_task_has_its_own_beta() {
    let tasks = json!([{"id": 1, "duration": 10, "beta": 0.5, "runs_on": ["cpu"]}]);
    let run = run(on(three_clocks(1.0), 1, tasks, json!({"power": "powersave"})));
    assert_eq!(run.task("1").text("finish_s"), "15");
}

/// Two units of 40 W under a cap of 60 W: 30 W for each, so 1.5 GHz at the most; 15 s of work take 20 s.
#[test]
fn a_power_cap_holds_the_clock() {
    let tasks = json!([{"id": 1, "duration": 15, "units": 2, "runs_on": ["cpu"]}]);
    let mut scenario = on(three_clocks(1.0), 2, tasks, json!({"power": "performance"}));
    scenario["cluster"]["power_cap"] = json!("60 W");
    let run = run(scenario);
    assert_eq!(run.task("1").text("finish_s"), "20");
    run.expect("power_w.max", 60.0);
    run.expect("energy_j.total", 1200.0);
}

/// A gang goes at the pace of its slowest unit. Unit 0 works from 0 to 2 and comes to the top clock at 1; unit 1 has
/// not worked. Task 1, 1.5 s of work: 0.5 by 1, the rest at full rate until 2. Then the gang of 2 s starts at 2.
/// Second (2, 3]: unit 0 at 2 GHz, unit 1 at 1 GHz, so rate 0.5; at 3 both were loaded: full rate for the other
/// 1.5 s, until 4.5.
#[test]
fn a_gang_goes_at_the_pace_of_its_slowest_unit() {
    let tasks = json!([
        {"id": 1, "arrival": 0, "duration": 1.5, "runs_on": ["cpu"]},
        {"id": 2, "arrival": 1, "duration": 2, "units": 2, "runs_on": ["cpu"]},
    ]);
    let run = run(on(three_clocks(1.0), 2, tasks, json!({"power": "ondemand"})));
    assert_eq!(run.task("1").text("finish_s"), "2");
    assert_eq!((run.task("2").text("start_s"), run.task("2").text("finish_s")), ("2", "4.5"));
}
