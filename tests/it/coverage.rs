//! A light version of `xpusim verify coverage`.
//!
//! Of 100 perfect 95 % intervals fewer than 87 hold the truth with probability 5e-4, and of 100 perfect
//! comparisons of equals more than 12 show a difference with probability 1.5e-3 (binomial); with the seed fixed it
//! either happens always or never.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use xpu_manager_rust::policy::registry::Registry;
use xpu_manager_rust::verify::coverage::{Experiments, coverage};

#[test]
fn intervals_hold_the_truth_as_often_as_they_promise() {
    let size = Experiments { count: 100, replications: 5, tasks: 80, load: 0.2, seed: 7 };
    let rows = coverage(size, &Arc::new(Registry::builtin()), &Arc::new(AtomicBool::new(false))).unwrap();
    assert_eq!(rows.len(), 5);
    for row in rows {
        let as_promised = if row.expected > 0.5 { row.measured >= 0.87 } else { row.measured <= 0.12 };
        assert!(as_promised, "{row:?}");
    }
}
