//! Other ways of serving and of waiting: turns, patience, coming again, absences.

use serde_json::{Value, json};

use crate::theory;

use super::systems::{blocking, exponential, metric, queue};
use super::{Expectation, System};

pub(super) fn systems() -> Vec<System> {
    vec![
        System { name: "M/G/1 processor sharing", scenario: sharing, expectations: sharing_theory },
        System { name: "M/M/1 sharing of at most 3", scenario: limited, expectations: limited_theory },
        System { name: "M/M/4 with patience", scenario: patience, expectations: patience_theory },
        System { name: "M/M/1/1 retrials", scenario: retrials, expectations: retrials_theory },
        System { name: "M/G/1 vacations", scenario: vacations, expectations: vacations_theory },
    ]
}

/// Lognormal work on a unit that all take turns on.
fn sharing(tasks: f64) -> Value {
    let mut scenario = queue(1, 0.7, tasks, json!({"dist": "lognormal", "mean": 1.0, "cv": 1.5}));
    scenario["cluster"]["nodes"][0]["units"][0]["time_share"] = json!(4000);
    scenario
}

/// Insensitive: only the mean of the work counts (Kleinrock 1967).
fn sharing_theory() -> Vec<Expectation> {
    let as_if_exponential = theory::mm1(0.7, 1.0);
    vec![
        metric("mean response", "response_s.mean", as_if_exponential.as_ref().map(|s| s.response)),
        metric("mean in system", "in_system.mean", as_if_exponential.as_ref().map(|s| s.in_system)),
        metric("utilization", "utilization.cpu", Some(0.7)),
    ]
}

/// Three at a time take turns, the others wait.
fn limited(tasks: f64) -> Value {
    let mut scenario = queue(1, 0.8, tasks, exponential(1.0));
    scenario["cluster"]["nodes"][0]["units"][0]["time_share"] = json!(3);
    scenario
}

/// Exponential work does not mind who is served, only that someone is; the queue holds those beyond three:
/// `E[(N − 3)⁺] = ρ⁴ / (1 − ρ)`.
fn limited_theory() -> Vec<Expectation> {
    let rho = 0.8f64;
    vec![
        metric("mean response", "response_s.mean", theory::mm1(rho, 1.0).map(|s| s.response)),
        metric("mean in queue", "queue.mean", Some(rho.powi(4) / (1.0 - rho))),
    ]
}

fn patience(tasks: f64) -> Value {
    let mut scenario = queue(4, 4.4, tasks, exponential(1.0));
    scenario["workload"][0]["tasks"][0]["patience"] = exponential(2.0);
    scenario
}

fn patience_theory() -> Vec<Expectation> {
    let theory = theory::erlang_a(4.4, 1.0, 4, 2.0);
    vec![
        blocking(theory.as_ref().map(|t| t.abandoned)),
        metric("mean in queue", "queue.mean", theory.as_ref().map(|t| t.in_queue)),
        metric("mean in system", "in_system.mean", theory.as_ref().map(|t| t.in_system)),
    ]
}

fn retrials(tasks: f64) -> Value {
    let mut scenario = queue(1, 0.6, tasks, exponential(1.0));
    scenario["policies"] = json!({"queue_limit": 0, "retry": {"delay": exponential(0.5)}});
    scenario
}

fn retrials_theory() -> Vec<Expectation> {
    let theory = theory::mm11_retrial(0.6, 1.0, 0.5);
    vec![
        metric("mean wait", "wait_s.mean", theory.as_ref().map(|s| s.wait)),
        metric("mean in system", "in_system.mean", theory.as_ref().map(|s| s.in_system)),
    ]
}

fn vacations(tasks: f64) -> Value {
    let mut scenario = queue(1, 0.6, tasks, json!({"dist": "gamma", "mean": 1.0, "cv": 0.5}));
    scenario["devices"] = json!({"away": {
        "kind": "cpu", "power": {"idle": 60, "active": 150},
        "sleep": {"power": 5, "entry": 0, "wake": 0, "wake_power": 10},
    }});
    scenario["cluster"]["nodes"][0]["units"][0]["device"] = json!("away");
    scenario["policies"] = json!({"sleep": {"name": "vacation", "mean": 1.5, "cv": 1}});
    scenario
}

/// `E[S²] = 1.25`, `E[V²] = 2 · 1.5²`.
fn vacations_theory() -> Vec<Expectation> {
    let theory = theory::mg1_vacations(0.6, 1.0, 1.25, 1.5, 4.5);
    vec![
        metric("mean wait", "wait_s.mean", theory.as_ref().map(|s| s.wait)),
        metric("mean in system", "in_system.mean", theory.as_ref().map(|s| s.in_system)),
    ]
}
