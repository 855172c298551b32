//! Laws of power, activity, the p-norm, and what a change of clock takes.

use serde_json::{Value, json};

use super::super::support::{Run, run, try_run};
use super::on;
use xpu_manager_rust::scenario::Loader;

/// 1 and 2 GHz at 20 and 40 W; idle 10 W. What a change takes is added.
fn two_clocks(change: Value) -> Value {
    let mut power = json!({"idle": 10, "active": 40, "pstates": [
        {"frequency": "1 GHz", "power": 20}, {"frequency": "2 GHz", "power": 40}]});
    for (name, value) in change.as_object().into_iter().flatten() {
        power[name] = value.clone();
    }
    json!({"kind": "cpu", "power": power})
}

fn one(duration: f64) -> Value {
    json!([{"id": 1, "duration": duration, "runs_on": ["cpu"]}])
}

/// In state `first`, then in others from given times on.
fn set(first: u8, changes: &[(f64, u8)]) -> Value {
    let changes: Vec<Value> = changes.iter().map(|(at, state)| json!({"at": at, "state": state})).collect();
    json!({"power": {"name": "userspace", "state": first, "changes": changes}})
}

#[track_caller]
fn finishes(run: &Run, finish: &str) {
    assert_eq!(run.task("1").text("finish_s"), finish);
}

/// SimGrid's example of its host energy plugin: four cores at 100, 50 and 20 Mflop/s; idle, with one core almost idle
/// (epsilon), and with all cores busy 100, 93.33… and 200 W; 93, 90, 170; 90, 90, 150.
///
/// | until | what | J |
/// |---|---|---|
/// | 10 | idle: 10 · 100 | 1000 |
/// | 11 | 100 Mflop on one core: 93.33… + 106.66… / 4 = 120 W | 1120 |
/// | 16 | the same at 20 Mflop/s: 90 + 60 / 4 = 105 W | 1645 |
/// | 20 | idle: 4 · 90 | 2005 |
#[test]
fn the_example_of_simgrid_has_its_joules() {
    let device = json!({"kind": "cpu", "power": {"idle": 100, "active": 200, "pstates": [
        {"frequency": "20 MHz", "power": 150, "idle": 90, "base": 90},
        {"frequency": "50 MHz", "power": 170, "idle": 93, "base": 90},
        {"frequency": "100 MHz", "power": 200, "idle": 100, "base": 93.333_333_333_333_33}]}});
    for (end, joules, finish) in [(10, 1000.0, "10"), (11, 1120.0, "11"), (16, 1645.0, "16"), (20, 2005.0, "20")] {
        // A task without work ends the run.
        let core = |id, arrival, duration| json!({"id": id, "arrival": arrival, "duration": duration, "share": 0.25, "runs_on": ["cpu"]});
        let mut tasks = vec![core(10, 10, 1), core(11, 11, 1)];
        tasks.retain(|task| task["arrival"].as_i64() < Some(end));
        tasks.push(core(1, end, 0));
        let run = run(on(device.clone(), 1, json!(tasks), set(2, &[(11.0, 0)])));
        assert_eq!(run.metric("energy_j.total"), joules, "at {end} s");
        finishes(&run, finish);
    }
}

/// A request at 2 s takes 3 s: 5 s at 1 GHz do 2.5 s of work, the other 7.5 end at 12.5. 5 · 20 + 7.5 · 40 J.
#[test]
fn the_old_clock_goes_on_until_a_request_takes_effect() {
    let run = run(on(two_clocks(json!({"transition": "3 s"})), 1, one(10.0), set(0, &[(2.0, 1)])));
    finishes(&run, "12.5");
    run.expect("energy_j.active", 400.0);
    assert_eq!(run.task("1").real("energy_j"), 400.0);
}

/// After the request of 2 s the unit stands still from 5 to 7, at the 40 W of the faster clock: the end is at 14.5.
/// Back from 1 to 0 it is the same 40 W: 4 s of work until 4, then 2 s of halt, then 6 s at half speed until 18.
#[test]
fn nothing_works_while_the_clock_changes() {
    let device = || two_clocks(json!({"transition": "3 s", "halt": "2 s"}));
    let up = run(on(device(), 1, one(10.0), set(0, &[(2.0, 1)])));
    finishes(&up, "14.5");
    up.expect("energy_j.total", 5.0 * 20.0 + 2.0 * 40.0 + 7.5 * 40.0);
    let down = run(on(device(), 1, one(10.0), set(1, &[(1.0, 0)])));
    finishes(&down, "18");
    down.expect("energy_j.total", 4.0 * 40.0 + 2.0 * 40.0 + 12.0 * 20.0);
}

