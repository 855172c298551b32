//! Schedules and energies by hand. The arithmetic stands beside each test.

mod clocks;
mod cloud;
mod order;
mod pace;
mod power_cap;
mod pstate;
mod sharing;
mod sleep;
mod turns;
mod work;

use serde_json::{Value, json};

use super::support::cluster;

/// Idle 10 W, active 30 W; falls asleep in 2 s and wakes in 3 s at 20 W, sleeps at 1 W.
fn sleeper() -> Value {
    json!({"kind": "cpu", "power": {"idle": 10, "active": 30},
           "sleep": {"power": 1, "entry": 2, "wake": 3, "wake_power": 20}})
}

/// `count` units of a device of one's own.
fn on(device: Value, count: u32, tasks: Value, policies: Value) -> Value {
    json!({"devices": {"own": device}, "cluster": cluster("own", count),
           "workload": [{"source": "tasks", "tasks": tasks}], "policies": policies})
}
