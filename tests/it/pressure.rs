//! Memory that acts on speed, by hand: spilling, want of memory, models that stay, pressure.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::support::{Run, cluster, run};

/// One unit with 100 GB and 10 GB/s to its host.
fn on(memory: Value, tasks: Value) -> Value {
    let device =
        json!({"kind": "gpu", "memory": "100 GB", "host_link": "10 GB/s", "power": {"idle": 10, "active": 30}});
    json!({"devices": {"own": device}, "cluster": cluster("own", 1),
           "workload": [{"source": "tasks", "tasks": tasks}], "memory": memory})
}

fn ends<const N: usize>(run: &Run, names: [u32; N]) -> [f64; N] {
    names.map(|n| run.task(&n.to_string()).real("finish_s"))
}

/// 125 GB in 100: by the uniform law a fifth of 5 GB/s misses, 0.1 s on the link for each second: 11 s instead of 10.
/// Going round and round all misses: 0.5 s for each second: 15 s. With overlap that is hidden, but not 20 GB/s over
/// a link of 10: 2 s for each second.
#[test]
fn a_footprint_beyond_the_device_slows_its_task() {
    let with = |access: &str, stall: &str, traffic: &str| {
        let over = json!({"limit": 1.5, "access": access, "stall": stall});
        let tasks =
            json!([{"id": 1, "duration": 10, "memory": "125 GB", "memory_traffic": traffic, "runs_on": ["gpu"]}]);
        let run = run(on(json!({"oversubscription": over}), tasks));
        run.expect("memory.spilled_bytes", 25e9);
        run.expect("memory.spilled_bytes.mean", 25e9);
        run.expect("memory.peak_fraction", 1.0);
        run.task("1").nanos("finish_s")
    };
    assert_eq!(with("uniform", "serial", "5 GB/s"), 11_000_000_000);
    assert_eq!(with("cyclic", "serial", "5 GB/s"), 15_000_000_000);
    assert_eq!(with("cyclic", "overlapped", "5 GB/s"), 10_000_000_000);
    assert_eq!(with("cyclic", "overlapped", "20 GB/s"), 20_000_000_000);
}

/// 60 GB from 0, 65 GB from 5: together 125, a fifth misses, and two share the link: 0.2 · 5 · 2 / 10 = 0.2 s for each
/// second. Of the first 5 s are left, which take 6: it ends at 11. The second has then done 5 and goes on alone: 16.
/// Both stood still for a sixth of the 6 s: some = 2/6 · 6 = 2 of 16 s, full = (1 − min(10/6, 1)) = 0.
#[test]
fn who_comes_slows_who_is_there() {
    let task = |id: u32, at: u32, memory: &str| {
        json!({"id": id, "arrival": at, "duration": 10, "share": 0.5, "memory": memory, "memory_traffic": "5 GB/s",
               "runs_on": ["gpu"]})
    };
    let tasks = json!([task(1, 0, "60 GB"), task(2, 5, "65 GB")]);
    let ran = run(on(json!({"oversubscription": {"limit": 1.25}}), tasks.clone()));
    assert_eq!([1, 2].map(|n: u32| ran.task(&n.to_string()).nanos("finish_s")), [11_000_000_000, 16_000_000_000]);
    let some = ran.metric("memory.pressure.some");
    assert!((some - 2.0 / 16.0).abs() < 1e-9, "{some}");
    ran.expect("memory.pressure.full", 0.0);
    // A little less room, and the second waits.
    let ran = run(on(json!({"oversubscription": {"limit": 1.2}}), tasks));
    assert_eq!(ends(&ran, [1, 2]), [10.0, 20.0]);
}

