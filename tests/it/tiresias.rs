//! The schedulers of Tiresias' simulator: decisions by hand, and both published job lists to the end.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use xpu_manager_rust::scenario::Loader;

use super::support::{Row, Run, cluster, data, run, try_run, under};

/// Jobs `(arrival, GPUs, duration)` called 1, 2, … on `gpus` GPUs.
fn jobs(gpus: u32, jobs: &[(u32, u32, u32)], scheduler: Value) -> Run {
    let tasks: Vec<Value> = jobs
        .iter()
        .zip(1..)
        .map(|((arrival, units, duration), id)| {
            json!({"id": id, "arrival": arrival, "units": units, "duration": duration, "runs_on": ["gpu"]})
        })
        .collect();
    run(json!({"cluster": cluster("gpu-generic", gpus), "workload": [{"source": "tasks", "tasks": tasks}],
               "policies": {"scheduler": scheduler}}))
}

/// First starts and ends, in order of arrival.
fn times(run: &Run) -> Vec<(u64, u64)> {
    let seconds = |t: &Row, c: &str| t.nanos(c) / 1_000_000_000;
    let mut rows: Vec<_> = run.tasks.iter().collect();
    rows.sort_by_key(|t| t.int("task"));
    rows.into_iter().map(|t| (seconds(t, "start_s"), seconds(t, "finish_s"))).collect()
}

/// Four GPUs, all at 0: 1 takes two until 10; 2 needs four; 3 fits beside 1.
#[test]
fn fifo_blocks_and_fit_job_first_does_not() {
    let list = [(0, 2, 10), (0, 4, 5), (0, 2, 3)];
    assert_eq!(times(&jobs(4, &list, json!("tiresias-fifo"))), [(0, 10), (10, 15), (15, 18)]);
    assert_eq!(times(&jobs(4, &list, json!("tiresias-fjf"))), [(0, 10), (10, 15), (0, 3)]);
}

/// Four GPUs. At 2, 2 needs fewer than 1 and takes two; the other two are too few for 1. At 3, 3 is before both. 1 comes
/// back when 2 has ended at 7, with 8 s left.
#[test]
fn fewest_gpus_first() {
    let run = jobs(4, &[(0, 4, 10), (2, 2, 5), (3, 1, 3)], json!("tiresias-sjf"));
    assert_eq!(times(&run), [(0, 15), (2, 7), (3, 6)]);
    run.expect("preemptions", 1.0);
}

/// Three GPUs, all at 0. In line: 2 (4 s, two GPUs), 3 (5 s, three: too few are left), 1 (9 s, one). At 4, when 2 ends, 1
/// and 3 have 5 s each: 3 stood before 1, though 1 came first, so it takes all three.
#[test]
fn equals_keep_the_order_they_had() {
    let list = [(0, 1, 9), (0, 2, 4), (0, 3, 5)];
    assert_eq!(times(&jobs(3, &list, json!("tiresias-shortest"))), [(0, 14), (0, 4), (4, 9)]);
}

/// Two GPUs, both at 0: 1 has 4 s on both, 8 GPU-seconds, 2 has 6 s on one.
#[test]
fn by_time_or_by_time_and_gpus() {
    let list = [(0, 2, 4), (0, 1, 6)];
    assert_eq!(times(&jobs(2, &list, json!("tiresias-shortest"))), [(0, 4), (4, 10)]);
    assert_eq!(times(&jobs(2, &list, json!("tiresias-shortest-gpu"))), [(6, 10), (0, 6)]);
}

/// One GPU. 1 leaves the first queue after 3250 s; 2, which came at 1000, is in it: 3250–3350. 3 comes at 3300 and follows
/// at 3350; then 1, 3360–4110.
#[test]
fn queues_by_time_worked() {
    let run = jobs(1, &[(0, 1, 4000), (1000, 1, 100), (3300, 1, 10)], json!("tiresias-dlas"));
    assert_eq!(times(&run), [(0, 4110), (3250, 3350), (3350, 3360)]);
}

/// One GPU. 1 is in the second queue from 3250 on, 2 behind it from 6500 on. 1 runs until it leaves the second queue at
/// 6500 + 3950 = 10450; then 2, until it does so at 14400; then both are in the third, 1 first: 800 s each. Whoever leaves
/// a queue gives way to the other: four times.
#[test]
fn the_third_queue_has_no_end() {
    let run = jobs(1, &[(0, 1, 8000), (0, 1, 8000)], json!("tiresias-dlas"));
    assert_eq!(times(&run), [(0, 15200), (3250, 16000)]);
    run.expect("preemptions", 4.0);
}

