//! Gavel: rounds worked out by hand on a small table, and its published traces.

use std::path::Path;

use serde_json::{Value, json};
use xpu_manager_rust::scenario::Loader;

use super::support::{Folder, Run, data, try_run};

/// Steps per second. `Z` does not run on a V100, and 0.7 × 360 is 251.99999999999997 in doubles.
const TABLE: &str = r#"{
    "v100": {"('A', 1)": {"null": 0.5, "('B', 1)": [0.1, 0.1]}, "('B', 1)": {"null": 2}, "('C', 2)": {"null": 7},
             "('D', 1)": {"null": 0.7}, "('Z', 1)": {"null": 0.0}},
    "k80": {"('A', 1)": {"null": 0.25}, "('B', 1)": {"null": 1}, "('C', 2)": {"null": 0.5}, "('Z', 1)": {"null": 1}},
    "k80_unconsolidated": {"('C', 2)": {"null": 0.1}}
}"#;

/// One V100 and `k80s` K80 under `scheduler`; jobs are (type, steps, width, arrival).
fn replay(scheduler: Value, k80s: u32, jobs: &[(&str, u64, u32, u64)]) -> Result<Run, String> {
    let folder = Folder::new();
    folder.file("table.json", TABLE);
    let line = |(kind, steps, width, at): &(&str, u64, u32, u64)| {
        format!("{kind}\tpython3 main.py\tw\t-n\t1\t{steps}\t{width}\t1\t-1.000000\t{at}\n")
    };
    folder.file("jobs.trace", &jobs.iter().map(line).collect::<String>());
    let scenario = json!({
        "cluster": {"nodes": [{"name": "n", "units": [
            {"device": "V100", "count": 1}, {"device": "k80", "count": k80s},
        ]}]},
        "workload": [{"source": "trace", "format": "gavel", "path": "jobs.trace", "throughputs": "table.json"}],
        "policies": {"scheduler": scheduler},
    });
    try_run(scenario, &Loader { base: folder.path().to_owned(), allowed: Vec::new() })
}

/// First start and finish of each job in seconds, in the order of the trace.
#[track_caller]
fn fifo_perf(k80s: u32, jobs: &[(&str, u64, u32, u64)], expected: &[(f64, f64)]) -> Run {
    let run = replay(json!("gavel-fifo-perf"), k80s, jobs).unwrap_or_else(|e| panic!("{e}"));
    let times = |i: usize| (run.task(&i.to_string()).real("start_s"), run.task(&i.to_string()).real("finish_s"));
    let found: Vec<(f64, f64)> = (0..jobs.len()).map(times).collect();
    assert_eq!(found, expected);
    run
}

/// At 0: job 0 on the V100 (0.5 steps/s rather than 0.25), job 1 on a K80; job 2 needs two, which ends the allocation.
/// Round to 360: 180 and 360 steps. Job 3 came, and an allocation made at 0 counts as none, so there is a new one: the
/// same. Round to 500: 20 steps until 400, 140 until 500. Both have ended and nobody would run: job 2 gets the two
/// K80s, job 3 the V100. Round to 700: 100 steps in 200 s and 100 in 50 s.
#[test]
fn rounds_by_hand() {
    let jobs = [("A", 200, 1, 0), ("B", 500, 1, 0), ("C", 100, 2, 0), ("B", 100, 1, 100)];
    let run = fifo_perf(2, &jobs, &[(0.0, 400.0), (0.0, 500.0), (500.0, 700.0), (500.0, 550.0)]);
    // Between two rounds nobody runs, even where the same units go on.
    assert_eq!([run.task("0").int("preemptions"), run.task("1").int("preemptions")], [1, 1]);
    assert_eq!(run.task("2").list("units").len(), 2);
}

/// Job 0 ends at 200, in the middle of a round. At 360 job 1 moves from the K80 (360 of its 2000 steps done) to the
/// V100: 720 steps until 720 and until 1080, and 200 more.
#[test]
fn a_job_changes_its_type() {
    fifo_perf(1, &[("A", 100, 1, 0), ("B", 2000, 1, 0)], &[(0.0, 200.0), (0.0, 1180.0)]);
}

/// Job 0 of 300 steps at 0.7 per second: 251 in the first round, not 252, until 358.57…; then it waits for job 1 until
/// 360, and does the last 49 in 70 s.
#[test]
fn whole_steps_only() {
    let run = fifo_perf(1, &[("D", 300, 1, 0), ("Z", 500, 1, 0)], &[(0.0, 430.0), (0.0, 500.0)]);
    assert_eq!(run.task("0").text("run_s"), "428.571428571");
}

/// The second allocation is at 360, when job 0 has ended: job 1 moves to the V100. Job 2 comes at 400, but there is no
/// other before 2280, that is in the round that begins at 2520, with the K80 idle until then. From 360 on job 1 does
/// 720 steps a round; of its last 4640, 320 are left at 2520: it ends at 2680. Job 2 does 90 steps until 2880 on the
/// K80 and stays there, as the last allocation is too young: 10 more until 2920.
#[test]
fn allocations_keep_their_distance() {
    let jobs = [("A", 100, 1, 0), ("B", 5000, 1, 0), ("A", 100, 1, 400)];
    fifo_perf(1, &jobs, &[(0.0, 200.0), (0.0, 2680.0), (2520.0, 2920.0)]);
}

/// With 60 s to a round and no least distance, job 0 does 30 steps until 60, and job 1 60. Job 2 has come and takes the
/// V100's place in no queue: it is the third. Job 0 ends at 80, its round at 120, and then job 1 moves.
#[test]
fn other_rounds() {
    let scheduler = json!({"name": "gavel-fifo-perf", "round": "60 s", "allocation_interval": 0});
    let run = replay(scheduler, 1, &[("A", 40, 1, 0), ("B", 160, 1, 0), ("Z", 30, 1, 10)]).unwrap();
    // Job 1 has 160 − 120 = 40 steps left at 120 and does 2 a second.
    let finish = |name: &str| run.task(name).real("finish_s");
    assert_eq!([finish("0"), finish("1"), finish("2")], [80.0, 140.0, 150.0]);
}