/// Three changes of 7 J each: at 2, 3 and 4. 2 s at half speed, 1 at full, 1 at half, 7.5 at full: 11.5 s.
#[test]
fn each_change_takes_its_energy() {
    let device = two_clocks(json!({"transition_energy": "7 J"}));
    let run = run(on(device, 1, one(10.0), set(0, &[(2.0, 1), (3.0, 0), (4.0, 1)])));
    finishes(&run, "11.5");
    run.expect("energy_j.transition", 21.0);
    run.expect("energy_j.active", 3.0 * 20.0 + 8.5 * 40.0);
    assert_eq!(run.task("1").real("energy_j"), 400.0);
}

/// With a latency of 3 s: asked up at 2, back at 3: nothing changes, and 10 s of work take 20. Asked up at 2, back at
/// 3, up at 4: that one counts, at 7: 3.5 s of work, the other 6.5 until 13.5. Asked again at 4 for what is pending
/// since 2: it takes effect at 5 all the same.
#[test]
fn only_the_newest_request_counts() {
    let device = || two_clocks(json!({"transition": "3 s"}));
    finishes(&run(on(device(), 1, one(10.0), set(0, &[(2.0, 1), (3.0, 0)]))), "20");
    finishes(&run(on(device(), 1, one(10.0), set(0, &[(2.0, 1), (3.0, 0), (4.0, 1)]))), "13.5");
    finishes(&run(on(device(), 1, one(10.0), set(0, &[(2.0, 1), (4.0, 1)]))), "12.5");
}

/// A halt cannot be cut short. Asked up at 2, it stands still from 2 to 6; asked back at 3, that is requested at 6,
/// with another halt until 10. 1 s of work is done by 2; the other 9 take 18 from 10 on.
#[test]
fn what_is_asked_for_during_a_halt_comes_after_it() {
    let run = run(on(two_clocks(json!({"halt": "4 s"})), 1, one(10.0), set(0, &[(2.0, 1), (3.0, 0)])));
    finishes(&run, "28");
    run.expect("energy_j.total", 2.0 * 20.0 + 8.0 * 40.0 + 18.0 * 20.0);
}

/// It stands still from 2 to 4: a task that starts at 3 begins to work at 4.
#[test]
fn a_task_that_starts_on_a_halted_unit_waits_for_it() {
    let tasks = json!([{"id": 1, "arrival": 3, "duration": 1, "runs_on": ["cpu"]}]);
    let run = run(on(two_clocks(json!({"halt": "2 s"})), 1, tasks, set(0, &[(2.0, 1)])));
    assert_eq!(run.task("1").text("start_s"), "3");
    finishes(&run, "5");
}

/// What is zero is as what is absent, and one state as no governor.
#[test]
fn a_change_that_takes_nothing_and_a_single_state_change_nothing() {
    let free = json!({"transition": 0, "halt": 0, "transition_energy": 0});
    let tasks = json!([{"id": 1, "arrival": 0.5, "duration": 10, "runs_on": ["cpu"]},
                       {"id": 2, "arrival": 13.5, "duration": 1, "runs_on": ["cpu"]}]);
    let fingerprint = |device: Value, power: Value| {
        run(on(device, 1, tasks.clone(), json!({"power": power}))).replications[0].fingerprint
    };
    let ondemand = || json!("ondemand");
    assert_eq!(fingerprint(two_clocks(free), ondemand()), fingerprint(two_clocks(json!({})), ondemand()));
    let single = || {
        json!({"kind": "cpu", "power": {"idle": 10, "active": 40, "transition": "1 s", "halt": "1 s",
               "pstates": [{"frequency": "2 GHz", "power": 40}]}})
    };
    let still = fingerprint(single(), json!("performance"));
    for governor in ["powersave", "ondemand", "conservative", "schedutil", "thresholds-aggressive"] {
        assert_eq!(fingerprint(single(), json!(governor)), still, "{governor}");
    }
}

