//! Everything at once: memory, clocks, heat, caps, sleep, failures and cloud in one run, invariants checked at every
//! instant. Whatever they do to each other, no task and no joule may vanish.

use serde_json::{Value, json};

use crate::support::run;

/// Picks by the digits of a number, so that each scenario is another one and always the same.
struct Picks(u64);

impl Picks {
    fn one<const N: usize>(&mut self, of: [Value; N]) -> Value {
        let n = N as u64;
        let pick = (self.0 % n) as usize;
        // A full-period step between picks (Knuth's multiplier), so that they do not go in step.
        self.0 = (self.0 / n).wrapping_add(pick as u64).wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1) >> 7;
        of.into_iter().nth(pick).unwrap()
    }

    fn names(&mut self, of: &[&str]) -> Value {
        let pick = self.one([json!(0), json!(1), json!(2), json!(3), json!(4), json!(5), json!(6), json!(7)]);
        json!(of[pick.as_u64().unwrap() as usize % of.len()])
    }
}

fn device(p: &mut Picks) -> Value {
    let mut device = json!({
        "kind": "gpu", "memory": "80 GB", "memory_bandwidth": "2 TB/s", "host_link": "32 GB/s",
        "power": {"idle": 50, "law": {"form": "knee", "base": 50, "per_ghz": 209, "knee": "1.1 GHz", "slope": 0.7},
                  "clocks": {"from": "0.8 GHz", "to": "1.4 GHz", "step": "150 MHz"}, "beta": 0.6},
        "sleep": p.one([json!({"power": 10, "entry": "100 ms", "wake": "300 ms", "wake_power": 200}),
                        json!([{"power": 40, "entry": "20 ms", "wake": "50 ms", "wake_power": 100},
                               {"power": 5, "entry": "300 ms", "wake": {"dist": "exponential", "mean": 1},
                                "wake_power": 150}])]),
        "thermal": {"resistance": 0.12, "capacitance": 50, "throttle_at": p.one([json!(40), json!(85)]),
                    "throttle_to": "0.95 GHz", "leakage": {"power": 20, "per_kelvin": 0.01, "reference": 50}},
    });
    device["power"]["transition"] = p.one([json!(0), json!("20 ms")]);
    device["power"]["halt"] = p.one([json!(0), json!("5 ms")]);
    device["power"]["transition_energy"] = p.one([json!(0), json!(2)]);
    if p.one([json!(0), json!(1)]) == json!(0) {
        device.as_object_mut().unwrap().remove("thermal");
    }
    device
}

fn scenario(number: u64) -> Value {
    let mut p = Picks(number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let memory = p.one([json!("20 GB"), json!("35 GB"), json!("60 GB")]);
    let mut all = json!({
        "name": "together", "seed": number,
        "devices": {"own": device(&mut p)},
        "cluster": {
            "nodes": [{"name": "n", "count": 2, "host_memory": "300 GB", "units": [{"device": "own", "count": 4}]}],
            "power_cap": {"budget": p.one([json!("1 kW"), json!("2 kW")]), "period": "100 ms",
                          "share": p.names(&["uniform", "proportional", "water-filling", "priority", "marginal"])},
            "ambient": {"period": "1 min", "steps": [[0, 22], ["30 s", 30]]},
            "facility": {"pue": 1.2, "price": 0.1, "carbon": {"period": "1 min", "steps": [[0, 300], ["20 s", 100]]}}},
        "workload": [{"source": "synthetic", "count": 120, "arrivals": {"process": "poisson", "rate": 8},
            "tasks": [{"runs_on": ["gpu"], "duration": {"dist": "exponential", "mean": 1}, "beta": 0.6,
                       "memory": memory.clone(), "memory_phases": [[0, "10 GB"], [0.5, memory]],
                       "memory_traffic": "20 GB/s", "model": {"name": "m", "size": "15 GB"}, "input": "1 MB",
                       "output": "1 MB", "deadline": "20 s", "share": p.one([json!(1), json!(0.5)])}]}],
        "memory": {"oversubscription": {"limit": 1.5, "access": p.one([json!("uniform"), json!({"zipf": 0.8})])},
                   "oom": {"action": p.names(&["wait", "kill", "retry", "reject"])},
                   "reserve": p.names(&["declared", "current"]), "swap": {"latency": "1 ms"}},
        "failures": {"units": {"mtbf": {"dist": "exponential", "mean": "1 min"}, "mttr": 5},
                     "nodes": {"mtbf": {"dist": "exponential", "mean": "1 min"}, "mttr": 10}},
        "checkpoint": {"interval": "500 ms", "cost": "50 ms", "restart": "100 ms"},
        "cloud": {
            "regions": [{"name": "r", "shared": true, "uplink": "1 Gbit/s", "downlink": "1 Gbit/s", "rtt": "30 ms",
                "instances": [{"name": "i", "speed": 1, "price_per_hour": 1, "boot": "2 s", "keep_alive": "10 s", "limit": 3,
                               "spot": {"factor": 0.4, "life": {"dist": "exponential", "mean": "30 s"}, "notice": "1 s"}}]}],
            "failures": {"probability": 0.1}, "retry": {"budget": 3, "base": "500 ms", "cap": "10 s", "jitter": "full"},
            "hedge": {"after": "3 s"}},
    });
    all["policies"] = json!({
        "scheduler": p.names(&["fifo", "easy", "conservative", "srpt", "las", "jsq", "fifo-greedy", "priority-preemptive"]),
        "power": p.names(&["ondemand", "schedutil", "conservative", "oa", "energy-optimal", "race-to-idle", "zeus", "pace"]),
        "sleep": p.names(&["instant-off", "break-even", "random-timeout", "predictive", "n-policy", "never"]),
        "cloud": p.names(&["never", "threshold", "deadline-aware", "spot-then-on-demand", "lyapunov", "faster-wins"]),
    });
    // One part is left out, so that none hides behind another.
    let without = p.names(&["failures", "checkpoint", "", "", ""]);
    all.as_object_mut().unwrap().remove(without.as_str().unwrap());
    if all.get("failures").is_none() {
        all.as_object_mut().unwrap().remove("checkpoint");
    }
    all
}

#[test]
fn nothing_vanishes_when_everything_acts_on_everything() {
    let mut seen = std::collections::BTreeSet::new();
    for number in 1..=16 {
        let run = run(scenario(number));
        let ended = ["completed", "rejected", "failed", "killed"].map(|s| run.metric(&format!("tasks.{s}")));
        assert_eq!(ended.iter().sum::<f64>(), 120.0, "{number}: {ended:?}");
        // What has happened at least once over all of them, so that the test is about what it says.
        for name in
            ["failures.units", "failures.nodes", "throttles", "memory.spilled_bytes", "cloud.offloaded", "sleep.wakes"]
        {
            if run.replications[0].metrics.get(name).is_some_and(|x| *x > 0.0) {
                seen.insert(name);
            }
        }
    }
    assert_eq!(seen.len(), 6, "{seen:?}");
}
