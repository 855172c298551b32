//! Heat: temperatures, throttling and leakage by hand. The arithmetic stands beside each test.

use serde_json::{Value, json};
use xpu_manager_rust::scenario::Loader;
use xpu_manager_rust::theory::ThrottleCycle;

use super::support::{Run, cluster, run, try_run};

/// 1 and 2 GHz at 40 and 100 W, idle 10 W; 0.5 K/W and 100 J/K, so 50 s.
fn device(thermal: Value) -> Value {
    let mut all = json!({"resistance": 0.5, "capacitance": 100});
    all.as_object_mut().unwrap().extend(thermal.as_object().unwrap().clone());
    json!({"kind": "cpu", "thermal": all, "power": {"idle": 10, "active": 100, "pstates": [
        {"frequency": "1 GHz", "power": 40}, {"frequency": "2 GHz", "power": 100}]}})
}

fn one_task(device: Value, duration: f64, ambient: Value) -> Value {
    let mut machine = cluster("own", 1);
    machine["ambient"] = ambient;
    json!({"devices": {"own": device}, "cluster": machine,
           "workload": [{"source": "tasks", "tasks": [{"id": 1, "duration": duration, "runs_on": ["cpu"]}]}]})
}

#[track_caller]
fn near(found: f64, expected: f64, within: f64) {
    assert!((found - expected).abs() <= within, "found {found}, expected {expected}");
}

fn finish(run: &Run) -> f64 {
    run.task("1").real("finish_s")
}

/// From 20 °C at 100 W towards 70 °C: after 50 ln 2 s it has gone half of the way. The mean of 70 − 50 exp(−t/τ)
/// over τ ln 2 is 70 − 50 (1 − 1/2) / ln 2.
#[test]
fn a_unit_warms_by_its_time_constant() {
    let run = run(one_task(device(json!({})), 50.0 * std::f64::consts::LN_2, json!(20)));
    near(run.metric("temperature_c.max"), 45.0, 1e-6);
    near(run.metric("temperature_c.mean"), 70.0 - 25.0 / std::f64::consts::LN_2, 1e-6);
    run.expect("throttles", 0.0);
    near(run.metric("energy_j.total"), 5000.0 * std::f64::consts::LN_2, 1e-6);
}

/// Towards 70 °C at 100 W and 40 °C at 40 W, between 60 and 50 °C:
///
/// | part | time |
/// |---|---|
/// | 20 to 60 °C, 2 GHz | 50 ln(50 / 10) = 80.4719 s |
/// | 60 to 50 °C, 1 GHz | 50 ln(20 / 10) = 34.6574 s |
/// | 50 to 60 °C, 2 GHz | 50 ln(20 / 10) = 34.6574 s |
///
/// 200 s of work: 80.4719, then 1.5 · 34.6574 = 51.9860 each cycle of 69.3147 s. After two cycles 184.4440 are
/// done; of the 15.5560 left all goes at half speed, and 31.1120 s are less than 34.6574.
#[test]
fn a_constant_load_is_throttled_and_released_in_turn() {
    let limits = json!({"throttle_at": 60, "release_at": 50});
    let run = run(one_task(device(limits), 200.0, json!(20)));
    let (first, half) = (50.0 * 5f64.ln(), 50.0 * 2f64.ln());
    let rest = 2.0 * (200.0 - first - 3.0 * half);
    near(finish(&run), first + 4.0 * half + rest, 1e-7);
    run.expect("throttles", 3.0);
    near(run.metric("throttle_s"), 2.0 * half + rest, 1e-7);
    run.expect("temperature_c.max", 60.0);
    near(run.units[0].real("throttle_s"), 2.0 * half + rest, 1e-7);
    near(run.metric("energy_j.total"), 100.0 * (first + 2.0 * half) + 40.0 * (2.0 * half + rest), 1e-4);
}

