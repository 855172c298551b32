//! How long a task takes: speeds of kinds and devices, the roofline.

use serde_json::{Value, json};

use super::super::support::{cluster, run};

fn roofline(device: Value, task: Value) -> String {
    let scenario = json!({"devices": {"own": device}, "cluster": cluster("own", 1),
                          "workload": [{"source": "tasks", "tasks": [task]}]});
    run(scenario).task("1").text("run_s").to_owned()
}

/// 1e8 FLOP at 2e7 FLOP/s take 5 s; 8 MB at 1 MB/s take 8 s. Together they overlap (8 s), or add up (13 s); at half
/// the peak the operations take 10 s.
#[test]
fn a_roofline_has_two_sides() {
    let device = |efficiency: Value| {
        let mut device = json!({"kind": "gpu", "peak": {"fp16": 2e7}, "memory_bandwidth": 1e6,
                                "power": {"idle": 1, "active": 2}});
        if efficiency.is_object() {
            device["efficiency"] = efficiency;
        }
        device
    };
    let plain = || device(Value::Null);
    let task = |work: Value| {
        let mut task = json!({"id": 1, "runs_on": ["gpu"]});
        work.as_object().unwrap().iter().for_each(|(k, v)| task[k] = v.clone());
        task
    };
    let both = || task(json!({"flops": 1e8, "bytes": 8e6}));
    assert_eq!(roofline(plain(), task(json!({"flops": 1e8}))), "5");
    assert_eq!(roofline(plain(), task(json!({"bytes": 8e6}))), "8");
    assert_eq!(roofline(plain(), both()), "8");
    assert_eq!(roofline(device(json!({"compute": 1, "memory": 1, "form": "add"})), both()), "13");
    assert_eq!(roofline(device(json!({"compute": 0.5, "memory": 1, "form": "max"})), both()), "10");
}

/// 10 s of reference work: 5 s on a gpu of speed 2, 20 s on a cpu of speed 0.5. Both kinds are free: the first goes to
/// the faster; the second finds only the cpu. A device twice as fast as its kind halves both.
#[test]
fn kinds_and_devices_have_speeds() {
    let scenario = |speed: u32| {
        json!({
            "devices": {"quick": {"kind": "gpu", "speed": speed, "power": {"idle": 1, "active": 2}}},
            "cluster": {"nodes": [{"name": "n", "units": [{"device": "cpu-generic"}, {"device": "quick"}]}]},
            "workload": [{"source": "tasks", "tasks": [
                {"id": 1, "duration": 10, "runs_on": {"gpu": 2.0, "cpu": 0.5}},
                {"id": 2, "duration": 10, "runs_on": {"gpu": 2.0, "cpu": 0.5}},
            ]}],
        })
    };
    for (speed, runs) in [(1, ["5", "20"]), (2, ["2.5", "20"])] {
        let run = run(scenario(speed));
        assert_eq!(["1", "2"].map(|n| run.task(n).text("run_s").to_owned()), runs);
        assert_eq!(["1", "2"].map(|n| run.task(n).text("unit_kind").to_owned()), ["gpu", "cpu"]);
        assert_eq!(run.starts([1, 2]), [0.0, 0.0]);
    }
}

/// `fastest-finish` takes the free unit that ends a task first, the awake cpu (20 s) or the sleeping gpu (17 s to
/// wake, then 5 s); in a strict queue it never waits for one that is busy.
#[test]
fn fastest_finish_counts_the_time_to_wake() {
    let scenario = |wake: u32| {
        json!({
            "devices": {"drowsy": {"kind": "gpu", "power": {"idle": 1, "active": 2},
                        "sleep": {"power": 0, "entry": 0, "wake": wake, "wake_power": 2}}},
            "cluster": {"nodes": [{"name": "n", "units": [{"device": "cpu-generic"}, {"device": "drowsy"}]}]},
            "workload": [{"source": "tasks", "tasks": [
                {"id": 1, "arrival": 10, "duration": 10, "runs_on": {"gpu": 2.0, "cpu": 0.5}},
                {"id": 2, "arrival": 0, "duration": 9, "runs_on": ["cpu"]},
            ]}],
            "policies": {"scheduler": "fastest-finish", "sleep": {"name": "timeout", "after": 5}},
        })
    };
    // The cpu has slept since 14 at the earliest: it is awake at 10.
    let near = run(scenario(14));
    assert_eq!((near.task("1").text("unit_kind"), near.task("1").text("finish_s")), ("gpu", "29"));
    let far = run(scenario(17));
    assert_eq!((far.task("1").text("unit_kind"), far.task("1").text("finish_s")), ("cpu", "30"));
}
