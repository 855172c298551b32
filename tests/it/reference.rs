//! Rigid batch replays: schedules by hand, and by independent code on a real log.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use serde_json::{Value, json};
use xpu_manager_rust::scenario::Loader;

use super::support::{Folder, Run, cluster, data, nanos, rows, try_run};

fn replay(folder: &Path, file: &str, units: u32, scheduler: &str, extra: Value) -> Run {
    let mut trace = json!({"source": "trace", "format": "swf", "path": file});
    for (key, value) in extra.as_object().unwrap() {
        trace[key] = value.clone();
    }
    let scenario = json!({"cluster": cluster("cpu-generic", units), "workload": [trace],
                          "policies": {"scheduler": scheduler}});
    let loader = Loader { base: folder.to_owned(), allowed: Vec::new() };
    try_run(scenario, &loader).unwrap_or_else(|e| panic!("{e}"))
}

/// Four processors. Field 4 is the runtime, 5 the processors, 8 and 9 what was asked for.
///
/// | job | submit | run | processors | estimate |
/// |---|---|---|---|---|
/// | 1 | 0 | 8 | 2 | 10 |
/// | 2 | 1 | 10 | 3 | 10 |
/// | 3 | 2 | 5 | 4 | 5 |
/// | 4 | 3 | 30 | 1 | 30 |
/// | 5 | 4 | 9, killed at 6 | 2 | 6 |
/// | 6, 7, 8 | | none, no processors, wider than the machine: left out | | |
const LOG: &str = "\
; Version: 2.2
; MaxProcs: 4
1 100 -1  8 2 -1 -1  2 10 -1 1 1 1 1 1 1 -1 -1
2 101 -1 10 3 -1 -1 -1 10 -1 1 1 1 1 1 1 -1 -1
3 102 -1  5 9 -1 -1  4 -1 -1 0 1 1 1 1 1 -1 -1
6 102 -1  0 1 -1 -1  1 10 -1 1 1 1 1 1 1 -1 -1
4 103 -1 30 1 -1 -1  1 30 -1 5 1 1 1 1 1 -1 -1
7 103 -1  4 0 -1 -1 -1 10 -1 1 1 1 1 1 1 -1 -1
8 103 -1  4 5 -1 -1  5 10 -1 1 1 1 1 1 1 -1 -1
5 104 -1  9 2 -1 -1  2  6 -1 1 1 1 1 1 1 -1 -1
";

/// By hand.
///
/// * fifo: 2 waits for three processors until 8, then 3 for all four until 18; 4 and 5 behind it until 23.
/// * sjf: from 2 on the head is 3 (5 s), which gets its four at 8; then 5 (6 s) at 13; 2 (10 s) needs three and
///   has two until 19.
/// * easy: at 1 the head is 2, reserved at 10 with one processor to spare. At 3, 4 would run past 10 but takes only
///   the spare one. At 4 there is one free, 5 needs two. At 8 (1 was shorter than it said) 2 starts; the head is 3,
///   reserved at 33, when 4 ends. At 18 three are free; 5 would end by 24: it starts.
/// * easy-sjbf: as easy; at no time two candidates could both start.
/// * conservative: 2 is reserved [10, 20), 3 [20, 25); 4 finds one processor for 30 s only from 25 on; 5 finds
///   [4, 10). At 8 the pass moves nobody: 5 holds two until 10, and 3 cannot come before 2 has ended.
/// * fifo-greedy: 4 starts at 3, 2 at 8; at 18 three are free: 3 is skipped, 5 starts; 3 at 33.
/// * sjf-greedy: 4 starts at 3; at 8 three are free: 3 is skipped, 5 starts; 2 at 14; 3 at 33.
#[test]
fn a_log_by_hand() {
    let folder = Folder::new();
    folder.file("tiny.swf", LOG);
    for (scheduler, starts) in [
        ("fifo", [0, 8, 18, 23, 23]),
        ("sjf", [0, 19, 8, 19, 13]),
        ("easy", [0, 8, 33, 3, 18]),
        ("easy-sjbf", [0, 8, 33, 3, 18]),
        ("conservative", [0, 10, 20, 25, 4]),
        ("fifo-greedy", [0, 8, 33, 3, 18]),
        ("sjf-greedy", [0, 14, 33, 3, 8]),
    ] {
        let run = replay(folder.path(), "tiny.swf", 4, scheduler, json!({}));
        assert_eq!(run.starts([1, 2, 3, 4, 5]), starts.map(f64::from), "{scheduler}");
        assert_eq!(run.tasks.len(), 5, "{scheduler}");
        let killed = run.task("5");
        assert_eq!((killed.text("status"), killed.text("run_s")), ("killed", "6"), "{scheduler}");
        assert!(run.tasks.iter().filter(|t| t.text("task") != "5").all(|t| t.text("status") == "completed"));
    }
}

