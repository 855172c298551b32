//! Sleep states and sleep policies: hand cases, competitive ratios, liveness.

use proptest::prelude::*;
use serde_json::{Value, json};
use xpu_manager_rust::policy::registry::Registry;

use super::support::{Run, cluster, run};

/// Idle 10 W, active 30 W, with these sleep states.
fn device(sleep: &Value) -> Value {
    json!({"kind": "cpu", "power": {"idle": 10, "active": 30}, "sleep": sleep})
}

/// One state: falls asleep in 2 s and wakes in 3 s at 20 W, sleeps at 1 W. It pays from 95/9 s on.
fn single() -> Value {
    json!({"power": 1, "entry": 2, "wake": 3, "wake_power": 20})
}

/// Light: 4 W, entry 1 s at 8 W, wake 2 s at 14 W: 36 − 3·4 = 24, so it pays from 24 / (10 − 4) = 4 s on.
/// Deep: 1 W, entry 3 s at 8 W, wake 10 s at 10.3 W: 127 − 13·1 = 114, below light from (114 − 24) / (4 − 1) = 30 s on.
fn two_states() -> Value {
    json!([
        {"power": 4, "entry": 1, "entry_power": 8, "wake": 2, "wake_power": 14},
        {"power": 1, "entry": 3, "entry_power": 8, "wake": 10, "wake_power": 10.3},
    ])
}

/// One unit, tasks as (arrival, duration) numbered from 1.
fn scenario(sleep: &Value, tasks: &[(u32, u32)], policy: Value) -> Value {
    let tasks: Vec<Value> = (1..)
        .zip(tasks)
        .map(
            |(id, (arrival, duration))| json!({"id": id, "arrival": arrival, "duration": duration, "runs_on": ["cpu"]}),
        )
        .collect();
    json!({"devices": {"own": device(sleep)}, "cluster": cluster("own", 1),
           "workload": [{"source": "tasks", "tasks": tasks}], "policies": {"sleep": policy}})
}

/// Active, idle, sleep, transition.
#[track_caller]
fn energies(run: &Run, expected: [f64; 4]) {
    for (state, joules) in ["active", "idle", "sleep", "transition"].iter().zip(expected) {
        run.expect(&format!("energy_j.{state}"), joules);
    }
    run.expect("energy_j.total", expected.iter().sum());
}

/// ```text
/// 0 ─ active ─ 2 ─ idle ─ 6 ─ entry ─ 7 ─ light ─ 32 ─ entry ─ 35 ─ deep ─ 50 ─ wake ─ 60 ─ active ─ 64
///    2·30=60    4·10=40    1·8=8   25·4=100   3·8=24    15·1=15    10·10.3=103   4·30=120
/// ```
#[test]
fn a_unit_goes_from_state_to_state_along_the_envelope() {
    let run = run(scenario(&two_states(), &[(0, 2), (50, 4)], json!("break-even")));
    assert_eq!(run.starts([1, 2]), [0.0, 60.0]);
    energies(&run, [180.0, 40.0, 115.0, 135.0]);
    let unit = &run.units[0];
    let times = ["busy_s", "idle_s", "sleep_s", "transition_s", "energy_j"].map(|c| unit.text(c).to_owned());
    assert_eq!(times, ["6", "4", "40", "14", "470"]);
    run.expect("sleep.wakes", 1.0);
    run.expect("sleep.state_0.time_s", 25.0);
    run.expect("sleep.state_1.time_s", 15.0);
}

/// At 20 the unit sleeps lightly since 7 and is awake at 22; the deadline of the descent at 32 is void: from 23 on it is
/// idle, sleeps lightly from 28 on, and goes deeper at 53 only. A last task at 54 finds it on its way down until 56, and
/// awake at 66.
///
/// Active 2 + 1 + 1 s, idle 4 + 4, light 13 + 25, deep 0; entries 1 + 1 + 3 s at 8 W, waking 2·14 + 10·10.3.
#[test]
fn who_wakes_a_unit_puts_off_its_descent_and_none_can_be_called_off() {
    let run = run(scenario(&two_states(), &[(0, 2), (20, 1), (54, 1)], json!("break-even")));
    assert_eq!(run.starts([1, 2, 3]), [0.0, 22.0, 66.0]);
    energies(&run, [120.0, 80.0, 152.0, 40.0 + 28.0 + 103.0]);
    run.expect("sleep.wakes", 2.0);
    run.expect("sleep.state_0.time_s", 38.0);
    run.expect("sleep.state_1.time_s", 0.0);
}

