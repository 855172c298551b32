//! The floor of this machine beside what the simulator needs, in the same run:
//! `queue/hold` is the event queue alone, `limit/mmc` a bare hand-written M/M/8, and `limit/mmc_simulator` the
//! same system through the whole simulator with metrics on and CSV off.

mod common;

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use xpu_manager_rust::dist::unit_exponential;
use xpu_manager_rust::queue::{EventQueue, Ranked};
use xpu_manager_rust::rng::{Purpose, Streams};
use xpu_manager_rust::units::{SimDuration, SimTime};

#[derive(Clone, Copy)]
struct Hold;

impl Ranked for Hold {
    fn rank(&self) -> u8 {
        0
    }
}

/// Takes the earliest event and schedules another one an exponential time later (Jones, CACM 1986).
fn hold(c: &mut Criterion) {
    let mut group = c.benchmark_group("queue");
    for pending in [100u64, 10_000, 1_000_000] {
        let mut rng = Streams::new(1, 0).stream(Purpose::Arrivals, 0);
        let mut queue = EventQueue::new();
        let mut gap = move || SimDuration::from_nanos((unit_exponential(&mut rng) * 1e9) as u64);
        for _ in 0..pending {
            queue.push(SimTime::ZERO + gap(), Hold);
        }
        group.throughput(Throughput::Elements(1));
        group.bench_function(BenchmarkId::new("hold", pending), |b| {
            b.iter(|| {
                if let Some((now, event)) = queue.pop() {
                    queue.push(now + gap(), event);
                }
            });
        });
    }
    group.finish();
}

/// M/M/8 at load 0.85 without a simulator: a heap of departures and a queue of arrivals.
fn bare_mm8(tasks: u64) -> f64 {
    let mut rng = Streams::new(1, 0).stream(Purpose::Arrivals, 0);
    let mut departures: BinaryHeap<Reverse<u64>> = BinaryHeap::with_capacity(8);
    let mut waiting: VecDeque<u64> = VecDeque::new();
    let mut draw = |mean: f64| (unit_exponential(&mut rng) * mean * 1e9) as u64;
    let (mut arrived, mut ended, mut wait) = (0, 0, 0u128);
    let mut arrival = draw(1.0 / 6.8);
    while ended < tasks {
        let arrives = arrived < tasks && departures.peek().is_none_or(|Reverse(d)| arrival < *d);
        if arrives {
            arrived += 1;
            if departures.len() < 8 {
                departures.push(Reverse(arrival + draw(1.0)));
            } else {
                waiting.push_back(arrival);
            }
            arrival += draw(1.0 / 6.8);
        } else if let Some(Reverse(now)) = departures.pop() {
            ended += 1;
            if let Some(since) = waiting.pop_front() {
                wait += u128::from(now - since);
                departures.push(Reverse(now + draw(1.0)));
            }
        }
    }
    wait as f64 / tasks as f64
}

fn mmc(c: &mut Criterion) {
    const TASKS: u64 = 100_000;
    let mut group = c.benchmark_group("limit");
    group.throughput(Throughput::Elements(TASKS)).sample_size(20);
    group.bench_function("mmc", |b| b.iter(|| bare_mm8(black_box(TASKS))));
    let plan = common::plan(&common::mm8(TASKS));
    group.bench_function("mmc_simulator", |b| b.iter(|| common::simulate(&plan)));
    group.finish();
}

criterion_group!(benches, hold, mmc);
criterion_main!(benches);
