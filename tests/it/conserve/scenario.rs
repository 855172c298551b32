//! Random scenarios: small numbers, from which a scenario that is valid follows. Small numbers shrink well.

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};
use xpu_manager_rust::policy::registry::Registry;

const KINDS: [&str; 3] = ["cpu", "gpu", "npu"];
/// Shares in thousandths of a unit.
pub const SHARES: [u64; 4] = [1000, 500, 250, 300];
pub const GB: u64 = 1_000_000_000;

/// A device.
#[derive(Clone, Debug)]
pub struct Device {
    pub kind: usize,
    pub count: u32,
    /// GB; 0 never binds.
    pub memory: u64,
    pub pstates: u32,
    /// Entry and wake time in tenths of a second; `None` cannot sleep.
    pub sleep: Option<(u32, u32)>,
    pub beta: u32,
    pub speed: u32,
}

/// A class of tasks.
#[derive(Clone, Debug)]
pub struct Class {
    kinds: u8,
    width: u32,
    pub share: usize,
    memory: u32,
    duration: (u8, u32),
    estimate: u8,
    deadline: Option<u32>,
    one_node: bool,
    offloadable: bool,
}

/// Choices of policies, by number.
#[derive(Clone, Debug)]
pub struct Chosen {
    pub scheduler: usize,
    placement: usize,
    memory: usize,
    power: usize,
    sleep: Option<u32>,
    cloud: usize,
    adaptive: usize,
    queue_limit: Option<u64>,
}

/// All numbers of a scenario.
#[derive(Clone, Debug)]
pub struct Raw {
    pub devices: Vec<Device>,
    pub classes: Vec<Class>,
    nodes: u32,
    arrivals: (u8, u32),
    pub count: u64,
    pub chosen: Chosen,
    seed: u64,
}

pub fn raw() -> impl Strategy<Value = Raw> {
    let device = (0..3usize, 1..4u32, 0..4u64, 1..4u32, prop::option::of((0..30u32, 0..30u32)), 0..3u32, 1..3u32);
    let device = device.prop_map(|(kind, count, memory, pstates, sleep, beta, speed)| Device {
        kind,
        count,
        memory: memory * 8,
        pstates,
        sleep,
        beta,
        speed,
    });
    let class = (1..8u8, 1..5u32, 0..SHARES.len(), 0..20u32, (0..5u8, 1..200u32), 0..5u8, prop::option::of(1..100u32));
    let class = (class, any::<bool>(), any::<bool>()).prop_map(
        |((kinds, width, share, memory, duration, estimate, deadline), one_node, offloadable)| Class {
            kinds,
            width,
            share,
            memory,
            duration,
            estimate,
            deadline,
            one_node,
            offloadable,
        },
    );
    let policies = (0..schedulers().len() + 2, 0..64usize, 0..3usize, 0..3usize, prop::option::of(0..80u32));
    let more = (0..4usize, 0..4usize, prop::option::weighted(0.2, 0..6u64));
    let chosen =
        (policies, more).prop_map(|((scheduler, placement, memory, power, sleep), (cloud, adaptive, queue_limit))| {
            Chosen { scheduler, placement, memory, power, sleep, cloud, adaptive, queue_limit }
        });
    let load = (1..3u32, (0..8u8, 1..60u32), 1..40u64, 0..1000u64);
    (vec(device, 1..4), vec(class, 1..4), load, chosen).prop_map(
        |(devices, classes, (nodes, arrivals, count, seed), chosen)| Raw {
            devices,
            classes,
            nodes,
            arrivals,
            count,
            chosen,
            seed,
        },
    )
}

/// Every scheduler that has a name.
fn schedulers() -> Vec<&'static str> {
    Registry::builtin().scheduler_names()
}

/// Idle and busy power by P-state, in W.
pub fn powers(device: &Device) -> (u32, Vec<u32>) {
    (10, (1..=device.pstates).map(|p| 10 + 15 * p).collect())
}

impl Raw {
    fn device(&self, d: &Device) -> Value {
        let (idle, busy) = powers(d);
        let states: Vec<Value> =
            busy.iter().zip(1..).map(|(w, p)| json!({"frequency": f64::from(p) * 5e8, "power": w})).collect();
        let mut value = json!({"kind": KINDS[d.kind], "speed": d.speed, "power": {
            "idle": idle, "active": busy.last(), "beta": f64::from(d.beta) / 2.0, "pstates": states}});
        if d.memory > 0 {
            value["memory"] = json!(d.memory * GB);
        }
        if let Some((entry, wake)) = d.sleep {
            value["sleep"] = json!({"power": 1, "wake_power": 17,
                "entry": f64::from(entry) / 10.0, "wake": f64::from(wake) / 10.0});
        }
        value
    }