/// Without the kill 5 runs for 9 s: under fifo until 32. `limit` counts usable jobs: 6 does not count.
#[test]
fn a_log_without_kills_and_with_a_limit() {
    let folder = Folder::new();
    folder.file("tiny.swf", LOG);
    let run = replay(folder.path(), "tiny.swf", 4, "fifo", json!({"kill_at_estimate": false}));
    let last = run.task("5");
    assert_eq!((last.text("status"), last.text("start_s"), last.text("finish_s")), ("completed", "23", "32"));
    let run = replay(folder.path(), "tiny.swf", 4, "fifo", json!({"limit": 4}));
    let mut names: Vec<&str> = run.tasks.iter().map(|t| t.text("task")).collect();
    names.sort_unstable();
    assert_eq!(names, ["1", "2", "3", "4"]);
}

/// 1,000 jobs of KTH-SP2 on 100 processors against schedules of independent code: every start equal.
#[test]
#[cfg_attr(not(published_logs), ignore = "no published logs: set XPUSIM_TRACES")]
fn kth_against_independent_code() {
    let log = "KTH-SP2-1996-2.1-cln.swf.gz";
    let starts = "kth-cln-first1000.starts.csv.gz";
    let Some(log) = data("XPUSIM_TRACES", &format!("swf/{log}"), &format!("traces/swf/{log}")) else { return };
    let Some(starts) = data("XPUSIM_REFERENCE", "", &format!("reference/{starts}")) else { return };
    let mut text = String::new();
    flate2::read::MultiGzDecoder::new(std::fs::File::open(starts).unwrap()).read_to_string(&mut text).unwrap();
    let reference = rows(&text);
    assert_eq!(reference.len(), 1000);
    let first = reference.iter().map(|r| r.int("submit")).min().unwrap();
    for (column, scheduler) in [
        ("start_fcfs", "fifo"),
        ("start_sjf", "sjf"),
        ("start_sjf_skip", "sjf-greedy"),
        ("start_ff", "fifo-greedy"),
        ("start_easy", "easy"),
        ("start_easy_sjbf", "easy-sjbf"),
        ("start_cons", "conservative"),
    ] {
        let file = log.file_name().unwrap().to_str().unwrap();
        let run = replay(log.parent().unwrap(), file, 100, scheduler, json!({"limit": 1000}));
        let found: BTreeMap<&str, &str> = run.tasks.iter().map(|t| (t.text("task"), t.text("start_s"))).collect();
        assert_eq!(found.len(), 1000, "{scheduler}");
        let differ = |r: &&super::support::Row| {
            found.get(r.text("job_id")).map(|s| nanos(s)) != Some((r.int(column) - first) * 1_000_000_000)
        };
        let wrong: Vec<&str> = reference.iter().filter(differ).map(|r| r.text("job_id")).collect();
        assert!(wrong.is_empty(), "{scheduler}: {} starts differ, first of job {}", wrong.len(), wrong[0]);
    }
}
