//! Temperature and leakage under random load.

use serde_json::{Value, json};

use crate::theory::{self, leaky_steady_state};

use super::systems::{exponential, metric, queue};
use super::{Expectation, System};

pub(super) fn systems() -> Vec<System> {
    vec![System { name: "M/M/1 with leakage", scenario: leaky, expectations: leaky_theory }]
}

const RATE: f64 = 0.7;
const RESISTANCE: f64 = 0.4;
const AMBIENT: f64 = 30.0;

fn leaky(tasks: f64) -> Value {
    let mut scenario = queue(1, RATE, tasks, exponential(1.0));
    scenario["devices"] = json!({"warm": {"kind": "cpu", "power": {"idle": 20, "active": 120},
        "thermal": {"resistance": RESISTANCE, "capacitance": 5,
                    "leakage": {"power": 20, "per_kelvin": 0.02, "reference": 40}}}});
    scenario["cluster"]["nodes"][0]["units"][0]["device"] = json!("warm");
    scenario["cluster"]["ambient"] = json!(AMBIENT);
    scenario
}

/// All is linear, so means follow from means: `T = (Ta + R (P − g T0)) / (1 − g R)` with `P = 20 + 100 ρ` W and
/// `g = 0.4` W/K; and what goes in goes out through the resistance, `(T − Ta) / R`.
fn leaky_theory() -> Vec<Expectation> {
    let temperature = leaky_steady_state(RESISTANCE, AMBIENT, 20.0 + 100.0 * RATE, 0.4, 40.0);
    vec![
        metric("mean wait", "wait_s.mean", theory::mm1(RATE, 1.0).map(|s| s.wait)),
        metric("mean temperature", "temperature_c.mean", temperature),
        metric("mean power", "power_w.mean", temperature.map(|t| (t - AMBIENT) / RESISTANCE)),
    ]
}
