//! Time per scheduling decision, by policy, length of the queue and number of units.
//!
//! A closed system keeps so many tasks waiting while units change hands: each completion brings a new task, and one pass.
//! What is timed is the steady part, so a decision here is a task's whole life: arrival, passes, placing, end.

mod common;

use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use serde_json::{Value, json};
use xpu_manager_rust::policy::registry::Registry;
use xpu_manager_rust::record::{Observer, Record};
use xpu_manager_rust::sim::SimError;
use xpu_manager_rust::units::SimTime;

/// Looks at the clock when so many tasks have ended, and when so many more have.
struct Clock {
    first: u64,
    last: u64,
    ended: u64,
    since: Option<Instant>,
    passed: Duration,
}

impl Observer for Clock {
    fn on(&mut self, _: SimTime, record: &Record<'_>) {
        if let Record::Ended(..) = record {
            self.ended += 1;
            if self.ended == self.first {
                self.since = Some(Instant::now());
            } else if self.ended == self.last {
                self.passed = self.since.map_or(Duration::ZERO, |s| s.elapsed());
            }
        }
    }
}

/// About `queue` tasks wait for `units` units, in nodes of ten. Every tenth task is a gang of four, so that 1.3 units a task
/// is the mean.
fn crowd(scheduler: &Value, queue: u64, units: u64) -> Value {
    let task = |weight: u32, width: u32| {
        json!({"runs_on": ["gpu"], "weight": weight, "units": width,
            "duration": {"dist": "exponential", "mean": 1.0}, "estimate": {"dist": "exponential", "mean": 2.0}})
    };
    json!({
        "name": "crowd",
        "cluster": {"nodes": [{"name": "n", "count": units / 10, "units": [{"device": "gpu-generic", "count": 10}]}]},
        "workload": [{"source": "synthetic", "count": 1_000_000_000_000u64,
            "arrivals": {"process": "closed", "clients": queue + units * 10 / 13, "think_time": 0.0},
            "tasks": [task(9, 1), task(1, 4)]}],
        "policies": {"scheduler": scheduler},
    })
}

/// Time of `decisions` in the steady part.
fn time(scheduler: &Value, queue: u64, units: u64, decisions: u64) -> Duration {
    const WARM_UP: u64 = 3;
    let plan = common::plan(&crowd(scheduler, queue, units));
    let registry = Registry::builtin();
    let last = WARM_UP + decisions;
    let clock = Clock { first: WARM_UP, last, ended: 0, since: None, passed: Duration::ZERO };
    // The system never runs empty. A decision is an end, an arrival, and with reservations their timers; the tasks that
    // come at first come 64 at an event.
    let events = (queue + units) / 64 + 100 + 8 * last;
    let simulation = plan.simulation(&registry, Box::new(|_| None), 0, false, events, |_| clock);
    let mut simulation = simulation.unwrap_or_else(|e| panic!("{e}"));
    let over = simulation.run(&mut |_, _| true);
    assert!(matches!(over, Err(SimError::EventLimit { .. })), "{over:?}");
    assert!(simulation.observer.ended >= last, "so many events bring so many ends");
    simulation.observer.passed
}

fn policy(c: &mut Criterion) {
    let schedulers = [
        ("fifo", json!("fifo")),
        ("sjf", json!("sjf")),
        ("easy", json!("easy")),
        ("conservative", json!("conservative")),
        ("fifo-greedy", json!("fifo-greedy")),
        ("sjf-greedy", json!("sjf-greedy")),
        ("best-fit", json!({"placement": "best-fit"})),
        ("least-loaded", json!("least-loaded")),
    ];
    // One grows while the other stays.
    let sizes = [(10, 100), (1_000, 100), (100_000, 100), (100, 10), (100, 1_000), (100, 100_000)];
    let mut group = c.benchmark_group("policy");
    group.sample_size(10).warm_up_time(Duration::from_millis(1)).measurement_time(Duration::from_millis(200));
    for (name, scheduler) in &schedulers {
        for (mut queue, mut units) in sizes {
            match *name {
                // Each end moves every reservation: a tenth of the longest queue is enough to wait for.
                "conservative" => queue = queue.min(10_000),
                // Each of the first placements ranks all units: a tenth of the most is enough to wait for.
                "best-fit" | "least-loaded" => units = units.min(10_000),
                _ => {}
            }
            let id = BenchmarkId::new(*name, format!("{queue} waiting, {units} units"));
            group.bench_function(id, |b| {
                b.iter_custom(|iterations| time(scheduler, queue, units, iterations));
            });
        }
    }
    group.finish();
}

criterion_group!(benches, policy);
criterion_main!(benches);
