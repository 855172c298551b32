//! Systems in which memory is what is scarce.

use serde_json::{Value, json};

use crate::experiment::Replication;
use crate::theory;

use super::systems::queue;
use super::{Expectation, System};

pub(super) fn systems() -> Vec<System> {
    vec![System { name: "loss of three memory sizes", scenario: sizes, expectations: sizes_theory }]
}

/// GiB, arrivals per second and mean seconds of each class; 12 GiB in all.
const CLASSES: [(&str, usize, f64, f64); 3] = [("small", 1, 4.0, 1.0), ("medium", 2, 1.5, 1.5), ("large", 4, 0.5, 2.0)];
const CAPACITY: usize = 12;

/// One unit with room for thousands of small shares: only its memory, in pages of 1 GiB, binds. Nobody waits.
fn sizes(tasks: f64) -> Value {
    let rate: f64 = CLASSES.iter().map(|c| c.2).sum();
    let mut scenario = queue(1, rate, tasks, json!(1.0));
    scenario["devices"] = json!({"box": {"kind": "gpu", "memory": "12 GiB", "power": {"idle": 50, "active": 300}}});
    scenario["cluster"]["nodes"][0]["units"][0]["device"] = json!("box");
    let class = |(name, gib, rate, mean): (&str, usize, f64, f64)| {
        json!({"name": name, "weight": rate, "runs_on": ["gpu"], "share": 0.001, "memory": format!("{gib} GiB"),
               "duration": {"dist": "exponential", "mean": mean}})
    };
    scenario["workload"][0]["tasks"] = CLASSES.map(class).to_vec().into();
    scenario["policies"] = json!({"queue_limit": 0, "memory": {"name": "paged", "page": "1 GiB"}});
    scenario
}

/// The share of a class that is turned away, from how many were let in and done. Of those let in after the warm-up the
/// last ones are not yet done when the run ends: as many as come in one mean time.
fn lost(class: usize) -> impl Fn(&Replication) -> Option<f64> {
    let (name, _, rate, mean) = CLASSES[class];
    move |r| {
        // `queue` warms up for a tenth of the run.
        let window = 0.9 * r.end.as_secs_f64();
        Some(1.0 - r.metrics.get(&format!("class.{name}.tasks"))? / (rate * (window - mean)))
    }
}

fn sizes_theory() -> Vec<Expectation> {
    let loads = CLASSES.map(|(_, _, rate, mean)| rate * mean);
    let theory = theory::kaufman_roberts(CAPACITY, &CLASSES.map(|c| c.1), &loads);
    let blocking = |class: usize| theory.as_ref().and_then(|b| b.get(class).copied()).unwrap_or(f64::NAN);
    let row = |quantity, class| Expectation { quantity, expected: blocking(class), measure: Box::new(lost(class)) };
    vec![row("blocked share, 1 GiB", 0), row("blocked share, 2 GiB", 1), row("blocked share, 4 GiB", 2)]
}
