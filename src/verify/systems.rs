//! The systems. Times are in seconds; each scenario is stated as a user would write it.

use serde_json::{Value, json};

use crate::theory::{self, IdleTimer, StatePower};

use super::{Expectation, System};

/// All systems.
pub fn systems() -> Vec<System> {
    let mut all = vec![
        System { name: "M/M/1", scenario: mm1, expectations: mm1_theory },
        System { name: "M/M/8", scenario: mm8, expectations: mm8_theory },
        System { name: "M/D/1", scenario: md1, expectations: md1_theory },
        System { name: "M/G/1 lognormal", scenario: mg1_lognormal, expectations: mg1_lognormal_theory },
        System { name: "M/G/1 hyperexponential", scenario: mg1_hyper, expectations: mg1_hyper_theory },
        System { name: "M/G/1 priorities", scenario: priorities, expectations: priorities_theory },
        System { name: "M/M/5/5 Erlang loss", scenario: loss, expectations: loss_theory },
        System { name: "M/M/1/4", scenario: finite_buffer, expectations: finite_buffer_theory },
        System { name: "Little's law", scenario: little, expectations: little_theory },
        System { name: "M/M/1 idle timer", scenario: idle_timer, expectations: idle_timer_theory },
        System { name: "M/M/1 at half clock", scenario: half_clock, expectations: half_clock_theory },
        System { name: "M/G/inf cloud", scenario: cloud, expectations: cloud_theory },
        System { name: "closed M/M/1, 10 clients", scenario: closed, expectations: closed_theory },
        System { name: "4 x M/M/1 at random", scenario: at_random, expectations: at_random_theory },
        System { name: "4 x E4/M/1 in turn", scenario: in_turn, expectations: in_turn_theory },
        System { name: "M/M/4 by stealing", scenario: by_stealing, expectations: by_stealing_theory },
    ];
    all.extend(super::preemptive::systems());
    all.extend(super::service::systems());
    all.extend(super::failures::systems());
    all.extend(super::sleep::systems());
    all.extend(super::cloud::systems());
    all.extend(super::heat::systems());
    all.extend(super::memory::systems());
    all
}

/// `units` of the neutral device under Poisson arrivals, with a tenth of the run as warm-up.
pub(super) fn queue(units: u32, rate: f64, tasks: f64, duration: Value) -> Value {
    let time = tasks / rate;
    json!({
        "stop": {"time": time}, "warmup": time / 10.0,
        "cluster": {"nodes": [{"name": "n", "units": [{"device": "cpu-generic", "count": units}]}]},
        "workload": [{"source": "synthetic", "arrivals": {"process": "poisson", "rate": rate},
                      "tasks": [{"runs_on": ["cpu"], "duration": duration}]}],
    })
}

pub(super) fn exponential(mean: f64) -> Value {
    json!({"dist": "exponential", "mean": mean})
}

/// A quantity that is a metric.
pub(super) fn metric(quantity: &'static str, name: &'static str, expected: Option<f64>) -> Expectation {
    let measure = Box::new(move |r: &crate::experiment::Replication| r.metrics.get(name).copied());
    // Theory that has no answer must not pass for one.
    Expectation { quantity, expected: expected.unwrap_or(f64::NAN), measure }
}

fn steady(steady: Option<theory::Steady>) -> Vec<Expectation> {
    let s = steady.as_ref();
    vec![
        metric("mean wait", "wait_s.mean", s.map(|s| s.wait)),
        metric("mean response", "response_s.mean", s.map(|s| s.response)),
        metric("mean in system", "in_system.mean", s.map(|s| s.in_system)),
        metric("mean in queue", "queue.mean", s.map(|s| s.in_queue)),
        metric("utilization", "utilization.cpu", s.map(|s| s.utilization)),
    ]
}

fn mm1(tasks: f64) -> Value {
    queue(1, 0.8, tasks, exponential(1.0))
}

fn mm1_theory() -> Vec<Expectation> {
    steady(theory::mm1(0.8, 1.0))
}

fn mm8(tasks: f64) -> Value {
    queue(8, 6.8, tasks, exponential(1.0))
}

fn mm8_theory() -> Vec<Expectation> {
    steady(theory::mmc(6.8, 1.0, 8))
}

fn md1(tasks: f64) -> Value {
    queue(1, 0.8, tasks, json!(1.0))
}

fn md1_theory() -> Vec<Expectation> {
    steady(theory::md1(0.8, 1.0))
}

fn mg1_lognormal(tasks: f64) -> Value {
    queue(1, 0.7, tasks, json!({"dist": "lognormal", "mean": 1.0, "cv": 1.5}))
}

/// `E[S²] = 1 + cv²`.
fn mg1_lognormal_theory() -> Vec<Expectation> {
    steady(theory::mg1(0.7, 1.0, 1.0 + 1.5 * 1.5))
}

