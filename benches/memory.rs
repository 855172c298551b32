//! Time of one release and one allocation among many live blocks, by allocator and number of blocks.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use rand::Rng;
use serde_json::{Value, json};
use xpu_manager_rust::policy::registry::Registry;
use xpu_manager_rust::rng::{Purpose, Streams};
use xpu_manager_rust::units::Bytes;

const KIB: u64 = 1024;

/// Sizes of 1 to 256 KiB: about 128 KiB each.
fn allocators() -> Vec<(&'static str, Value)> {
    let slab = json!({"name": "slab", "slab": "1 MiB"});
    let sizes: Vec<u64> = (1..=256).cycle().take(200_000).map(|k| k * KIB).collect();
    vec![
        ("first-fit", json!("first-fit")),
        ("best-fit", json!("best-fit")),
        ("next-fit", json!("next-fit")),
        ("worst-fit", json!("worst-fit")),
        ("buddy", json!({"name": "buddy", "smallest": "1 KiB"})),
        ("slab", slab),
        ("paged", json!({"name": "paged", "page": "64 KiB"})),
        ("caching-arena", json!("caching-arena")),
        ("partitions", json!({"name": "partitions", "sizes": sizes})),
        ("dynamic", json!({"name": "dynamic", "block": "64 KiB"})),
    ]
}

fn churn(c: &mut Criterion) {
    let registry = Registry::builtin();
    let mut group = c.benchmark_group("memory");
    group.throughput(Throughput::Elements(1));
    for (name, choice) in allocators() {
        let policy = registry.memory.build(&choice).unwrap_or_else(|e| panic!("{e}"));
        for blocks in [1_000u64, 100_000] {
            // About 128 KiB each, and as much again for what lies between.
            let mut space = policy.allocator(Bytes(blocks * 256 * KIB)).unwrap_or_else(|| panic!("{name} counts only"));
            let mut rng = Streams::new(1, 0).stream(Purpose::Arrivals, 0);
            let mut size = move || Bytes((rng.next_u64() % 256 + 1) * KIB);
            let mut live: Vec<_> = (0..blocks).filter_map(|_| space.allocate(size())).collect();
            let mut pick = Streams::new(2, 0).stream(Purpose::Arrivals, 0);
            group.bench_function(BenchmarkId::new(name, blocks), |b| {
                b.iter(|| {
                    if let Some(block) =
                        (!live.is_empty()).then(|| pick.next_u64() as usize % live.len()).map(|i| live.swap_remove(i))
                    {
                        space.release(block);
                    }
                    live.extend(black_box(space.allocate(size())));
                });
            });
        }
    }
    group.finish();
}

criterion_group!(benches, churn);
criterion_main!(benches);