/// Two equal jobs want the V100, where each is twice as fast. With half of the time there and half on the K80, each
/// does 1.5 steps a second on average: 5400 steps in an hour. Rounds change places, and the last one may be short.
#[test]
fn max_min_takes_turns() {
    for scheduler in ["gavel-max-min", "gavel-ftf", "gavel-makespan"] {
        let run = replay(json!(scheduler), 1, &[("B", 5400, 1, 0), ("B", 5400, 1, 0)]).unwrap();
        for name in ["0", "1"] {
            let finish = run.task(name).real("finish_s");
            assert!((3600.0 - 180.0..=3600.0 + 360.0).contains(&finish), "{scheduler}: {finish}");
        }
        assert!(run.task("0").int("preemptions") >= 8, "{scheduler}");
    }
}

#[test]
fn what_the_cluster_cannot_run_is_left_out_and_counted() {
    let said = replay(json!("fifo"), 1, &[("C", 100, 2, 0), ("E", 1, 1, 0)]).err().unwrap();
    assert!(said.contains("none of the 2 records"), "{said}");
    assert!(said.contains("1 wider than the devices that can run it"), "{said}");
    assert!(said.contains("1 no throughput on any device of the cluster"), "{said}");
    // Labels are numbers of lines, also behind what is left out; any scheduler takes the jobs.
    let run = replay(json!("fifo"), 1, &[("E", 1, 1, 0), ("A", 50, 1, 5)]).unwrap();
    assert_eq!((run.tasks.len(), run.task("1").real("finish_s")), (1, 105.0));
}

#[test]
fn a_trace_needs_its_table_and_only_it() {
    let folder = Folder::new();
    folder.file("jobs.trace", "A\tc\tw\t-n\t1\t5\t1\t1\t-1\t0\n");
    folder.file("table.json", TABLE);
    for (source, expected) in [
        (json!({"format": "gavel"}), "missing `throughputs`"),
        (json!({"format": "gavel", "throughputs": "tabel.json"}), "no such file"),
        (json!({"format": "gavel", "throughputs": "jobs.trace"}), "expected JSON"),
        (json!({"format": "gavel", "throughputs": "table.json", "runs_on": ["gpu"]}), "`runs_on` does not belong"),
        (json!({"format": "swf", "throughputs": "table.json"}), "`throughputs` belongs to a gavel trace"),
    ] {
        let mut workload = json!({"source": "trace", "path": "jobs.trace"});
        for (key, value) in source.as_object().unwrap() {
            workload[key] = value.clone();
        }
        let scenario = json!({"workload": [workload],
            "cluster": {"nodes": [{"name": "n", "units": [{"device": "V100", "count": 1}]}]}});
        let loader = Loader { base: folder.path().to_owned(), allowed: Vec::new() };
        let said = try_run(scenario, &loader).err().unwrap();
        assert!(said.contains(expected), "{said}");
    }
}

/// A shipped scenario under `scheduler`, with the published files.
fn shipped(name: &str, scheduler: &str) -> Option<Run> {
    let table = "gavel/simulation_throughputs.json.gz";
    let table = data("XPUSIM_TRACES", table, &format!("traces/{table}"))?;
    let traces = table.parent().and_then(Path::parent)?.to_owned();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(name);
    let mut scenario: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    scenario["policies"]["scheduler"] = json!(scheduler);
    let loader = Loader { base: traces, allowed: Vec::new() };
    Some(try_run(scenario, &loader).unwrap_or_else(|e| panic!("{e}")))
}

/// Mean completion time and makespan by independent code after the public simulator: all 196 finish times were equal to
/// 2 ns. The tolerance is that of the sums.
#[test]
#[cfg_attr(not(published_logs), ignore = "no published logs: set XPUSIM_TRACES")]
fn the_published_traces_by_independent_code() {
    for (name, jobs, mean, makespan) in [
        ("gavel-max-min-fairness.json", 96, 19_526.853_568_205_574, 72_319.858_187_519_77),
        ("gavel-minimize-makespan.json", 100, 40_257.934_551_466_475, 90_701.291_766_288_63),
    ] {
        let Some(run) = shipped(name, "gavel-fifo-perf") else { return };
        assert_eq!(run.metric("tasks.completed"), f64::from(jobs), "{name}");
        let (found_mean, found_makespan) = (run.metric("response_s.mean"), run.metric("makespan_s"));
        assert!((found_mean - mean).abs() < 1e-7 && (found_makespan - makespan).abs() < 1e-7, "{name}");
    }
}

/// Nobody is left behind, and by its own measure each objective beats first come, first served: on 100 jobs that come
/// at once, `gavel-makespan` has the earlier end and `gavel-max-min` the lower mean.
#[test]
#[cfg_attr(not(published_logs), ignore = "no published logs: set XPUSIM_TRACES")]
fn the_published_traces_under_linear_programs() {
    let name = "gavel-minimize-makespan.json";
    let Some(fifo) = shipped(name, "gavel-fifo-perf") else { return };
    for (scheduler, measure) in [("gavel-max-min", "response_s.mean"), ("gavel-makespan", "makespan_s")] {
        let Some(run) = shipped(name, scheduler) else { return };
        assert_eq!(run.metric("tasks.completed"), 100.0, "{scheduler}");
        assert!(run.metric(measure) < fifo.metric(measure), "{scheduler}: {}", run.metric(measure));
    }
}