/// Three P-states of 100, 70 and 40 W and a period of 30 s. 60 °C at 50 ln 5 = 80.4719 s: to 70 W, with a limit
/// of 55 °C. 50 °C is never reached, so it stays at the second clock, 1.5 GHz.
#[test]
fn a_step_goes_no_lower_than_it_must() {
    let mut own = device(json!({"throttle_at": 60, "release_at": 50, "step": "30 s"}));
    own["power"]["pstates"] = json!([{"frequency": "1 GHz", "power": 40}, {"frequency": "1.5 GHz", "power": 70},
        {"frequency": "2 GHz", "power": 100}]);
    let run = run(one_task(own, 200.0, json!(20)));
    let first = 50.0 * 5f64.ln();
    near(finish(&run), first + (200.0 - first) / 0.75, 1e-7);
    run.expect("throttles", 1.0);
}

/// The same with 90 W in the middle, a limit of 65 °C. It keeps above 60 °C, so after 30 s it goes on to 40 W:
/// T = 65 − 5 exp(−0.6) then, and 50 °C comes 50 ln((T − 40) / 10) s later. There it goes up to 90 W again, and after
/// another 30 s it is at 65 − 15 exp(−0.6) = 56.8 °C, still no more than throttled by one: 60 °C comes at
/// 50 ln 3 = 54.9 s after the release.
#[test]
fn a_step_follows_a_step_while_it_is_too_hot() {
    let mut own = device(json!({"throttle_at": 60, "release_at": 50, "step": "30 s"}));
    own["power"]["pstates"] = json!([{"frequency": "1 GHz", "power": 40}, {"frequency": "1.5 GHz", "power": 90},
        {"frequency": "2 GHz", "power": 100}]);
    let run = run(one_task(own, 200.0, json!(20)));
    let first = 50.0 * 5f64.ln();
    let hottest = 65.0 - 5.0 * (-0.6f64).exp();
    let cooling = 50.0 * ((hottest - 40.0) / 10.0).ln();
    // Done so far: first + 0.75 · 30 + 0.5 · cooling = 80.47 + 22.5 + 20.0; then 50 ln 3 s at 0.75 make 41.2.
    let warming = 50.0 * 3f64.ln();
    let left = 200.0 - first - 22.5 - 0.5 * cooling - 0.75 * warming;
    assert!(left > 0.0);
    // At 60 °C down to 40 W: 50 °C after 50 ln 2 s, in which 17.3 s of work are done; the rest is at 90 W.
    let low = 50.0 * 2f64.ln();
    let after = left - 0.5 * low;
    assert!(after > 0.0 && after / 0.75 < warming);
    near(finish(&run), first + 30.0 + cooling + warming + low + after / 0.75, 1e-7);
    near(run.metric("temperature_c.max"), hottest, 1e-9);
    run.expect("throttles", 1.0);
}

/// 20 W of leakage at 25 °C and 0.01 per kelvin: g = 0.2 W/K. The steady state is 75 °C, see below:
/// T = 20 + 0.5 (100 + 0.2 (T − 25)), where it draws 110 W. In the last 100 s of 2000 it is there.
#[test]
fn leakage_finds_its_steady_state() {
    let own = || {
        let mut own = device(json!({"leakage": {"power": 20, "per_kelvin": 0.01, "reference": 25}}));
        own["power"]["idle"] = json!(20);
        own
    };
    let energy = |seconds| run(one_task(own(), seconds, json!(20))).metric("energy_j.total");
    near(energy(2000.0) - energy(1900.0), 11_000.0, 1e-6);
    let run = run(one_task(own(), 2000.0, json!(20)));
    near(run.metric("temperature_c.max"), 75.0, 1e-9);
    near(run.metric("energy_j.leakage_by_heat"), run.metric("energy_j.total") - 200_000.0, 1e-6);
}

