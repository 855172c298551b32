//! Systems in which tasks are preempted.

use serde_json::{Value, json};

use crate::theory::{self, Phases};

use super::systems::{CLASSES, exponential, metric, queue, three_classes};
use super::{Expectation, System};

/// All systems of this kind.
pub(super) fn systems() -> Vec<System> {
    vec![
        System { name: "M/G/1 SRPT", scenario: srpt, expectations: || by_size(theory::srpt) },
        System { name: "M/G/1 PSJF", scenario: psjf, expectations: || by_size(theory::psjf) },
        System { name: "M/G/1 LAS", scenario: las, expectations: || by_size(theory::least_attained) },
        System { name: "M/M/1 LAS", scenario: mm1_las, expectations: mm1_theory },
        System { name: "M/M/1 round-robin", scenario: mm1_rr, expectations: mm1_theory },
        System { name: "M/G/1 preemptive priorities", scenario: priorities, expectations: priorities_theory },
    ]
}

const RATE: f64 = 0.7;
const PHASES: [(f64, f64); 2] = [(0.9, 0.5), (0.1, 5.5)];

/// Many short services and a few long ones, of mean 1.
fn mixed(tasks: f64, scheduler: Value) -> Value {
    let (weights, means) = (PHASES.map(|p| p.0), PHASES.map(|p| p.1));
    let mut scenario = queue(1, RATE, tasks, json!({"dist": "hyperexponential", "weights": weights, "means": means}));
    scenario["policies"] = json!({"scheduler": scheduler});
    scenario
}

fn by_size(theory: fn(f64, &Phases) -> Option<f64>) -> Vec<Expectation> {
    let expected = Phases::new(&PHASES).and_then(|service| theory(RATE, &service));
    vec![metric("mean response", "response_s.mean", expected)]
}

fn srpt(tasks: f64) -> Value {
    mixed(tasks, json!("srpt"))
}

fn psjf(tasks: f64) -> Value {
    mixed(tasks, json!("psjf"))
}

/// The quantum is small against the services, so that the limit is close.
fn las(tasks: f64) -> Value {
    mixed(tasks, json!({"name": "las", "quantum": 0.1}))
}

fn mm1(tasks: f64, scheduler: Value) -> Value {
    let mut scenario = queue(1, 0.8, tasks, exponential(1.0));
    scenario["policies"] = json!({"scheduler": scheduler});
    scenario
}

fn mm1_las(tasks: f64) -> Value {
    mm1(tasks, json!({"name": "las", "quantum": 0.25}))
}

fn mm1_rr(tasks: f64) -> Value {
    mm1(tasks, json!({"name": "rr", "quantum": 0.25}))
}

/// No rule that is blind to what is left changes the mean of exponential services, whatever the quantum: it is that of
/// processor sharing, too.
fn mm1_theory() -> Vec<Expectation> {
    vec![metric("mean response", "response_s.mean", theory::processor_sharing(0.8, 1.0))]
}

fn priorities(tasks: f64) -> Value {
    three_classes(tasks, "priority-preemptive")
}

fn priorities_theory() -> Vec<Expectation> {
    let responses = theory::preemptive_priorities(&CLASSES);
    let response = |class: usize| responses.as_ref().and_then(|t| t.get(class).copied());
    vec![
        metric("mean response, urgent", "class.urgent.response_s.mean", response(0)),
        metric("mean response, normal", "class.normal.response_s.mean", response(1)),
        metric("mean response, patient", "class.patient.response_s.mean", response(2)),
    ]
}