/// Statistics begin at 10: of the 25 s of light sleep 22 are left.
#[test]
fn time_asleep_is_counted_from_the_warm_up_on() {
    let mut scenario = scenario(&two_states(), &[(0, 2), (50, 4)], json!("break-even"));
    scenario["warmup"] = json!(10);
    let run = run(scenario);
    run.expect("sleep.wakes", 1.0);
    run.expect("sleep.state_0.time_s", 22.0);
    run.expect("sleep.state_1.time_s", 15.0);
}

/// A timeout goes where it is told: to light sleep (awake 2 s after 50), to the deepest (10 s) by default or beyond it.
#[test]
fn a_timeout_names_its_state() {
    for (state, start) in [(json!(0), 52.0), (json!(1), 60.0), (json!(200), 60.0), (Value::Null, 60.0)] {
        let policy = json!({"name": "timeout", "after": 5, "state": state});
        let run = run(scenario(&two_states(), &[(0, 2), (50, 4)], policy));
        assert_eq!(run.starts([1, 2]), [0.0, start], "{state}");
    }
}

/// Asleep before the first arrival at 0: entry 0–2, wake 2–5, active 5–9, entry 9–11, asleep until 20, wake until 23.
#[test]
fn instant_off_sleeps_as_soon_as_idle() {
    let run = run(scenario(&single(), &[(0, 4), (20, 6)], json!("instant-off")));
    assert_eq!(run.starts([1, 2]), [5.0, 23.0]);
    energies(&run, [300.0, 0.0, 9.0, 200.0]);
}

/// Asleep from 2 on. Two tasks wait since 3 and 5; with the third, at 6, the unit wakes until 9. It falls asleep from 12 to
/// 14; 4 comes at 13 and waits until 5, the last of all, comes at 40: more than two cannot come to wait.
///
/// Active 5·30, asleep 2–6 and 14–40, entries 2 s twice and wake-ups 3 s twice at 20 W.
#[test]
fn n_policy_waits_for_company() {
    let tasks = [(3, 1), (5, 1), (6, 1), (13, 1), (40, 1)];
    let found = run(scenario(&single(), &tasks, json!({"name": "n-policy", "tasks": 3})));
    assert_eq!(found.starts([1, 2, 3, 4, 5]), [9.0, 10.0, 11.0, 43.0, 44.0]);
    energies(&found, [150.0, 0.0, 30.0, 200.0]);
    // If 4 is the last one it waits for nobody, but the unit cannot turn round before 14.
    let found = run(scenario(&single(), &tasks[..4], json!({"name": "n-policy", "tasks": 3})));
    assert_eq!(found.starts([4]), [17.0]);
    // Where but two may wait, two are enough: at 5, so that 3 joins while the unit wakes.
    let mut small = scenario(&single(), &tasks, json!({"name": "n-policy", "tasks": 3}));
    small["policies"]["queue_limit"] = json!(2);
    assert_eq!(run(small).starts([1, 2, 3]), [8.0, 9.0, 10.0]);
}

/// The idle periods last 0, 18, 5 and 4 s; the state pays from 10.6 s on. Before 2 nothing is known: asleep after 10.6 s
/// all the same. Before 3 the last one was long: asleep at once, from 25 on. Before 4 it was short: awake.
#[test]
fn predictive_expects_the_last_idle_period_again() {
    let tasks = [(0, 2), (20, 2), (30, 1), (38, 1)];
    let last = json!({"name": "predictive", "alpha": 1});
    assert_eq!(run(scenario(&single(), &tasks, last)).starts([1, 2, 3, 4]), [0.0, 23.0, 33.0, 38.0]);
    // Half of 18 is less than 10.6, and so on: only the correction lets it sleep.
    let mean = json!({"name": "predictive"});
    assert_eq!(run(scenario(&single(), &tasks, mean)).starts([1, 2, 3, 4]), [0.0, 23.0, 30.0, 38.0]);
    // Waking takes 3 s, too long for a limit of 2.
    let hasty = json!({"name": "predictive", "alpha": 1, "latency": 2});
    assert_eq!(run(scenario(&single(), &tasks, hasty)).starts([1, 2, 3, 4]), [0.0, 20.0, 30.0, 38.0]);
}

