//! The cloud: overflow, shared uplinks, few instances, spot instances.

use serde_json::{Value, json};

use crate::experiment::Replication;
use crate::theory;

use super::systems::{exponential, metric, queue};
use super::{Expectation, System};

pub(super) fn systems() -> Vec<System> {
    vec![
        System { name: "M/M/1 overflow to a cloud", scenario: overflow, expectations: overflow_theory },
        System { name: "M/M/1-PS uplink", scenario: uplink, expectations: uplink_theory },
        System { name: "M/D/1-PS uplink", scenario: equal_uploads, expectations: uplink_theory },
        System { name: "M/M/3 instances", scenario: instances, expectations: instances_theory },
        System { name: "spot, work lost", scenario: spot, expectations: spot_theory },
    ]
}

/// Without latency, all links endless, unless said otherwise.
fn region(words: Value, instance: Value) -> Value {
    let mut region = json!({"name": "r", "rtt": 0, "uplink": 1e300, "downlink": 1e300, "instances": [instance]});
    if let (Value::Object(all), Value::Object(words)) = (&mut region, words) {
        all.extend(words);
    }
    json!({"regions": [region]})
}

/// Those who find three waiting leave: four places at home.
fn overflow(tasks: f64) -> Value {
    let mut scenario = queue(1, 0.9, tasks, exponential(1.0));
    // Counts of tasks are over the whole run.
    scenario["warmup"] = json!(0);
    scenario["policies"] = json!({"cloud": {"name": "threshold", "backlog": 3}});
    scenario["cloud"] = json!({"speed": 0.5, "rtt": exponential(0.4)});
    scenario
}

/// Away for 0.4 s of latency and 2 s of work at half the speed.
fn overflow_theory() -> Vec<Expectation> {
    let theory = theory::threshold_offload(0.9, 1.0, 4, 2.4);
    let share = |r: &Replication| Some(r.metrics.get("cloud.offloaded")? / r.metrics.get("tasks.completed")?);
    let expected = theory.as_ref().map_or(f64::NAN, |o| o.share);
    vec![
        Expectation { quantity: "share that leaves", expected, measure: Box::new(share) },
        metric("mean response", "response_s.mean", theory.as_ref().map(|o| o.response)),
    ]
}

fn sending(tasks: f64, bytes: Value) -> Value {
    let mut scenario = queue(1, 7.0, tasks, json!(1.0));
    scenario["workload"][0]["tasks"][0]["input"] = bytes;
    scenario["policies"] = json!({"cloud": "always"});
    scenario["cloud"] = region(json!({"shared": true, "uplink": "10 MB/s"}), json!({"name": "t"}));
    scenario
}

fn uplink(tasks: f64) -> Value {
    sending(tasks, json!({"dist": "exponential", "mean": "1 MB"}))
}

fn equal_uploads(tasks: f64) -> Value {
    sending(tasks, json!("1 MB"))
}

/// An upload alone takes 0.1 s on average, the load is 0.7: `0.1 / (1 − 0.7)`, whatever the law of sizes.
fn uplink_theory() -> Vec<Expectation> {
    vec![metric("mean upload", "wait_s.mean", theory::mm1(7.0, 0.1).map(|s| s.response))]
}

fn instances(tasks: f64) -> Value {
    let mut scenario = queue(1, 2.1, tasks, exponential(1.0));
    scenario["policies"] = json!({"cloud": "always"});
    scenario["cloud"] = region(json!({}), json!({"name": "t", "limit": 3}));
    scenario
}

/// Erlang C.
fn instances_theory() -> Vec<Expectation> {
    let theory = theory::mmc(2.1, 1.0, 3);
    vec![
        metric("mean wait", "wait_s.mean", theory.as_ref().map(|s| s.wait)),
        metric("mean in system", "in_system.mean", theory.as_ref().map(|s| s.in_system)),
    ]
}

/// Runs of 1 s on instances that live for 2 s on average.
fn spot(tasks: f64) -> Value {
    let mut scenario = queue(1, 2.0, tasks, json!(1.0));
    scenario["policies"] = json!({"cloud": "spot-then-on-demand"});
    let terms = json!({"factor": 0.3, "life": exponential(2.0)});
    scenario["cloud"] = region(json!({}), json!({"name": "t", "spot": terms}));
    scenario
}

fn spot_theory() -> Vec<Expectation> {
    vec![metric("mean response", "response_s.mean", theory::restarted_run(1.0, 2.0))]
}