/// A host of 20 GB has no room for 25: the task could never run. With 30 GB it can, but not two such units at once.
#[test]
fn host_memory_bounds_what_spills() {
    let with = |host: &str, count: u32| {
        let tasks: Vec<Value> = (0..count)
            .map(|i| {
                json!({"id": i, "duration": 10, "memory": "125 GB", "memory_traffic": "5 GB/s", "runs_on": ["gpu"]})
            })
            .collect();
        let mut scenario = on(json!({"oversubscription": {"limit": 2, "access": "cyclic"}}), json!(tasks));
        let units = json!([{"device": "own", "count": count}]);
        scenario["cluster"] = json!({"nodes": [{"name": "n", "host_memory": host, "units": units}]});
        run(scenario)
    };
    assert_eq!(with("20 GB", 1).metric("tasks.rejected"), 1.0);
    assert_eq!(ends(&with("30 GB", 2), [0, 1]), [15.0, 30.0]);
    assert_eq!(ends(&with("50 GB", 2), [0, 1]), [15.0, 15.0]);
}

/// Each of two units has the link for itself, or both share one: 0.5 s or 1 s for each second.
#[test]
fn units_of_a_node_may_share_one_link() {
    for (link, end) in [("unit", 15.0), ("node", 20.0)] {
        let task = |id: u32| json!({"id": id, "duration": 10, "memory": "125 GB", "memory_traffic": "5 GB/s", "runs_on": ["gpu"]});
        let over = json!({"limit": 2, "access": "cyclic", "link": link});
        let mut scenario = on(json!({"oversubscription": over}), json!([task(1), task(2)]));
        scenario["cluster"] = cluster("own", 2);
        assert_eq!(ends(&run(scenario), [1, 2]), [end, end], "{link}");
    }
}

/// The first grows from 30 to 70 GB at half its 10 s; the second holds 40 GB for 8 s.
fn growing(oom: Value, priorities: [u32; 2]) -> Run {
    let tasks = json!([
        {"id": 1, "duration": 10, "share": 0.5, "memory_phases": [[0, "30 GB"], [0.5, "70 GB"]], "runs_on": ["gpu"],
         "priority": priorities[0]},
        {"id": 2, "duration": 8, "share": 0.5, "memory": "40 GB", "runs_on": ["gpu"], "priority": priorities[1]},
    ]);
    run(on(json!({"reserve": "current", "oom": oom}), tasks))
}

/// At 5 s there is no room: it stands still until 8 s, and ends at 13. Stalled 3 of 13 s, beside one that works.
#[test]
fn a_growing_task_waits_for_room() {
    let run = growing(json!({"action": "wait"}), [0, 0]);
    assert_eq!(ends(&run, [1, 2]), [13.0, 8.0]);
    run.expect("memory.oom_stalls", 1.0);
    run.expect("memory.oom_kills", 0.0);
    run.expect("memory.pressure.some", 3.0 / 13.0);
    run.expect("memory.pressure.full", 0.0);
}

/// At 5 s: the second holds more; both have worked 5 s; of equals the last that came goes; priorities decide.
#[test]
fn a_victim_makes_room() {
    for (victim, priorities, gone) in [
        ("largest", [0, 9], "2"),
        ("youngest", [0, 0], "2"),
        ("lowest-priority", [1, 0], "2"),
        ("lowest-priority", [0, 1], "1"),
        ("least-lost", [0, 0], "2"),
    ] {
        let run = growing(json!({"action": "kill", "victim": victim}), priorities);
        assert_eq!((run.task(gone).text("status"), run.task(gone).real("finish_s")), ("killed", 5.0), "{victim}");
        let other = if gone == "1" { ("2", 8.0) } else { ("1", 10.0) };
        assert_eq!(run.task(other.0).real("finish_s"), other.1, "{victim}");
        run.expect("memory.oom_kills", 1.0);
        run.expect("preemption.lost_s", 5.0);
    }
    let refused = growing(json!({"action": "reject"}), [0, 0]);
    assert_eq!((refused.task("1").text("status"), refused.task("1").real("finish_s")), ("rejected", 5.0));
}