/// The k-th wake-up of a unit takes the same time under two policies, and not always the same.
#[test]
fn drawn_wake_ups_do_not_depend_on_the_policy() {
    let drawn = json!({"power": 1, "entry": 0, "wake": {"dist": "exponential", "mean": 3}, "wake_power": 20});
    let tasks: Vec<(u32, u32)> = (1..20).map(|i| (1000 * i, 1)).collect();
    let waits = |policy: Value| -> Vec<u64> {
        let run = run(scenario(&drawn, &tasks, policy));
        run.tasks.iter().map(|t| t.nanos("start_s") - t.nanos("arrival_s")).collect()
    };
    let found = waits(json!("instant-off"));
    assert_eq!(found, waits(json!({"name": "timeout", "after": 60})));
    assert_eq!(found, waits(json!("break-even")));
    assert!(found.iter().all(|w| *w > 0) && found.windows(2).all(|w| w[0] != w[1]), "{found:?}");
}

/// A list of one state, powers written twice, a wake-up drawn from one value, a gate for a single task: nothing new.
#[test]
fn what_says_the_same_in_other_words_makes_no_difference() {
    let told =
        json!({"power": 1, "entry": 2, "entry_power": 20, "wake": {"dist": "constant", "value": 3}, "wake_power": 20});
    let tasks = [(0, 2), (20, 2), (30, 1), (38, 1), (60, 5)];
    let timeout = || json!({"name": "timeout", "after": 0});
    let base = run(scenario(&single(), &tasks, timeout()));
    for other in [
        scenario(&json!([single()]), &tasks, timeout()),
        scenario(&told, &tasks, timeout()),
        scenario(&single(), &tasks, json!("instant-off")),
        scenario(&single(), &tasks, json!({"name": "n-policy", "tasks": 1})),
    ] {
        let other = run(other);
        assert_eq!(other.replications[0].fingerprint, base.replications[0].fingerprint);
        assert_eq!(other.replications[0].metrics, base.replications[0].metrics);
    }
    // Devices that could sleep, under a policy that never has them: as if they could not.
    let awake = run(scenario(&two_states(), &tasks, json!("never")));
    let mut sleepless = scenario(&single(), &tasks, json!("break-even"));
    sleepless["devices"]["own"]["sleep"] = Value::Null;
    assert_eq!(awake.replications[0].fingerprint, run(sleepless).replications[0].fingerprint);
}

/// One client that thinks between its tasks: the idle periods are its thoughts.
fn thoughts(sleep: &Value, think: &Value, count: u32, policy: &str) -> Run {
    run(json!({"devices": {"own": device(sleep)}, "cluster": cluster("own", 1), "seed": 5,
        "workload": [{"source": "synthetic", "count": count,
                      "arrivals": {"process": "closed", "clients": 1, "think_time": think},
                      "tasks": [{"runs_on": ["cpu"], "duration": 1}]}],
        "policies": {"sleep": policy}}))
}

/// The idle periods in s: from each end, or the beginning, to the next arrival.
fn gaps(run: &Run) -> Vec<f64> {
    let ends = std::iter::once(0).chain(run.tasks.iter().map(|t| t.nanos("finish_s")));
    run.tasks.iter().zip(ends).map(|(t, end)| (t.nanos("arrival_s") - end) as f64 / 1e9).collect()
}

/// What is not spent on work, in J.
fn overhead(run: &Run) -> f64 {
    run.metric("energy_j.total") - run.metric("energy_j.active")
}

/// The least energy of an idle period of `gap` seconds for who knows its length: awake, or asleep at once in one of the
/// states, which are (power, entry, entry power, wake, wake power).
fn in_hindsight(gap: f64, states: &[[f64; 5]]) -> f64 {
    let asleep = |[power, entry, entry_power, wake, wake_power]: &[f64; 5]| {
        entry * entry_power + power * (gap - entry).max(0.0) + wake * wake_power
    };
    states.iter().map(asleep).fold(10.0 * gap, f64::min)
}

