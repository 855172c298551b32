//! The full life of one task (arrive, schedule, allocate, set the P-state, run, release, account) in a
//! cluster of each kind, reported per task. The earlier system's table says 10.6, 15.2, 8.8, 12.1 and
//! 7.1 µs for the five classes.

mod common;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use serde_json::{Value, json};

const TASKS: u64 = 20_000;

/// Eight units of `device` at load 0.7, with memory in blocks and P-states by load.
fn cluster_of(device: &str, kind: &str, task: &Value) -> Value {
    let mut task = task.clone();
    task["runs_on"] = json!([kind]);
    json!({
        "name": "mission",
        "cluster": {"nodes": [{"name": "n", "units": [{"device": device, "count": 8}]}]},
        "workload": [{"source": "synthetic", "count": TASKS,
            "arrivals": {"process": "poisson", "rate": 5.6}, "tasks": [task]}],
        "policies": {"scheduler": "fifo", "memory": "best-fit", "power": "ondemand"},
    })
}

fn mission(c: &mut Criterion) {
    let exponential = json!({"dist": "exponential", "mean": 1.0});
    let classes = [
        ("cpu", "task_scheduling", "epyc-9654", json!({"duration": exponential})),
        (
            "gpu",
            "parallel_task_execution",
            "a100-sxm",
            json!({"duration": exponential, "share": 0.5, "memory": "8 GB"}),
        ),
        ("tpu", "tensor_operations", "tpu-v5e", json!({"flops": "150 TFLOP", "bytes": "200 GB", "memory": "4 GB"})),
        (
            "npu",
            "neural_network_inference",
            "cloudai100-pro",
            json!({"flops": {"dist": "gamma", "mean": "80 TFLOP", "cv": 0.5}, "bytes": "1 GB", "memory": "2 GB"}),
        ),
        ("lpu", "linear_processing_llm", "groq-lpu", json!({"duration": 1.0, "memory": "100 MB"})),
    ];
    for (kind, name, device, task) in classes {
        let plan = common::plan(&cluster_of(device, kind, &task));
        let mut group = c.benchmark_group(kind);
        group.throughput(Throughput::Elements(TASKS)).sample_size(20);
        group.bench_function(name, |b| b.iter(|| common::simulate(&plan)));
        group.finish();
    }
}

criterion_group!(benches, mission);
criterion_main!(benches);
