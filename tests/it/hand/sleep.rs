//! Timers, wake-up delays, and what each state costs.

use serde_json::{Value, json};

use super::super::support::{Run, run};
use super::{on, sleeper};

fn asleep_after_5(count: u32, tasks: Value) -> Run {
    run(on(sleeper(), count, tasks, json!({"sleep": {"name": "timeout", "after": 5}})))
}

/// Active, idle, sleep, transition and total.
#[track_caller]
fn energies(run: &Run, expected: [f64; 4]) {
    for (state, joules) in ["active", "idle", "sleep", "transition"].iter().zip(expected) {
        run.expect(&format!("energy_j.{state}"), joules);
    }
    run.expect("energy_j.total", expected.iter().sum());
}

/// ```text
/// 0 ─ active ─ 4 ─ idle ─ 9 ─ entry ─ 11 ─ sleep ─ 20 ─ wake ─ 23 ─ active ─ 29
///    4·30=120    5·10=50    2·20=40     9·1=9      3·20=60     6·30=180
/// ```
#[test]
fn a_unit_sleeps_between_two_tasks() {
    let run = asleep_after_5(
        1,
        json!([
            {"id": 1, "arrival": 0, "duration": 4, "runs_on": ["cpu"]},
            {"id": 2, "arrival": 20, "duration": 6, "runs_on": ["cpu"]},
        ]),
    );
    assert_eq!(run.starts([1, 2]), [0.0, 23.0]);
    energies(&run, [300.0, 50.0, 9.0, 100.0]);
    run.expect("power_w.mean", 459.0 / 29.0);
    run.expect("power_w.max", 30.0);
    run.expect("utilization.cpu", 10.0 / 29.0);
    run.expect("wait_s.mean", 1.5);
    let unit = &run.units[0];
    let times = ["busy_s", "idle_s", "sleep_s", "transition_s", "energy_j"].map(|c| unit.text(c).to_owned());
    assert_eq!(times, ["10", "5", "9", "5", "459"]);
    // 29 s on the clock: the mean response is (4 + 9) / 2, times 459 J.
    run.expect("edp_js", 6.5 * 459.0);
}

/// Without sleep the gap of 16 s costs 160 J, and nobody waits.
#[test]
fn a_unit_that_never_sleeps() {
    let tasks = json!([
        {"id": 1, "arrival": 0, "duration": 4, "runs_on": ["cpu"]},
        {"id": 2, "arrival": 20, "duration": 6, "runs_on": ["cpu"]},
    ]);
    let run = run(on(sleeper(), 1, tasks, json!({"sleep": "never"})));
    assert_eq!(run.starts([1, 2]), [0.0, 20.0]);
    energies(&run, [300.0, 160.0, 0.0, 0.0]);
}

/// The task comes at 10, while the unit falls asleep until 11: it must finish that first, then wake until 14.
#[test]
fn falling_asleep_cannot_be_called_off() {
    let run = asleep_after_5(
        1,
        json!([
            {"id": 1, "arrival": 0, "duration": 4, "runs_on": ["cpu"]},
            {"id": 2, "arrival": 10, "duration": 6, "runs_on": ["cpu"]},
        ]),
    );
    assert_eq!(run.starts([1, 2]), [0.0, 14.0]);
    energies(&run, [300.0, 50.0, 0.0, 100.0]);
}

/// Timer and arrival at one instant, 9: power transitions come before arrivals, so the unit is on its way down.
/// A nanosecond earlier the task would have caught it awake.
#[test]
fn a_timer_comes_before_an_arrival() {
    let at = |arrival: &str| {
        asleep_after_5(
            1,
            json!([
                {"id": 1, "arrival": 0, "duration": 4, "runs_on": ["cpu"]},
                {"id": 2, "arrival": arrival, "duration": 6, "runs_on": ["cpu"]},
            ]),
        )
    };
    assert_eq!(at("9 s").starts([1, 2]), [0.0, 14.0]);
    assert_eq!(at("8999999999 ns").task("2").text("start_s"), "8.999999999");
}

/// Unit 0 works until 12; unit 1 is idle until 5, falls asleep until 7, and sleeps. The gang gets both at 12, and
/// starts when unit 1 is awake, at 15; until then unit 0 stands idle for it.
///
/// Unit 0: (12 + 4) · 30 + 3 · 10. Unit 1: 5 · 10 + 2 · 20 + 5 · 1 + 3 · 20 + 4 · 30.
#[test]
fn a_gang_waits_for_its_last_unit() {
    let run = asleep_after_5(
        2,
        json!([
            {"id": 1, "arrival": 0, "duration": 12, "runs_on": ["cpu"]},
            {"id": 2, "arrival": 8, "duration": 4, "units": 2, "runs_on": ["cpu"]},
        ]),
    );
    assert_eq!(run.starts([1, 2]), [0.0, 15.0]);
    energies(&run, [600.0, 80.0, 5.0, 100.0]);
    let joules: Vec<f64> = run.units.iter().map(|u| u.real("energy_j")).collect();
    assert_eq!(joules, [510.0, 275.0]);
    // A task pays for its units while it runs: 12 · 30, and 2 · 4 · 30.
    assert_eq!([1, 2].map(|n: u32| run.task(&n.to_string()).real("energy_j")), [360.0, 240.0]);
    assert_eq!(run.task("2").list("units"), [0, 1]);
}

/// A unit that has never worked sleeps too: idle 0–5, entry 5–7, sleep 7–30, wake 30–33, active 33–34.
#[test]
fn an_idle_start_counts() {
    let run = asleep_after_5(1, json!([{"id": 1, "arrival": 30, "duration": 1, "runs_on": ["cpu"]}]));
    assert_eq!(run.starts([1]), [33.0]);
    energies(&run, [30.0, 50.0, 23.0, 100.0]);
}