fn written(states: &[[f64; 5]]) -> Value {
    let state =
        |s: &[f64; 5]| json!({"power": s[0], "entry": s[1], "entry_power": s[2], "wake": s[3], "wake_power": s[4]});
    states.iter().map(state).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    /// One state: at most twice the optimum over any idle periods, as long as transitions draw no less than idling.
    #[test]
    fn break_even_costs_at_most_twice_the_optimum(
        power in 0..9u32, entry in 0..40u32, wake in 0..100u32, up in (10..80u32, 10..80u32), scale in 1..300u32,
        count in 1..4u32,
    ) {
        let states = [[f64::from(power), f64::from(entry) / 10.0, f64::from(up.0), f64::from(wake) / 10.0, f64::from(up.1)]];
        let think = json!({"dist": "uniform", "low": 0, "high": f64::from(scale) / 2.0});
        let run = thoughts(&written(&states), &think, count, "break-even");
        let best: f64 = gaps(&run).iter().map(|gap| in_hindsight(*gap, &states)).sum();
        prop_assert!(overhead(&run) <= 2.0 * best * (1.0 + 1e-6) + 1e-6, "{} of {best}", overhead(&run));
        prop_assert!(overhead(&run) >= best * (1.0 - 1e-6), "{} of {best}", overhead(&run));
    }

    /// Three states that are entered at no cost, along the envelope.
    #[test]
    fn the_envelope_costs_at_most_twice_the_optimum(
        power in prop::array::uniform3(0..10u32), wake in prop::array::uniform3(0..80u32),
        up in prop::array::uniform3(10..60u32), scale in 1..400u32, count in 1..4u32,
    ) {
        let mut power = power;
        power.sort_unstable_by(|a, b| b.cmp(a));
        let states: Vec<[f64; 5]> =
            (0..3).map(|i| [f64::from(power[i]), 0.0, 0.0, f64::from(wake[i]) / 10.0, f64::from(up[i])]).collect();
        let think = json!({"dist": "uniform", "low": 0, "high": f64::from(scale) / 2.0});
        let run = thoughts(&written(&states), &think, count, "break-even");
        let best: f64 = gaps(&run).iter().map(|gap| in_hindsight(*gap, &states)).sum();
        prop_assert!(overhead(&run) <= 2.0 * best * (1.0 + 1e-6) + 1e-6, "{} of {best}", overhead(&run));
        prop_assert!(overhead(&run) >= best * (1.0 - 1e-6), "{} of {best}", overhead(&run));
    }
}

/// Waking costs 2 s · 50 W, so the state pays from 10 s on. An idle period just beyond 10 s is the worst: 10 s awake and
/// then the wake-up, 200 J, where 100 J would have done.
#[test]
fn the_worst_idle_period_costs_break_even_twice_the_optimum() {
    let state = [0.0, 0.0, 0.0, 2.0, 50.0];
    let run = thoughts(&written(&[state]), &json!(10.001), 3, "break-even");
    run.expect("energy_j.total", 3.0 * (100.0 + 100.0 + 30.0));
}

/// The same state under a random timeout: e/(e − 1) times the optimum on average, whatever the idle period. An idle period
/// costs 50 to 200 J here, so the standard error of the mean of 2000 is at most 75/√2000 = 1.7 J; four of them would be
/// exceeded with probability 6e-5, by one of three with 2e-4, for a new seed.
#[test]
fn a_random_timeout_costs_e_over_e_minus_one_times_the_optimum() {
    let state = [0.0, 0.0, 0.0, 2.0, 50.0];
    let ratio = std::f64::consts::E / (std::f64::consts::E - 1.0);
    for gap in [5.0, 10.0, 15.0] {
        let run = thoughts(&written(&[state]), &json!(gap), 2000, "random-timeout");
        let mean = overhead(&run) / 2000.0;
        let expected = ratio * in_hindsight(gap, &[state]);
        assert!((mean - expected).abs() <= 4.0 * 75.0 / 2000f64.sqrt(), "{gap} s: {mean} J, not {expected} J");
    }
}

/// Under every scheduler all tasks are done, though units are out of reach until three tasks wait.
#[test]
fn n_policy_leaves_nobody_behind_under_any_scheduler() {
    for scheduler in Registry::builtin().scheduler_names() {
        let run = run(json!({
            "devices": {"own": device(&single()), "other": {"kind": "gpu", "power": {"idle": 10, "active": 30}, "sleep": single()}},
            "cluster": {"nodes": [{"name": "n", "count": 2, "units": [
                {"device": "own", "count": 2}, {"device": "other", "count": 1}]}]},
            "workload": [{"source": "synthetic", "count": 40,
                "arrivals": {"process": "poisson", "rate": 0.15},
                "tasks": [
                    {"runs_on": ["cpu"], "duration": {"dist": "exponential", "mean": 6},
                     "units": {"dist": "uniform", "low": 1, "high": 4}},
                    {"runs_on": {"gpu": 1, "cpu": 0.5}, "duration": 3},
                    {"runs_on": ["gpu"], "share": 0.5, "duration": 4}]}],
            "policies": {"scheduler": scheduler, "sleep": {"name": "n-policy", "tasks": 3}},
        }));
        assert_eq!(run.metric("tasks.completed"), 40.0, "{scheduler}");
        assert!(run.metric("energy_j.sleep") > 0.0, "{scheduler}");
    }
}