    fn class(&self, i: usize, c: &Class) -> Value {
        let present: Vec<&str> =
            KINDS.into_iter().filter(|k| self.devices.iter().any(|d| KINDS[d.kind] == *k)).collect();
        let mut runs_on: Vec<&str> =
            present.iter().enumerate().filter(|(n, _)| c.kinds >> n & 1 == 1).map(|(_, k)| *k).collect();
        if runs_on.is_empty() {
            runs_on = present;
        }
        let mean = f64::from(c.duration.1) / 10.0;
        let duration = match c.duration.0 {
            0 => json!(mean),
            1 => json!({"dist": "exponential", "mean": mean}),
            2 => json!({"dist": "lognormal", "mean": mean, "cv": 2}),
            3 => json!({"dist": "uniform", "low": 0, "high": 2.0 * mean}),
            _ => json!({"dist": "empirical", "values": [mean, 2.0 * mean]}),
        };
        let mut value = json!({"name": format!("c{i}"), "runs_on": runs_on, "duration": duration,
            "share": SHARES[c.share] as f64 / 1000.0, "one_node": c.one_node, "offloadable": c.offloadable,
            "input": "3 MB", "output": "1 MB", "priority": c.width,
            // Drawn, so that widths and sizes that nothing can hold are met in the run.
            "units": {"dist": "uniform", "low": 1, "high": c.width}});
        if c.memory > 0 {
            value["memory"] = json!({"dist": "uniform", "low": 0, "high": u64::from(c.memory) * GB});
        }
        match c.estimate {
            1 => value["estimate"] = json!({"factor": 2.5}),
            2 => value["estimate"] = json!({"dist": "uniform", "low": 0.1, "high": 30}),
            3 => value["estimate"] = json!({"factor": 0.6}),
            _ => {}
        }
        value["kill_at_estimate"] = json!(c.estimate == 3);
        if let Some(deadline) = c.deadline {
            value["deadline"] = json!(deadline);
        }
        value
    }

    fn arrivals(&self) -> Value {
        let mean = f64::from(self.arrivals.1) / 20.0;
        match self.arrivals.0 {
            0 => json!({"process": "poisson", "rate": 1.0 / mean}),
            1 => json!({"process": "renewal", "interarrival": {"dist": "gamma", "mean": mean, "cv": 2}}),
            2 => json!({"process": "deterministic", "interval": mean}),
            3 => json!({"process": "mmpp", "states": [{"rate": 3, "mean_time": 5}, {"rate": 0.1, "mean_time": mean}]}),
            4 => json!({"process": "diurnal", "rate": 1.0 / mean, "hourly": [1, 3, 0, 2]}),
            5 => json!({"process": "batch", "interarrival": mean, "size": {"dist": "uniform", "low": 1, "high": 5}}),
            6 => json!({"process": "closed", "clients": 3, "think_time": {"dist": "exponential", "mean": mean}}),
            _ => json!({"process": "at-once", "time": mean}),
        }
    }

    fn scheduler(&self) -> Value {
        let registry = Registry::builtin();
        let placements: Vec<&str> = registry.placements.names().collect();
        let placement = placements[self.chosen.placement % placements.len()];
        let names = schedulers();
        match self.chosen.scheduler.checked_sub(names.len()) {
            None => json!(names[self.chosen.scheduler]),
            Some(0) => json!({"order": "sjf", "backfill": "easy", "placement": placement}),
            Some(_) => json!({"order": "priority", "backfill": "greedy", "placement": placement}),
        }
    }

    /// The scenario that these numbers stand for.
    pub fn scenario(&self) -> Value {
        let chosen = &self.chosen;
        let names: Vec<String> = (0..self.devices.len()).map(|i| format!("d{i}")).collect();
        let devices: serde_json::Map<String, Value> =
            names.iter().cloned().zip(self.devices.iter().map(|d| self.device(d))).collect();
        let units: Vec<Value> =
            names.iter().zip(&self.devices).map(|(n, d)| json!({"device": n, "count": d.count})).collect();
        let classes: Vec<Value> = self.classes.iter().enumerate().map(|(i, c)| self.class(i, c)).collect();
        let memory = ["counter", "first-fit", "best-fit"][chosen.memory];
        let power = ["performance", "powersave", "ondemand"][chosen.power];
        let asleep = |t| match t % 8 {
            0 => json!("instant-off"),
            1 => json!("break-even"),
            2 => json!("random-timeout"),
            3 => json!("predictive"),
            4 => json!({"name": "n-policy", "tasks": 1 + t / 16}),
            _ => json!({"name": "timeout", "after": f64::from(t) / 10.0}),
        };
        let adaptive = match chosen.adaptive {
            1 => json!("last-two"),
            2 => json!({"name": "bandit", "epoch": 10, "arms": ["easy", "sjf-greedy", "conservative"]}),
            _ => json!("none"),
        };
        let mut scenario = json!({
            "seed": self.seed, "devices": devices,
            "cluster": {"nodes": [{"name": "n", "count": self.nodes, "units": units}]},
            "workload": [{"source": "synthetic", "count": self.count, "arrivals": self.arrivals(), "tasks": classes}],
            "policies": {"scheduler": self.scheduler(), "memory": memory, "power": power,
                         "sleep": chosen.sleep.map_or(json!("never"), asleep), "adaptive": adaptive},
        });
        if self.seed % 2 == 1 {
            // Least attained service and turns would never end where what is attained is lost.
            let lost = scenario["policies"]["scheduler"] == "srpt" && self.seed % 4 == 1;
            scenario["policies"]["preemption"] = json!({"save": {"bandwidth": "4 GB/s"}, "restore": 0.7,
                "work": if lost { "lost" } else { "kept" }});
        }
        if let Some(limit) = chosen.queue_limit {
            scenario["policies"]["queue_limit"] = json!(limit);
        }
        if chosen.cloud > 0 {
            let policy = ["", "always", "threshold", "deadline-aware"][chosen.cloud];
            scenario["policies"]["cloud"] = match policy {
                "threshold" => json!({"name": policy, "backlog": 2}),
                other => json!(other),
            };
            scenario["cloud"] = json!({"speed": 1.5, "rtt": {"dist": "exponential", "mean": 0.3}, "price_per_hour": 2});
        }
        scenario
    }
}