/// Declared 40 GB, used 70 from half on; beside it 60 GB for 8 s. At 5 s it loses its work and asks for 60: no room
/// until 8. It starts anew, finds its 70 GB at 13, and ends at 18.
#[test]
fn a_larger_request_starts_anew() {
    let tasks = json!([
        {"id": 1, "duration": 10, "share": 0.5, "memory": "40 GB", "memory_phases": [[0.5, "70 GB"]], "runs_on": ["gpu"]},
        {"id": 2, "duration": 8, "share": 0.5, "memory": "60 GB", "runs_on": ["gpu"]},
    ]);
    let again = run(on(json!({"oom": {"action": "retry"}}), tasks.clone()));
    assert_eq!(ends(&again, [1, 2]), [18.0, 8.0]);
    again.expect("memory.oom_retries", 1.0);
    again.expect("preemption.lost_s", 5.0);
    assert_eq!(again.task("1").real("run_s"), 10.0);
    let never = run(on(json!({"oom": {"action": "retry", "retries": 0}}), tasks));
    assert_eq!((never.task("1").text("status"), never.task("1").real("finish_s")), ("killed", 5.0));
}

/// Both want 80 GB at 5 s and hold 30: neither would ever go on. The one that came last goes, the other ends at 10.
#[test]
fn where_all_stand_still_one_goes() {
    let task = |id: u32| json!({"id": id, "duration": 10, "share": 0.5, "memory_phases": [[0, "30 GB"], [0.5, "80 GB"]], "runs_on": ["gpu"]});
    let both = run(on(json!({"reserve": "current"}), json!([task(1), task(2)])));
    assert_eq!(ends(&both, [1, 2]), [10.0, 5.0]);
    assert_eq!(both.task("2").text("status"), "killed");
    // Alone it does not fit either.
    let huge =
        json!([{"id": 1, "duration": 10, "memory": "10 GB", "memory_phases": [[0.25, "200 GB"]], "runs_on": ["gpu"]}]);
    let alone = run(on(json!({}), huge));
    assert_eq!((alone.task("1").text("status"), alone.task("1").real("finish_s")), ("killed", 2.5));
}

/// Weights of 20 GB come over 10 GB/s in 2 s; the next task of the model finds them. 90 GB do not go beside them:
/// they leave, and are brought again. Loads: 2 + 9 + 2 s.
#[test]
fn weights_stay_until_room_is_needed() {
    let task = |id: u32, at: u32, model: &str, size: &str| json!({"id": id, "arrival": at, "duration": 5, "model": {"name": model, "size": size}, "runs_on": ["gpu"]});
    let tasks = json!([
        task(1, 0, "m", "20 GB"),
        task(2, 8, "m", "20 GB"),
        task(3, 20, "n", "90 GB"),
        task(4, 40, "m", "20 GB")
    ]);
    let run = run(on(json!({}), tasks));
    assert_eq!(run.starts([1, 2, 3, 4]), [2.0, 8.0, 29.0, 42.0]);
    assert_eq!(ends(&run, [1, 2, 3, 4]), [7.0, 13.0, 34.0, 47.0]);
    for (name, count) in [("hits", 1.0), ("misses", 3.0), ("evictions", 2.0)] {
        run.expect(&format!("memory.cache.{name}"), count);
    }
    // Who waits for weights stands still: 13 of 47 s.
    run.expect("memory.pressure.full", 13.0 / 47.0);
}

/// Two of one model at once: the second waits for the load of the first, and both share the weights, 40 + 2 · 30 GB.
#[test]
fn tasks_of_one_model_share_its_weights() {
    let task = |id: u32| json!({"id": id, "duration": 5, "share": 0.5, "memory": "30 GB", "model": {"name": "m", "size": "40 GB"}, "runs_on": ["gpu"]});
    let run = run(on(json!({}), json!([task(1), task(2)])));
    assert_eq!(run.starts([1, 2]), [4.0, 4.0]);
    run.expect("memory.peak_fraction", 1.0);
}

