//! Units that fail, and tasks that save their state.

use serde_json::{Value, json};

use crate::theory::{self, Checkpointed};

use super::systems::{exponential, metric, queue};
use super::{Expectation, System};

pub(super) fn systems() -> Vec<System> {
    vec![
        System { name: "M/M/1 failing in service", scenario: in_service, expectations: in_service_theory },
        System { name: "M/G/1 failing in service", scenario: general, expectations: general_theory },
        System { name: "M/M/1 failing at any time", scenario: any_time, expectations: any_time_theory },
        System { name: "checkpoints under failures", scenario: checkpoints, expectations: checkpoints_theory },
        System { name: "work lost to failures", scenario: no_checkpoints, expectations: no_checkpoints_theory },
    ]
}

fn failing(mut scenario: Value, up: f64, down: Value, counts: &str, work: &str) -> Value {
    scenario["failures"] = json!({"units": {"mtbf": exponential(up), "mttr": down, "while": counts}, "work": work});
    scenario
}

fn in_service(tasks: f64) -> Value {
    failing(queue(1, 0.5, tasks, exponential(1.0)), 4.0, exponential(1.0), "busy", "kept")
}

/// E[R] = 1 and E[R²] = 2; down for ξE[R] of the time under load, which is λE[S].
fn in_service_theory() -> Vec<Expectation> {
    let theory = theory::mg1_breakdowns(0.5, (1.0, 2.0), 0.25, (1.0, 2.0));
    vec![
        metric("mean wait", "wait_s.mean", theory.as_ref().map(|s| s.wait)),
        metric("mean response", "response_s.mean", theory.as_ref().map(|s| s.response)),
        metric("mean in system", "in_system.mean", theory.as_ref().map(|s| s.in_system)),
        metric("availability", "availability.cpu", Some(1.0 - 0.5 * 0.25)),
    ]
}

/// Work and repairs that are not exponential.
fn general(tasks: f64) -> Value {
    let work = json!({"dist": "uniform", "low": 0.5, "high": 1.5});
    failing(queue(1, 0.4, tasks, work), 2.0, json!(1.0), "busy", "kept")
}

/// Uniform on (0.5, 1.5): E[S²] = 1 + 1/12. Constant repairs of 1 s.
fn general_theory() -> Vec<Expectation> {
    let theory = theory::mg1_breakdowns(0.4, (1.0, 1.0 + 1.0 / 12.0), 0.5, (1.0, 1.0));
    vec![
        metric("mean wait", "wait_s.mean", theory.as_ref().map(|s| s.wait)),
        metric("mean response", "response_s.mean", theory.as_ref().map(|s| s.response)),
    ]
}

fn any_time(tasks: f64) -> Value {
    failing(queue(1, 0.4, tasks, exponential(1.0)), 5.0, exponential(1.0), "up", "kept")
}

fn any_time_theory() -> Vec<Expectation> {
    vec![
        metric("mean in system", "in_system.mean", theory::mm1_failing(0.4, 1.0, 5.0, 1.0)),
        metric("availability", "availability.cpu", Some(5.0 / 6.0)),
        metric("utilization", "utilization.cpu", Some(0.4)),
    ]
}

/// One job after the other, each of 10 s of work.
const JOB: Checkpointed = Checkpointed { work: 10.0, interval: 2.5, cost: 0.2, restart: 0.5, rate: 0.1, down: 1.0 };

fn jobs(tasks: f64) -> Value {
    let mut scenario = queue(1, 0.05, tasks, json!(JOB.work));
    scenario["workload"][0]["arrivals"] = json!({"process": "closed", "clients": 1, "think_time": 1});
    failing(scenario, 1.0 / JOB.rate, exponential(JOB.down), "busy", "lost")
}

fn checkpoints(tasks: f64) -> Value {
    let mut scenario = jobs(tasks);
    scenario["checkpoint"] = json!({"interval": JOB.interval, "cost": JOB.cost, "restart": JOB.restart});
    scenario
}

fn checkpoints_theory() -> Vec<Expectation> {
    vec![metric("mean response", "response_s.mean", JOB.mean_time())]
}

/// The same jobs without checkpoints: all work is lost each time.
fn no_checkpoints(tasks: f64) -> Value {
    jobs(tasks)
}

fn no_checkpoints_theory() -> Vec<Expectation> {
    let job = Checkpointed { interval: JOB.work, cost: 0.0, restart: 0.0, ..JOB };
    vec![metric("mean response", "response_s.mean", job.mean_time())]
}
