//! Scenarios for the benches, run through the whole simulator on one thread.

use serde_json::{Value, json};
use xpu_manager_rust::json::Document;
use xpu_manager_rust::policy::registry::Registry;
use xpu_manager_rust::scenario::{Loader, Plan};
use xpu_manager_rust::sink::{Fold, Metrics};

/// A checked scenario.
pub fn plan(scenario: &Value) -> Plan {
    let document = Document::from_value(scenario.clone());
    Plan::new(&document, &Loader::default(), &Registry::builtin()).unwrap_or_else(|e| panic!("{e}"))
}

/// One replication with metrics and without files.
#[allow(dead_code, reason = "each bench runs what it needs")]
pub fn simulate(plan: &Plan) -> Metrics {
    let registry = Registry::builtin();
    let simulation = plan.simulation(&registry, Box::new(|_| None), 0, false, u64::MAX, |_| Fold::new());
    let mut simulation = simulation.unwrap_or_else(|e| panic!("{e}"));
    let outcome = simulation.run(&mut |_, _| true).unwrap_or_else(|e| panic!("{e}"));
    let counts = simulation.counts;
    let xpu_manager_rust::sim::Simulation { world, observer, .. } = simulation;
    observer.finish(outcome.end, &world, counts)
}

/// M/M/8 at load 0.85.
#[allow(dead_code, reason = "each bench uses its own scenarios")]
pub fn mm8(tasks: u64) -> Value {
    json!({
        "name": "mm8",
        "cluster": {"nodes": [{"name": "n", "units": [{"device": "cpu-generic", "count": 8}]}]},
        "workload": [{"source": "synthetic", "count": tasks,
            "arrivals": {"process": "poisson", "rate": 6.8},
            "tasks": [{"runs_on": ["cpu"], "duration": {"dist": "exponential", "mean": 1.0}}]}],
    })
}