/// Three units, 10 GB/s to their host, and tasks of 10, 20 and 30 GB; at 5 s an urgent one wants all units.
fn swapping(host: &str) -> Run {
    let task = |id: u32, memory: &str| json!({"id": id, "duration": 20, "memory": memory, "runs_on": ["gpu"]});
    let urgent = json!({"id": 4, "arrival": 5, "duration": 10, "units": 3, "priority": 1, "runs_on": ["gpu"]});
    let mut scenario = on(json!({"swap": {}}), json!([task(1, "10 GB"), task(2, "20 GB"), task(3, "30 GB"), urgent]));
    let units = json!([{"device": "own", "count": 3}]);
    scenario["cluster"] = json!({"nodes": [{"name": "n", "host_memory": host, "units": units}]});
    scenario["policies"] = json!({"scheduler": "priority-preemptive"});
    run(scenario)
}

/// Out: each gets a third of the link until the first is done at 5 + 3 = 8 s; then 10 and 20 GB are left at half of it:
/// 10 s; then 10 GB at all of it: 11 s. The urgent one runs from 11 to 21. Back it takes as long: 24, 26 and 27 s,
/// and 15 s of work are left of each.
#[test]
fn three_swaps_share_one_link() {
    let run = swapping("60 GB");
    assert_eq!(run.starts([4]), [11.0]);
    assert_eq!(ends(&run, [4, 1, 2, 3]), [21.0, 39.0, 41.0, 42.0]);
    run.expect("memory.swapped_bytes", 60e9);
    run.expect("memory.swap_losses", 0.0);
    assert_eq!(run.metric("preemptions"), 3.0);
}

/// A host of 40 GB: the last that came goes first and takes 30, the second finds no room and loses its 5 s, the first
/// takes the 10 that are left. 5 GB/s each until 7 s, then the last alone: 9 s.
#[test]
fn without_room_on_the_host_the_work_is_lost() {
    let run = swapping("40 GB");
    assert_eq!(run.starts([4]), [9.0]);
    run.expect("memory.swapped_bytes", 40e9);
    run.expect("memory.swap_losses", 1.0);
    run.expect("preemption.lost_s", 5.0);
    // Back at 19: 21 and 23 s, and 15 s of work; the second has all its 20 s to do.
    assert_eq!(ends(&run, [4, 1, 2, 3]), [19.0, 36.0, 39.0, 38.0]);
}

/// A busy day on four units, in words of memory or none.
fn busy(memory: Option<Value>, phases: bool, capacity: Option<&str>) -> u64 {
    let mut device = json!({"kind": "gpu", "host_link": "10 GB/s", "power": {"idle": 10, "active": 30}});
    if let Some(capacity) = capacity {
        device["memory"] = json!(capacity);
    }
    let mut task = json!({"share": 0.25, "duration": {"dist": "exponential", "mean": 10}, "runs_on": ["gpu"],
                          "memory": {"dist": "uniform", "low": "1 GB", "high": "20 GB"}, "memory_traffic": "5 GB/s"});
    if phases {
        task["memory_phases"] = json!([[0.3, "30 GB"], [0.6, "10 GB"]]);
    }
    let mut scenario = json!({
        "devices": {"own": device}, "cluster": cluster("own", 4),
        "workload": [{"source": "synthetic", "count": 300, "tasks": [task],
                      "arrivals": {"process": "poisson", "rate": 1.2}}],
        "policies": {"scheduler": "fifo-greedy"},
    });
    if let Some(memory) = memory {
        scenario["memory"] = memory;
    }
    run(scenario).replications[0].fingerprint
}

#[test]
fn memory_that_never_binds_changes_nothing() {
    let spill = json!({"oversubscription": {"limit": 2}, "oom": {"action": "kill"}});
    assert_eq!(busy(None, false, Some("100 GB")), busy(Some(json!({})), false, Some("100 GB")));
    assert_eq!(busy(None, false, None), busy(Some(spill.clone()), false, None));
    assert_eq!(busy(None, false, None), busy(Some(spill), true, None));
    // Where it does bind counting is as before.
    assert_eq!(busy(None, false, Some("25 GB")), busy(Some(json!({})), false, Some("25 GB")));
}