/// Two GPUs. 1 has 3250 GPU-seconds at 1625, but when 2 comes at 1000 the next look is set to 1000 + (3250 − 1000) / 2 =
/// 2125: so late it leaves the first queue. 2: 2125–2225; then 1, which has 1875 s left.
#[test]
fn the_original_looks_late() {
    let run = jobs(2, &[(0, 2, 4000), (1000, 1, 100)], json!("tiresias-dlas-gpu"));
    assert_eq!(times(&run), [(0, 4100), (2125, 2225)]);
}

/// Three GPUs: 3250 / 3 = 1083.3. Rounded up, 1 has had its share at 1084. Rounded down, it has 3249 GPU-seconds at 1083,
/// one too few, and the next look is (3250 − 1083) / 3 = 722 s later.
#[test]
fn rounding_up_as_written_or_down_as_run() {
    let list = [(0, 3, 4000), (0, 1, 100)];
    for (rounding, look) in [("up", 1084), ("down", 1805)] {
        let run = jobs(3, &list, json!({"name": "tiresias-dlas-gpu", "rounding": rounding}));
        assert_eq!(times(&run), [(0, 4100), (look, look + 100)], "{rounding}");
    }
}

/// With a price the decisions are the same, but units come late: at 2, 1 saves for 1 s; 2: 3–8, in which 1 keeps its place
/// in line; 1 restores 8–10 and works its last 8 s.
#[test]
fn a_price_can_be_set() {
    let mut scenario = json!({"cluster": cluster("gpu-generic", 4), "workload": [{"source": "tasks", "tasks": [
        {"id": 1, "units": 4, "duration": 10, "runs_on": ["gpu"]},
        {"id": 2, "arrival": 2, "units": 2, "duration": 5, "runs_on": ["gpu"]},
    ]}]});
    scenario["policies"] = json!({"scheduler": "tiresias-sjf", "preemption": {"save": 1, "restore": 2}});
    let run = run(scenario);
    assert_eq!(times(&run), [(0, 18), (3, 8)]);
    run.expect("preemption.overhead_s", 3.0);
}

/// Sums of all first starts and of all ends, in seconds, by a transcription of the published simulator's event loop into
/// another language; job by job the two agree, and a single other decision moves the sums.
type Sums = [(&'static str, u64, u64); 7];

const SMALLER: Sums = [
    ("fifo", 5_923_924_968, 6_024_639_914),
    ("fjf", 5_235_709_133, 5_336_424_079),
    ("sjf", 4_156_304_814, 4_267_536_032),
    ("shortest", 3_658_701_459, 3_811_757_731),
    ("shortest-gpu", 3_657_067_076, 3_805_994_292),
    ("dlas", 3_594_288_375, 4_128_553_807),
    ("dlas-gpu", 3_594_286_901, 4_211_621_917),
];

const LARGER: Sums = [
    ("fifo", 7_077_017_692, 7_216_543_780),
    ("fjf", 6_622_916_353, 6_762_442_441),
    ("sjf", 6_539_038_318, 6_686_184_238),
    ("shortest", 6_327_600_860, 6_496_121_936),
    ("shortest-gpu", 6_329_454_752, 6_492_489_233),
    ("dlas", 6_259_428_970, 6_628_148_927),
    ("dlas-gpu", 6_259_413_888, 6_632_416_981),
];

fn replays(list: &str, jobs: usize, expected: Sums) {
    let file = format!("tiresias/philly_{list}_job.csv");
    let Some(found) = data("XPUSIM_TRACES", &file, &format!("traces/{file}")) else { return };
    let root = found.ancestors().nth(2).unwrap().to_owned();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("scenarios/tiresias-{list}.json"));
    let scenario: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    for (name, starts, ends) in expected {
        let scenario = under(scenario.clone(), json!(format!("tiresias-{name}")));
        let run = try_run(scenario, &Loader { base: root.clone(), allowed: Vec::new() }).unwrap();
        run.expect("tasks.completed", jobs as f64);
        let sum = |column: &str| run.tasks.iter().map(|t| t.nanos(column)).sum::<u64>();
        assert_eq!((sum("start_s"), sum("finish_s")), (starts * 1_000_000_000, ends * 1_000_000_000), "{list} {name}");
    }
}

#[test]
#[cfg_attr(not(published_logs), ignore = "no published logs: set XPUSIM_TRACES")]
fn the_smaller_list_job_by_job() {
    replays("7f04ca", 723, SMALLER);
}

#[test]
#[cfg_attr(not(published_logs), ignore = "no published logs: set XPUSIM_TRACES")]
fn the_larger_list_job_by_job() {
    replays("ee9e8c", 1511, LARGER);
}