/// By the law of Fan et al. half a unit draws 10 + 30 (1 − 2^−1.4) W; by a table of 10, 28 and 40 W, 28 W; at a quarter
/// of the load, 19 W.
#[test]
fn power_over_load_follows_its_law() {
    let energy = |load: Value, share: f64| {
        let device = json!({"kind": "cpu", "power": {"idle": 10, "active": 40, "load": load}});
        let tasks = json!([{"id": 1, "duration": 100, "share": share, "runs_on": ["cpu"]}]);
        run(on(device, 1, tasks, json!({}))).metric("energy_j.total") / 100.0
    };
    assert_eq!(energy(json!("linear"), 0.5), 25.0);
    // 30 · 0.621070858… = 18.632125751…, to the microwatt.
    assert_eq!(energy(json!("fan"), 0.5), 28.632_126);
    assert_eq!(energy(json!([10, 28, 40]), 0.5), 28.0);
    assert_eq!(energy(json!([10, 28, 40]), 0.25), 19.0);
    assert_eq!([energy(json!("fan"), 1.0), energy(json!([10, 28, 40]), 1.0)], [40.0; 2]);
}

/// A V100 by its knee law, at 1.38 GHz and at 1 GHz: 164.225826 and 105 W; a task of β = 1 takes 1.38 times as long.
#[test]
fn clocks_and_powers_can_come_from_a_law() {
    let device = json!({"kind": "gpu", "power": {"idle": 18, "clocks": ["1 GHz", "1.38 GHz"],
        "law": {"form": "knee", "base": 18, "per_ghz": 87, "knee": "1.049 GHz", "slope": 0.313}}});
    let tasks = json!([{"id": 1, "duration": 100, "runs_on": ["gpu"]}]);
    let fast = run(on(device.clone(), 1, tasks.clone(), json!({"power": "performance"})));
    fast.expect("energy_j.total", 16_422.582_6);
    let slow = run(on(device, 1, tasks, json!({"power": "powersave"})));
    finishes(&slow, "138");
    slow.expect("energy_j.total", 138.0 * 105.0);
}

/// The base of a law is not the idle power: 10 W idle, but 50 + 10 · 2³ = 130 W busy, of which half a unit has
/// 50 + 40.
#[test]
fn a_busy_device_draws_its_base_at_any_load() {
    let device = json!({"kind": "gpu", "power": {"idle": 10, "clocks": ["1 GHz", "2 GHz"],
        "law": {"form": "cubic", "base": 50, "coefficient": 10}}});
    let tasks = json!([{"id": 1, "arrival": 1, "duration": 2, "share": 0.5, "runs_on": ["gpu"]}]);
    let run = run(on(device, 1, tasks, json!({})));
    run.expect("energy_j.idle", 10.0);
    run.expect("energy_j.active", 180.0);
}

/// 10 W idle, 40 busy, 8 of memory. 0.5 of computing and 1.5 of memory: 10 + 15 + 12 = 37 W. On half a unit beside a
/// task that says nothing on the other half: 10 + (15 + 7.5) + 6 = 38.5 W. A task alone on its half: 10 + 7.5 + 6.
#[test]
fn a_task_draws_by_its_activity() {
    let device = || json!({"kind": "cpu", "power": {"idle": 10, "active": 40, "memory": 8}});
    let task = |id, duration, share, activity: Value| {
        let mut task = json!({"id": id, "duration": duration, "share": share, "runs_on": ["cpu"]});
        if !activity.is_null() {
            task["activity"] = activity;
        }
        task
    };
    let half = || json!({"compute": 0.5, "memory": 1.5});
    let alone = run(on(device(), 1, json!([task(1, 2, 1.0, half())]), json!({})));
    alone.expect("energy_j.total", 74.0);
    assert_eq!(alone.task("1").real("energy_j"), 74.0);
    let both = json!([task(1, 4, 0.5, half()), task(2, 2, 0.5, Value::Null)]);
    let both = run(on(device(), 1, both, json!({})));
    both.expect("energy_j.total", 2.0 * 38.5 + 2.0 * 23.5);
    // Its half of the base, of 15 W, and of 12 W.
    assert_eq!(both.task("1").real("energy_j"), 4.0 * 18.5);
    assert_eq!(both.task("2").real("energy_j"), 2.0 * 20.0);
}

