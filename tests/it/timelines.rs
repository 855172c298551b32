//! Columns of `timeline.csv` that only some scenarios have, and `residency.csv`, by hand.

use serde_json::{Value, json};

use super::support::{Row, Run, cluster, rows, run};

fn timeline(run: &Run) -> Vec<Row> {
    rows(&run.folder.read("timeline.csv"))
}

/// (time, value) of each row.
fn column(run: &Run, name: &str) -> Vec<(f64, f64)> {
    timeline(run).iter().map(|row| (row.real("time_s"), row.real(name))).collect()
}

fn header(run: &Run) -> String {
    run.folder.read("timeline.csv").lines().next().unwrap().to_owned()
}

fn one(kind: &str, duration: f64) -> Value {
    json!([{"source": "tasks", "tasks": [{"id": 1, "arrival": 0, "duration": duration, "runs_on": [kind]}]}])
}

/// Two CPUs of 10 W idle; a GPU of 50 W idle and 200 W for the 4 s of the task.
#[test]
fn power_is_told_by_kind() {
    let device = |kind: &str, idle: u32, active: u32| json!({"kind": kind, "power": {"idle": idle, "active": active}});
    let units = json!([{"device": "c", "count": 2}, {"device": "g", "count": 1}]);
    let run = run(json!({
        "devices": {"c": device("cpu", 10, 30), "g": device("gpu", 50, 200)},
        "cluster": {"nodes": [{"name": "n", "units": units}]}, "workload": one("gpu", 4.0),
    }));
    assert_eq!(column(&run, "power_cpu_w"), [(0.0, 20.0), (4.0, 20.0)]);
    assert_eq!(column(&run, "power_gpu_w"), [(0.0, 200.0), (4.0, 50.0)]);
    assert_eq!(column(&run, "power_w"), [(0.0, 220.0), (4.0, 70.0)]);
    // What the scenario does not have has no column.
    assert!(header(&run).ends_with(",power_cpu_w,power_gpu_w"), "{}", header(&run));
    assert!(!run.folder.path().join("residency.csv").exists());
}

/// Unit 0 is down from 4 to 7, unit 1 from 5 for good; the task begins anew at 7.
#[test]
fn units_that_are_down_are_counted() {
    let trace = json!([{"time": 4, "unit": 0, "down_for": 3}, {"time": 5, "unit": 1}]);
    let run = run(json!({
        "devices": {"own": {"kind": "cpu", "power": {"idle": 10, "active": 30}}}, "cluster": cluster("own", 2),
        "failures": {"trace": trace}, "workload": one("cpu", 10.0),
    }));
    let down = [(0.0, 0.0), (4.0, 1.0), (5.0, 2.0), (7.0, 1.0), (15.0, 1.0)];
    // Hit at 4 the task goes on on unit 1, is hit again at 5 and begins for the third time at 7.
    assert_eq!(column(&run, "units_down").iter().map(|(t, _)| *t).next_back(), Some(17.0));
    let found = column(&run, "units_down");
    assert_eq!(found[..4], down[..4]);
    assert_eq!(found.last(), Some(&(17.0, 1.0)));
}

/// From 20 °C at 100 W towards 70 °C with 50 s: 70 − 50 exp(−t/50). The task ends at 34 s, and with it the samples at
/// 10, 20 and 30 s are written, when the unit cools already.
#[test]
fn the_hottest_unit_is_followed_between_events() {
    let device = json!({"kind": "cpu", "power": {"idle": 10, "active": 100},
                        "thermal": {"resistance": 0.5, "capacitance": 100}});
    let mut machine = cluster("own", 1);
    machine["ambient"] = json!(20);
    let mut scenario = json!({"devices": {"own": device}, "cluster": machine, "workload": one("cpu", 34.0)});
    for interval in [None, Some(10)] {
        if let Some(interval) = interval {
            scenario["output"] = json!({"interval": interval});
        }
        let found = column(&run(scenario.clone()), "temperature_max_c");
        let times: Vec<f64> = found.iter().map(|(t, _)| *t).collect();
        assert_eq!(times, if interval.is_some() { vec![0.0, 10.0, 20.0, 30.0, 34.0] } else { vec![0.0, 34.0] });
        for (t, celsius) in found {
            let expected = 70.0 - 50.0 * (-t / 50.0).exp();
            assert!((celsius - expected).abs() < 1e-9, "{t}: {celsius}, {expected}");
        }
    }
}

/// The governor looks every second:
///
/// | from | clock | |
/// |---|---|---|
/// | 0 | 1 GHz | idle |
/// | 0.5 | 1 GHz | busy |
/// | 1 | 1.5 GHz | busy |
/// | 2 | 2 GHz | busy |
/// | 11 | 2 GHz | idle |
/// | 12 | 1 GHz | idle |
/// | 13.5 | 1 GHz | busy |
/// | 14 to 15 | 1.5 GHz | busy |
#[test]
fn residency_adds_up_the_time_at_each_clock() {
    let device = json!({"kind": "cpu", "power": {"idle": 10, "active": 40, "beta": 1, "pstates": [
        {"frequency": "1 GHz", "power": 20}, {"frequency": "1.5 GHz", "power": 30}, {"frequency": "2 GHz", "power": 40},
    ]}});
    let tasks = json!([
        {"id": 1, "arrival": 0.5, "duration": 10, "runs_on": ["cpu"]},
        {"id": 2, "arrival": 13.5, "duration": 1, "runs_on": ["cpu"]},
    ]);
    let run = run(json!({
        "devices": {"own": device}, "cluster": cluster("own", 1),
        "workload": [{"source": "tasks", "tasks": tasks}], "policies": {"power": "ondemand"},
    }));
    let expected = "kind,device,frequency_hz,state,time_s\n\
                    cpu,own,1000000000,busy,1\ncpu,own,1000000000,idle,2\n\
                    cpu,own,1500000000,busy,2\ncpu,own,1500000000,idle,0\n\
                    cpu,own,2000000000,busy,9\ncpu,own,2000000000,idle,1\n";
    assert_eq!(run.folder.read("residency.csv"), expected);
}

/// Two units that fall asleep in 2 s after 4 s, and the other one never worked; a third kind has one clock only. Unit 0
/// works 0–10; it is idle to the end at 10. Unit 1: idle 0–4, falls asleep 4–6, sleeps 6–10.
#[test]
fn sleep_counts_beside_the_clocks_and_devices_of_one_clock_do_not() {
    let device = json!({"kind": "cpu", "power": {"idle": 10, "active": 40, "pstates": [
        {"frequency": "1 GHz", "power": 20}, {"frequency": "2 GHz", "power": 40}]},
        "sleep": {"power": 1, "entry": 2, "wake": 3, "wake_power": 20}});
    let units = json!([{"device": "own", "count": 2}, {"device": "gpu-generic", "count": 1}]);
    let run = run(json!({
        "devices": {"own": device}, "cluster": {"nodes": [{"name": "n", "units": units}]},
        "workload": one("cpu", 10.0),
        "policies": {"power": "performance", "sleep": {"name": "timeout", "after": 4}},
    }));
    let expected = "kind,device,frequency_hz,state,time_s\n\
                    cpu,own,1000000000,busy,0\ncpu,own,1000000000,idle,0\n\
                    cpu,own,2000000000,busy,10\ncpu,own,2000000000,idle,4\n\
                    cpu,own,,sleep,4\ncpu,own,,transition,2\n";
    assert_eq!(run.folder.read("residency.csv"), expected);
}
