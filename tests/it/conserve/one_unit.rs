//! One unit, never interrupted and never idle while anybody waits: the order may be any, the sum of wait × service
//! is the same (Kleinrock 1965), and so is the last end.

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::support::{cpus, run, under};
use super::config;

/// Sum of wait × service in ns², and the last end in ns.
fn conserved(scenario: Value) -> (u128, u64) {
    let run = run(scenario);
    let sum = run.tasks.iter().map(|t| u128::from(t.nanos("wait_s")) * u128::from(t.nanos("run_s"))).sum();
    (sum, run.tasks.iter().map(|t| t.nanos("finish_s")).max().unwrap_or(0))
}

proptest! {
    #![proptest_config(config(40))]

    #[test]
    fn the_conservation_law_holds_for_every_order(tasks in vec((0..40u32, 1..12u32, 0..5u32, 1..60u32), 2..12)) {
        let tasks: Vec<Value> = tasks
            .iter()
            .map(|(arrival, duration, priority, deadline)| json!({"arrival": arrival, "duration": duration,
                "priority": priority, "deadline": deadline, "runs_on": ["cpu"]}))
            .collect();
        let scenario = cpus(1, json!(tasks));
        let fifo = conserved(under(scenario.clone(), json!("fifo")));
        for scheduler in ["sjf", "ljf", "priority", "edf", "sjf-greedy", "easy", "easy-sjbf", "conservative"] {
            prop_assert_eq!(conserved(under(scenario.clone(), json!(scheduler))), fifo, "{}", scheduler);
        }
    }
}
