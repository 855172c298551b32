//! Servers that sleep: set-up times, idle timers, waking for several tasks.

use serde_json::{Value, json};

use crate::theory::{IdleTimer, NPolicy, StatePower, StateShares};

use super::systems::{exponential, metric, queue};
use super::{Expectation, System};

pub(super) fn systems() -> Vec<System> {
    vec![
        System {
            name: "M/M/1 instant-off, exponential set-up",
            scenario: |tasks| sleeper(tasks, exponential(SETUP), json!("instant-off")),
            expectations: || timer_theory(0.0, EXPONENTIAL),
        },
        System {
            name: "M/M/1 instant-off, constant set-up",
            scenario: |tasks| sleeper(tasks, json!(SETUP), json!("instant-off")),
            expectations: || timer_theory(0.0, CONSTANT),
        },
        System {
            name: "M/M/1 idle timer, exponential set-up",
            scenario: |tasks| sleeper(tasks, exponential(SETUP), json!({"name": "timeout", "after": TIMER})),
            expectations: || timer_theory(TIMER, EXPONENTIAL),
        },
        System {
            name: "M/M/1 idle timer, constant set-up",
            scenario: |tasks| sleeper(tasks, json!(SETUP), json!({"name": "timeout", "after": TIMER})),
            expectations: || timer_theory(TIMER, CONSTANT),
        },
        System {
            name: "M/M/1 N-policy",
            scenario: |tasks| sleeper(tasks, json!(0), json!({"name": "n-policy", "tasks": 4})),
            expectations: || n_policy_theory(0.0, 0.0),
        },
        System {
            name: "M/M/1 N-policy, exponential set-up",
            scenario: |tasks| sleeper(tasks, exponential(SETUP), json!({"name": "n-policy", "tasks": 4})),
            expectations: || n_policy_theory(SETUP, EXPONENTIAL),
        },
    ]
}

/// Arrivals per second; a task takes one second on average.
const RATE: f64 = 0.5;
/// Mean wake-up time in s, and its second moments as a constant and as an exponential time.
const SETUP: f64 = 3.0;
const CONSTANT: f64 = SETUP * SETUP;
const EXPONENTIAL: f64 = 2.0 * SETUP * SETUP;
/// Idle time before sleep in s.
const TIMER: f64 = 1.2;

/// M/M/1 on a device that takes `wake` to wake.
fn sleeper(tasks: f64, wake: Value, policy: Value) -> Value {
    let mut scenario = queue(1, RATE, tasks, exponential(1.0));
    scenario["devices"] = json!({"sleeper": {
        "kind": "cpu", "power": {"idle": 60, "active": 150},
        "sleep": {"power": 5, "entry": 0, "wake": wake, "wake_power": 120},
    }});
    scenario["cluster"]["nodes"][0]["units"][0]["device"] = json!("sleeper");
    scenario["policies"] = json!({"sleep": policy});
    scenario
}

fn power(shares: Option<StateShares>) -> Expectation {
    let power = StatePower { idle: 60.0, sleep: 5.0, setup: 120.0, busy: 150.0 };
    metric("mean power", "power_w.mean", shares.map(|s| s.mean_power(&power)))
}

fn timer_theory(timer: f64, setup_second_moment: f64) -> Vec<Expectation> {
    let system = IdleTimer {
        arrival_rate: RATE,
        mean_service: 1.0,
        service_second_moment: 2.0,
        timer,
        mean_setup: SETUP,
        setup_second_moment,
    };
    vec![metric("mean response", "response_s.mean", system.mean_response()), power(system.shares())]
}

fn n_policy_theory(mean_setup: f64, setup_second_moment: f64) -> Vec<Expectation> {
    let system = NPolicy {
        arrival_rate: RATE,
        mean_service: 1.0,
        service_second_moment: 2.0,
        tasks: 4,
        mean_setup,
        setup_second_moment,
    };
    vec![
        metric("mean response", "response_s.mean", system.mean_response()),
        metric("mean in system", "in_system.mean", system.in_system()),
        power(system.shares()),
    ]
}