/// Two tasks with a pause, leakage, throttling and air that warms up in mid-run, against an integration by small
/// steps that knows nothing of exponentials.
#[test]
fn energy_under_leakage_agrees_with_small_steps() {
    let mut own = device(json!({"throttle_at": 60, "release_at": 50,
        "leakage": {"power": 10, "per_kelvin": 0.01, "reference": 25}}));
    own["power"]["idle"] = json!(10);
    let mut scenario = one_task(own, 0.0, json!({"steps": [[0, 20], [150, 28]]}));
    scenario["workload"][0]["tasks"] = json!([{"id": 1, "duration": 120, "runs_on": ["cpu"]},
        {"id": 2, "arrival": 160, "duration": 100, "runs_on": ["cpu"]}]);
    let run = run(scenario);

    let (mut t, mut temperature, mut energy, mut hot) = (0.0, 20.0, 0.0, false);
    let mut work = [(0.0, 120.0), (160.0, 100.0)];
    let h = 1e-3;
    let mut ends = Vec::new();
    while ends.len() < 2 {
        let task = ends.len();
        let busy = t >= work[task].0;
        let base = match (busy, hot) {
            (false, _) => 10.0,
            (true, true) => 40.0,
            (true, false) => 100.0,
        };
        let air = if t < 150.0 { 20.0 } else { 28.0 };
        let power = |x: f64| base + 0.1 * (x - 25.0);
        let slope = |x: f64| (power(x) - (x - air) / 0.5) / 100.0;
        let middle = temperature + 0.5 * h * slope(temperature);
        energy += h * power(middle);
        temperature += h * slope(middle);
        t += h;
        hot = if hot { temperature > 50.0 } else { temperature >= 60.0 };
        if busy {
            work[task].1 -= h * if base == 40.0 { 0.5 } else { 1.0 };
            if work[task].1 <= 0.0 {
                ends.push(t);
            }
        }
    }
    for (id, end) in [("1", ends[0]), ("2", ends[1])] {
        near(run.task(id).real("finish_s"), end, 0.01);
    }
    near(run.metric("energy_j.total"), energy, 1.0);
    assert!(run.metric("throttles") >= 2.0);
}

/// Air of 20 °C, from 100 s on 30 °C, an idle unit of 10 W: 25 °C is approached, then 35 °C.
/// At 100 s: 25 − 5 exp(−2); 50 s later 35 − (10 + 5 exp(−2)) exp(−1).
#[test]
fn the_air_changes_at_its_hour() {
    let mut scenario = one_task(device(json!({})), 1.0, json!({"steps": [[0, 20], [100, 30]]}));
    scenario["workload"][0]["tasks"][0]["arrival"] = json!(150);
    scenario["workload"][0]["tasks"][0]["duration"] = json!(1e-9);
    let run = run(scenario);
    near(run.metric("temperature_c.max"), 35.0 - (10.0 + 5.0 * (-2f64).exp()) * (-1f64).exp(), 1e-6);
}

/// A pooled unit of four devices is as warm as each of them, and its leakage is that of four.
#[test]
fn a_pool_is_as_warm_as_its_devices() {
    let leak = json!({"leakage": {"power": 10, "per_kelvin": 0.01, "reference": 25}});
    let mut apart = one_task(device(leak), 100.0, json!(20));
    apart["cluster"]["nodes"][0]["units"][0]["count"] = json!(4);
    apart["workload"][0]["tasks"][0]["units"] = json!(4);
    let mut pooled = apart.clone();
    pooled["cluster"]["nodes"][0]["units"][0]["pooled"] = json!(true);
    pooled["workload"][0]["tasks"][0]["units"] = json!(1);
    pooled["workload"][0]["tasks"][0]["share"] = json!(4);
    let (apart, pooled) = (run(apart), run(pooled));
    for name in ["temperature_c.max", "temperature_c.mean", "energy_j.total"] {
        near(pooled.metric(name), apart.metric(name), 1e-6);
    }
}

/// Heat that changes nothing changes nothing: figures without throttling and leakage leave the run as it is.
#[test]
fn temperature_alone_leaves_the_run_as_it_is() {
    let with = one_task(device(json!({})), 100.0, json!({"period": "30 s", "steps": [[0, 20], [10, 25]]}));
    let mut without = with.clone();
    without["devices"]["own"].as_object_mut().unwrap().remove("thermal");
    let (with, without) = (run(with), run(without));
    assert_eq!(with.replications[0].fingerprint, without.replications[0].fingerprint);
    let own = ["temperature_c.max", "temperature_c.mean", "throttle_s", "throttles"];
    let mut rest = with.replications[0].metrics.clone();
    for name in own {
        assert!(rest.remove(name).is_some() && !without.replications[0].metrics.contains_key(name), "{name}");
    }
    assert_eq!(rest, without.replications[0].metrics);
    assert_eq!(with.folder.read("tasks.csv"), without.folder.read("tasks.csv"));
}

