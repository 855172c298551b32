//! Random failures: what no policy changes, and how far apart checkpoints should be.

use serde_json::{Value, json};
use xpu_manager_rust::model::recovery::daly;

use super::super::support::{cluster, run, under};

fn exponential(mean: f64) -> Value {
    json!({"dist": "exponential", "mean": mean})
}

/// Until 200 s the same units are down for as long, whatever the scheduler does.
#[test]
fn no_policy_changes_a_failure() {
    let told = json!({
        "stop": {"time": 200},
        "cluster": cluster("cpu-generic", 4),
        "workload": [{"source": "synthetic", "arrivals": {"process": "poisson", "rate": 1},
                      "tasks": [{"runs_on": ["cpu"], "duration": exponential(3.0), "estimate": 5}]}],
        "failures": {"units": {"mtbf": exponential(20.0), "mttr": exponential(4.0)}, "nodes": {"mtbf": 50, "mttr": 1}},
    });
    let down = |scheduler: &str| -> Vec<u64> {
        run(under(told.clone(), json!(scheduler))).units.iter().map(|u| u.nanos("down_s")).collect()
    };
    let fifo = down("fifo");
    assert!(fifo.iter().all(|d| *d > 1_000_000_000), "{fifo:?}");
    assert!(fifo.windows(2).any(|w| w[0] != w[1]), "{fifo:?}");
    for other in ["lifo", "srpt", "easy", "conservative", "jsq"] {
        assert_eq!(down(other), fifo, "{other}");
    }
}

/// Jobs of 20 s, failures under load every 5 s on average, checkpoints of 0.1 s. Daly's interval is 0.934 s. The mean
/// time of 400 jobs has a standard error of about 0.3 %: Daly's is at most 1 % above the best of five intervals, and a
/// quarter or four times of it are clearly worse (by theory 12 % and 17 %).
#[test]
fn dalys_interval_is_nearly_the_best() {
    let mean = |interval: Value| {
        let told = json!({
            "cluster": cluster("cpu-generic", 1),
            "workload": [{"source": "synthetic", "count": 400, "tasks": [{"runs_on": ["cpu"], "duration": 20}],
                          "arrivals": {"process": "closed", "clients": 1, "think_time": 1}}],
            "failures": {"units": {"mtbf": exponential(5.0), "mttr": 0, "while": "busy"}},
            "checkpoint": {"interval": interval, "cost": 0.1},
        });
        run(told).metric("response_s.mean")
    };
    let best = daly(0.1, 5.0);
    let found: Vec<f64> = [0.25, 0.5, 1.0, 2.0, 4.0].map(|f| mean(json!(best * f))).to_vec();
    let least = found.iter().copied().fold(f64::INFINITY, f64::min);
    assert!(found[2] <= least * 1.01, "{found:?}");
    assert!(found[0] > found[2] * 1.05 && found[4] > found[2] * 1.05, "{found:?}");
    assert_eq!(mean(json!("daly")), mean(json!(best)));
}

/// On four units any of which stops the gang failures come four times as often: Young's interval is half as long.
#[test]
fn a_wider_gang_saves_more_often() {
    let overhead = |width: u32| {
        let tasks = json!([{"id": 1, "arrival": 0, "duration": 100, "units": width, "runs_on": ["cpu"]}]);
        let told = json!({
            "cluster": cluster("cpu-generic", width), "workload": [{"source": "tasks", "tasks": tasks}],
            "failures": {"units": {"mtbf": 8e6, "mttr": 1}},
            "checkpoint": {"interval": "young", "cost": 1e-4},
        });
        run(told).metric("checkpoint.overhead_s") / f64::from(width)
    };
    // √(2·1e-4·8e6) = 40 s: two checkpoints in 100 s of work; √(2·1e-4·2e6) = 20 s: four, and none at the end.
    assert_eq!([overhead(1), overhead(4)], [2e-4, 4e-4]);
}

/// Devices behind one name fail together; tasks that take turns lose their unit together.
#[test]
fn pooled_and_shared_units_fail_too() {
    for extra in [json!({"pooled": true}), json!({"time_share": 3})] {
        let mut told = json!({
            "cluster": cluster("cpu-generic", 4),
            "workload": [{"source": "synthetic", "count": 60, "arrivals": {"process": "poisson", "rate": 1},
                          "tasks": [{"runs_on": ["cpu"], "duration": exponential(3.0), "share": 0.5}]}],
            "failures": {"units": {"mtbf": exponential(15.0), "mttr": exponential(2.0)}},
            "checkpoint": {"interval": 1, "cost": 0.1, "restart": 0.2},
        });
        let group = told["cluster"]["nodes"][0]["units"][0].as_object_mut().unwrap();
        group.extend(extra.as_object().unwrap().clone());
        let run = run(told);
        run.expect("tasks.completed", 60.0);
        assert!(run.metric("failures.tasks_hit") > 0.0, "{extra}");
    }
}
