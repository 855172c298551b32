//! The simulator against queueing theory in closed form: a light version of `xpusim verify`.
//!
//! A row fails beyond four standard errors of the mean over 20 independent replications. By Student's t with 19
//! degrees of freedom a correct row would do so with probability 8e-4, any of the 40 or so rows with 3 %; with the
//! seed fixed it either happens always or never.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use xpu_manager_rust::policy::registry::Registry;
use xpu_manager_rust::verify::{Size, systems, verify};

const SIZE: Size = Size { tasks: 5_000, replications: 20, seed: 20_240_229 };

#[test]
fn every_system_agrees_with_its_closed_form() {
    let registry = Arc::new(Registry::builtin());
    let mut missed = Vec::new();
    for system in systems() {
        let rows = verify(&system, SIZE, &registry, Arc::new(AtomicBool::new(false))).unwrap();
        assert!(!rows.is_empty(), "{}", system.name);
        for row in rows {
            // A bound of several standard errors proves nothing where they are as large as the value itself.
            let precise = row.standard_error <= 0.1 * row.expected.abs();
            // Written so that a deviation that is not a number fails.
            if !(row.deviation().abs() <= 4.0 && precise) {
                missed.push(format!("{row:?}"));
            }
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

/// The comparison itself can fail: services of 0.97 s are not those of which theory speaks.
#[test]
fn a_wrong_rate_would_be_seen() {
    let registry = Arc::new(Registry::builtin());
    let mut system = systems().into_iter().find(|s| s.name == "M/M/8").unwrap();
    system.scenario = |tasks| {
        let faithful = systems().into_iter().find(|s| s.name == "M/M/8").unwrap();
        let mut scenario = (faithful.scenario)(tasks);
        scenario["workload"][0]["tasks"][0]["duration"]["mean"] = serde_json::json!(0.97);
        scenario
    };
    let rows = verify(&system, SIZE, &registry, Arc::new(AtomicBool::new(false))).unwrap();
    assert!(rows.iter().all(|r| r.deviation() < -4.0), "{rows:?}");
}