/// At half the clock, with t_c : t_m = 3 : 4, `t / t0` is (6 + 4) / 7, √52 / 5 and 6 / 4 for p = 1, 2 and the greater.
#[test]
fn the_norm_of_a_task_or_device_combines_what_scales_and_what_does_not() {
    let finish = |of_device: Value, of_task: Value| {
        let mut device = two_clocks(json!({"beta": 3.0 / 7.0}));
        let mut task = json!({"id": 1, "duration": 10, "runs_on": ["cpu"]});
        if !of_device.is_null() {
            device["power"]["norm"] = of_device;
        }
        if !of_task.is_null() {
            task["norm"] = of_task;
        }
        let run = run(on(device, 1, json!([task]), json!({"power": "powersave"})));
        run.task("1").text("finish_s").to_owned()
    };
    // 100 / 7, 2 · √52, 15.
    assert_eq!(finish(Value::Null, Value::Null), "14.285714286");
    assert_eq!(finish(json!(2), Value::Null), "14.422205102");
    assert_eq!(finish(json!("max"), Value::Null), "15");
    assert_eq!(finish(json!("max"), json!(2)), "14.422205102");
}

/// 3 s of operations and 4 s of traffic at full clock. At half the clock the operations take 6: 10 s one after the
/// other, 6 overlapped; with a β of its own the whole scales: 7 · (0.5 · 2 + 0.5) = 10.5.
#[test]
fn operations_scale_with_the_clock_and_bytes_do_not() {
    let finish = |form: &str, beta: Option<f64>, norm: Option<f64>| {
        let mut device = two_clocks(json!({}));
        device["peak"] = json!({"fp16": "1 TFLOP/s"});
        device["memory_bandwidth"] = json!("1 GB/s");
        device["efficiency"] = json!({"compute": 1, "memory": 1, "form": form});
        let mut task = json!({"id": 1, "flops": 3e12, "bytes": 4_000_000_000u64, "runs_on": ["cpu"]});
        if let Some(beta) = beta {
            task["beta"] = json!(beta);
        }
        if let Some(norm) = norm {
            task["norm"] = json!(norm);
        }
        let run = run(on(device, 1, json!([task]), json!({"power": "powersave"})));
        run.task("1").text("finish_s").to_owned()
    };
    assert_eq!([finish("add", None, None), finish("max", None, None)], ["10", "6"]);
    assert_eq!(finish("add", Some(0.5), None), "10.5");
    // √(6² + 4²).
    assert_eq!(finish("add", None, Some(2.0)), "7.211102551");
}

#[test]
fn a_device_with_a_state_below_its_floor_is_refused() {
    let scenario = on(two_clocks(json!({"valid_from": "1.2 GHz"})), 1, one(1.0), json!({}));
    let error = try_run(scenario, &Loader::default()).err().unwrap();
    for word in
        ["/devices/own/power/pstates/0/frequency", "P-state 0 at 1000000000 Hz", "1200000000 Hz of `valid_from`"]
    {
        assert!(error.contains(word), "{word}: {error}");
    }
}

/// A step is a quarter of 2 GHz; looks every second. Busy from 0 on: the wish is 1.5 GHz at 1 (state 1 GHz), 2 at 2.
/// 2 s at half speed, 9 at full: the end at 11. Idle at 12 and 13: 1.5 (2 GHz is the lowest above), 1.
#[test]
fn conservative_climbs_until_it_is_at_the_top() {
    let tasks = json!([{"id": 1, "duration": 10, "runs_on": ["cpu"]},
                       {"id": 2, "arrival": 20, "duration": 1, "runs_on": ["cpu"]}]);
    let policies = json!({"power": {"name": "conservative", "freq_step": 0.25}});
    let run = run(on(two_clocks(json!({})), 1, tasks, policies));
    finishes(&run, "11");
    // It has fallen while idle: at 21 the wish is 1.5 GHz, at 22 it would be 2; 1 s of work ends then.
    assert_eq!(run.task("2").text("finish_s"), "22");
    run.expect("energy_j.active", 2.0 * 20.0 + 9.0 * 40.0 + 2.0 * 20.0);
}

/// Looks every second, half-life 1 s. Busy at half the clock from 0 on, the average is 0.5 (1 − 2^−t): 0.25 at 1 s, asks
/// for 2 · 1.25 · 0.25 = 0.625 GHz; 0.375 at 2 s: 0.9375; 0.4375 at 3 s: 1.09, so 2 GHz. 1.5 s of work are done; the
/// other 8.5 end at 11.5.
#[test]
fn schedutil_looks_on_until_its_average_has_settled() {
    let policies = json!({"power": {"name": "schedutil", "rate_limit": 1, "half_life": 1}});
    let run = run(on(two_clocks(json!({})), 1, one(10.0), policies));
    finishes(&run, "11.5");
    run.expect("energy_j.active", 3.0 * 20.0 + 8.5 * 40.0);
}