prop_compose! {
    fn memory_rules()(
        spill in prop::option::of((0..3usize, any::<bool>(), any::<bool>(), 10..20u32)),
        action in 0..4usize, victim in 0..4usize, current in any::<bool>(), evict in 0..8usize, swap in any::<bool>(),
    ) -> Value {
        let mut memory = json!({
            "oom": {"action": (["wait", "reject", "kill", "retry"][action]),
                    "victim": (["largest", "youngest", "lowest-priority", "least-lost"][victim])},
            "reserve": if current { "current" } else { "declared" },
            "swap": (if swap { json!({"latency": "10 ms"}) } else { Value::Null }),
            "evict": (["lru", "lfu", "fifo", "clock", "gdsf", "largest", "youngest", "lowest-priority"][evict]),
        });
        if let Some((access, overlap, node, limit)) = spill {
            memory["oversubscription"] = json!({
                "limit": f64::from(limit) / 10.0,
                "access": ([json!("cyclic"), json!("uniform"), json!({"zipf": 0.9})][access]),
                "stall": if overlap { "overlapped" } else { "serial" },
                "link": if node { "node" } else { "unit" },
            });
        }
        memory
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Whatever the rules, every task ends, and the books balance at every instant: `run` checks that used memory is
    /// within the capacity, and host memory conserved.
    #[test]
    fn every_task_ends_and_the_books_balance(
        memory in memory_rules(),
        classes in prop::collection::vec((1..9u32, 1..12u32, prop::collection::vec(1..12u32, 0..3), 0..4u32, 1..3u32), 1..4),
        host in 0..30u32, scheduler in 0..5usize, seed in 0..1000u64,
    ) {
        let tasks: Vec<Value> = classes.iter().map(|(quarters, gb, phases, model, units)| {
            let n = phases.len() as f64;
            let phases: Vec<Value> = phases.iter().enumerate().map(|(i, gb)| json!([i as f64 / n, format!("{gb} GB")])).collect();
            let mut task = json!({"share": f64::from(1 + quarters % 4) / 4.0, "memory": format!("{gb} GB"), "units": units,
                "duration": {"dist": "exponential", "mean": 10}, "memory_phases": phases, "memory_traffic": "6 GB/s",
                "runs_on": ["gpu"], "priority": gb % 3});
            if *model > 0 {
                task["model"] = json!({"name": format!("m{model}"), "size": format!("{model} GB")});
            }
            task
        }).collect();
        let scenario = json!({
            "seed": seed,
            "devices": {"own": {"kind": "gpu", "memory": "14 GB", "host_link": "3 GB/s", "power": {"idle": 10, "active": 30},
                                "sleep": {"power": 1, "entry": 2, "wake": 3, "wake_power": 20}}},
            "cluster": {"nodes": [{"name": "n", "count": 2, "host_memory": format!("{host} GB"),
                                   "units": [{"device": "own", "count": 2}]}]},
            "workload": [{"source": "synthetic", "count": 40, "tasks": tasks, "arrivals": {"process": "poisson", "rate": 0.3}}],
            "policies": {"scheduler": (["fifo", "fifo-greedy", "easy", "srpt", "round-robin"][scheduler]),
                         "sleep": {"name": "timeout", "after": 5}},
            "memory": memory,
        });
        let run = run(scenario);
        let sum: f64 = ["completed", "rejected", "failed", "killed"].iter().map(|s| run.metric(&format!("tasks.{s}"))).sum();
        prop_assert_eq!(sum, 40.0);
        for name in ["memory.pressure.some", "memory.pressure.full"] {
            prop_assert!((0.0..=1.0 + 1e-9).contains(&run.metric(name)));
        }
    }
}