/// What happened before the warm-up is over is not counted, but the throttling that lasts is, from then on.
#[test]
fn statistics_begin_after_the_warm_up() {
    let mut scenario = one_task(device(json!({"throttle_at": 60, "release_at": 50})), 200.0, json!(20));
    // After the first throttling at 80.47 s: two of three are left.
    scenario["warmup"] = json!(90);
    let run = run(scenario);
    run.expect("throttles", 2.0);
    let half = 50.0 * 2f64.ln();
    let first = 50.0 * 5f64.ln();
    let rest = 2.0 * (200.0 - first - 3.0 * half);
    near(run.metric("throttle_s"), 2.0 * half + rest - (90.0 - first), 1e-7);
}

/// Twenty whole cycles of a load without end, from the first throttling on: the long run of theory, where the two
/// parts of a cycle are not alike.
#[test]
fn whole_cycles_are_those_of_theory() {
    let cycle = ThrottleCycle {
        resistance: 0.5,
        capacitance: 100.0,
        ambient: 20.0,
        high: 100.0,
        low: 40.0,
        hot: 65.0,
        cool: 45.0,
    };
    let (full, throttled) = cycle.times().unwrap();
    let first = 50.0 * (50f64 / 5.0).ln();
    let mut scenario = one_task(device(json!({"throttle_at": 65, "release_at": 45})), 1e6, json!(20));
    scenario["warmup"] = json!(first);
    scenario["stop"] = json!({"time": first + 20.0 * (full + throttled)});
    let run = run(scenario);
    near(run.metric("throttle_s"), 20.0 * throttled, 1e-6);
    near(run.metric("power_w.mean"), cycle.mean_power().unwrap(), 1e-6);
}

/// g R = 50 W · 0.04 /K · 0.5 K/W = 1: no temperature is steady. And in air of −60 °C linear leakage of 0.2 W/K
/// leaves 10 + 0.2 (−60 − 25) = −7 W.
#[test]
fn leakage_that_makes_no_sense_is_an_error() {
    let leaky = |power: f64, per_kelvin: f64, idle: f64| {
        let mut own = device(json!({"leakage": {"power": power, "per_kelvin": per_kelvin, "reference": 25}}));
        own["power"]["idle"] = json!(idle);
        own
    };
    for (own, air, words) in [
        (leaky(50.0, 0.04, 50.0), 20.0, "(/devices/own/thermal/leakage): found 2 W/K"),
        (leaky(10.0, 0.02, 10.0), -60.0, "(/cluster/ambient): found -60 °C"),
        (device(json!({})), 1000.0, "(/cluster/ambient): found 1000"),
    ] {
        let error = try_run(one_task(own, 1.0, json!(air)), &Loader::default()).err().unwrap();
        assert!(error.contains(words), "{error}");
    }
}

/// The shipped day, without its serving tasks: training that waits for the sun emits less than training that does
/// not, and gets into the heat. No unit is ever warmer than where throttling begins, but for a step that is due.
#[test]
fn the_thermal_day_trades_carbon_for_heat() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/thermal-day.json");
    let mut day: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    day["workload"].as_array_mut().unwrap().pop();
    let shifted = run(day.clone());
    day["policies"]["scheduler"] = day["policies"]["scheduler"]["scheduler"].clone();
    let plain = run(day);
    assert_eq!(shifted.metric("tasks.completed"), plain.metric("tasks.completed"));
    assert!(shifted.metric("carbon.operational_g") < 0.9 * plain.metric("carbon.operational_g"));
    assert!(shifted.metric("throttle_s") > plain.metric("throttle_s"));
    assert!((84.0..86.0).contains(&shifted.metric("temperature_c.max")));
}