fn mg1_hyper(tasks: f64) -> Value {
    queue(1, 0.7, tasks, json!({"dist": "hyperexponential", "weights": [0.9, 0.1], "means": [0.5, 5.5]}))
}

/// `E[S] = 0.9 · 0.5 + 0.1 · 5.5 = 1`, `E[S²] = 2 (0.9 · 0.5² + 0.1 · 5.5²) = 6.5`.
fn mg1_hyper_theory() -> Vec<Expectation> {
    steady(theory::mg1(0.7, 1.0, 6.5))
}

fn priorities(tasks: f64) -> Value {
    three_classes(tasks, "priority")
}

/// Classes from the most urgent: rate, mean, second moment.
pub(super) const CLASSES: [(f64, f64, f64); 3] = [(0.2, 1.0, 2.0), (0.4, 0.5, 0.5), (0.2, 2.0, 4.0)];

/// One unit under `scheduler` with tasks of three priorities, those of [`CLASSES`].
pub(super) fn three_classes(tasks: f64, scheduler: &str) -> Value {
    let mut scenario = queue(1, 0.8, tasks, exponential(1.0));
    scenario["workload"][0]["tasks"] = json!([
        {"name": "urgent", "weight": 1, "priority": 2, "runs_on": ["cpu"], "duration": exponential(1.0)},
        {"name": "normal", "weight": 2, "priority": 1, "runs_on": ["cpu"], "duration": exponential(0.5)},
        {"name": "patient", "weight": 1, "priority": 0, "runs_on": ["cpu"], "duration": 2.0},
    ]);
    scenario["policies"] = json!({"scheduler": scheduler});
    scenario
}

fn priorities_theory() -> Vec<Expectation> {
    let waits = theory::cobham(&CLASSES);
    let wait = |class: usize| waits.as_ref().and_then(|w| w.get(class).copied());
    vec![
        metric("mean wait, urgent", "class.urgent.wait_s.mean", wait(0)),
        metric("mean wait, normal", "class.normal.wait_s.mean", wait(1)),
        metric("mean wait, patient", "class.patient.wait_s.mean", wait(2)),
    ]
}

/// The share of tasks that were turned away. Both counts are over the whole run.
pub(super) fn blocking(expected: Option<f64>) -> Expectation {
    let measure =
        |r: &crate::experiment::Replication| Some(r.metrics.get("tasks.rejected")? / r.metrics.get("tasks.submitted")?);
    Expectation { quantity: "blocked share", expected: expected.unwrap_or(f64::NAN), measure: Box::new(measure) }
}

fn loss(tasks: f64) -> Value {
    let mut scenario = queue(5, 4.0, tasks, json!({"dist": "gamma", "mean": 1.0, "cv": 0.7}));
    scenario["policies"] = json!({"queue_limit": 0});
    scenario
}

fn loss_theory() -> Vec<Expectation> {
    let theory = theory::mmcc(4.0, 1.0, 5);
    vec![
        blocking(theory.as_ref().map(|l| l.blocking)),
        metric("mean in system", "in_system.mean", theory.as_ref().map(|l| l.in_system)),
    ]
}

fn finite_buffer(tasks: f64) -> Value {
    let mut scenario = queue(1, 0.9, tasks, exponential(1.0));
    scenario["policies"] = json!({"queue_limit": 3});
    scenario
}

fn finite_buffer_theory() -> Vec<Expectation> {
    let theory = theory::mm1k(0.9, 1.0, 4);
    vec![
        blocking(theory.as_ref().map(|l| l.blocking)),
        metric("mean response", "response_s.mean", theory.as_ref().map(|l| l.response)),
    ]
}

/// A run that is drained has no edges: the law holds to the last digit.
fn little(tasks: f64) -> Value {
    let mut scenario = queue(3, 2.5, tasks, json!({"dist": "weibull", "shape": 0.8, "scale": 1.0}));
    scenario["stop"] = Value::Null;
    scenario["warmup"] = json!(0);
    scenario["workload"][0]["count"] = json!(tasks as u64);
    scenario["policies"] = json!({"scheduler": "sjf"});
    scenario
}

fn little_theory() -> Vec<Expectation> {
    let measure = |r: &crate::experiment::Replication| {
        let integral = r.metrics.get("in_system.mean")? * r.end.as_secs_f64();
        Some(integral / (r.metrics.get("response_s.mean")? * r.metrics.get("tasks.completed")?))
    };
    vec![Expectation { quantity: "L T / sum of responses", expected: 1.0, measure: Box::new(measure) }]
}

fn idle_timer(tasks: f64) -> Value {
    let mut scenario = queue(1, 0.4, tasks, exponential(1.0));
    scenario["devices"] = json!({"sleeper": {
        "kind": "cpu", "power": {"idle": 60, "active": 150},
        "sleep": {"power": 5, "entry": 0, "wake": 2.0, "wake_power": 120},
    }});
    scenario["cluster"]["nodes"][0]["units"][0]["device"] = json!("sleeper");
    scenario["policies"] = json!({"sleep": {"name": "timeout", "after": 1.5}});
    scenario
}

fn idle_timer_theory() -> Vec<Expectation> {
    let system = IdleTimer {
        arrival_rate: 0.4,
        mean_service: 1.0,
        service_second_moment: 2.0,
        timer: 1.5,
        mean_setup: 2.0,
        setup_second_moment: 4.0,
    };
    let power = StatePower { idle: 60.0, sleep: 5.0, setup: 120.0, busy: 150.0 };
    vec![
        metric("mean response", "response_s.mean", system.mean_response()),
        metric("mean power", "power_w.mean", system.shares().map(|s| s.mean_power(&power))),
    ]
}

fn half_clock(tasks: f64) -> Value {
    let mut scenario = queue(1, 0.5, tasks, exponential(1.0));
    scenario["devices"] = json!({"slow": {
        "kind": "cpu",
        "power": {"idle": 20, "active": 100, "beta": 0.6,
                  "pstates": [{"frequency": "1 GHz", "power": 50}, {"frequency": "2 GHz", "power": 100}]},
    }});
    scenario["cluster"]["nodes"][0]["units"][0]["device"] = json!("slow");
    scenario["policies"] = json!({"power": "powersave"});
    scenario
}

/// At half the clock a second of work takes `0.6 · 2 + 0.4 = 1.6` s.
fn half_clock_theory() -> Vec<Expectation> {
    let theory = theory::mm1(0.5, 1.6);
    vec![
        metric("mean response", "response_s.mean", theory.as_ref().map(|s| s.response)),
        metric("mean power", "power_w.mean", Some(20.0 + 0.8 * (50.0 - 20.0))),
    ]
}

fn cloud(tasks: f64) -> Value {
    let mut scenario = queue(1, 2.0, tasks, json!({"dist": "lognormal", "mean": 3.0, "cv": 1.2}));
    scenario["workload"][0]["tasks"][0]["input"] = json!("1 MB");
    scenario["policies"] = json!({"cloud": "always"});
    scenario["cloud"] = json!({
        "rtt": {"dist": "shifted-lognormal", "shift": "100 ms", "mean": "200 ms", "cv": 1}, "uplink": "10 MB/s",
    });
    scenario
}

/// Response: round trip 0.3 s, upload 0.1 s, run 3 s; the cloud never queues.
fn cloud_theory() -> Vec<Expectation> {
    let theory = theory::infinite_server(2.0, 0.3 + 0.1 + 3.0);
    vec![
        metric("mean response", "response_s.mean", theory.as_ref().map(|s| s.response)),
        metric("mean in system", "in_system.mean", theory.as_ref().map(|s| s.in_system)),
    ]
}

fn closed(tasks: f64) -> Value {
    let mut scenario = queue(1, 1.0, tasks, exponential(1.0));
    scenario["workload"][0]["arrivals"] = json!({"process": "closed", "clients": 10, "think_time": exponential(8.0)});
    scenario
}

fn closed_theory() -> Vec<Expectation> {
    let theory = theory::finite_population(10, 8.0, 1.0);
    vec![
        metric("throughput", "throughput_per_s", theory.as_ref().map(|c| c.throughput)),
        metric("mean response", "response_s.mean", theory.as_ref().map(|c| c.response)),
    ]
}

/// Four lines at a load of 0.7 each.
fn lines(tasks: f64, scheduler: &str) -> Value {
    let mut scenario = queue(4, 2.8, tasks, exponential(1.0));
    scenario["policies"] = json!({"scheduler": scheduler});
    scenario
}

fn waits(steady: Option<theory::Steady>) -> Vec<Expectation> {
    let s = steady.as_ref();
    vec![
        metric("mean wait", "wait_s.mean", s.map(|s| s.wait)),
        metric("mean response", "response_s.mean", s.map(|s| s.response)),
    ]
}

fn at_random(tasks: f64) -> Value {
    lines(tasks, "random-dispatch")
}

/// A Poisson stream that is split at random is four Poisson streams.
fn at_random_theory() -> Vec<Expectation> {
    waits(theory::mm1(0.7, 1.0))
}

fn in_turn(tasks: f64) -> Value {
    lines(tasks, "round-robin-dispatch")
}

/// Every fourth arrival: the sum of four exponential times.
fn in_turn_theory() -> Vec<Expectation> {
    waits(theory::erlang_m1(0.7, 4, 1.0))
}

fn by_stealing(tasks: f64) -> Value {
    lines(tasks, "work-stealing")
}

/// No unit idles while a task waits, and who is served next does not depend on sizes: the mean is that of one line.
fn by_stealing_theory() -> Vec<Expectation> {
    waits(theory::mmc(2.8, 1.0, 4))
}
