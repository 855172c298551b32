//! Whole files, written by hand: every column of `tasks.csv` for five tiny scenarios.

use serde_json::{Value, json};

use super::support::{cluster, cpus, run};

const HEADER: &str = "task,source,class,arrival_s,start_s,finish_s,status,location,unit_kind,units,wait_s,run_s,\
response_s,bounded_slowdown,memory_bytes,energy_j,preemptions,deadline_s,deadline_met,cost_usd\n";

#[track_caller]
fn golden(scenario: Value, lines: &str) {
    let found = run(scenario).folder.read("tasks.csv");
    // In the text below columns line up, and `-` is an empty cell.
    let cell = |c: &str| if c.trim() == "-" { String::new() } else { c.trim().to_owned() };
    let line = |l: &str| l.split(',').map(cell).collect::<Vec<_>>().join(",") + "\n";
    let expected: String = lines.lines().filter(|l| !l.trim().is_empty()).map(line).collect();
    assert_eq!(found, HEADER.to_owned() + &expected);
}

/// One cpu at 100 W, in order of arrival. 1: 0–4. 2 waits 3 s: 4–24; slowdown 23/20. 3 waits 22.5 s for 0.5 s of
/// work: 23/10, as ten seconds are the least that a slowdown is measured by. It misses its deadline, 1.5 + 10.
#[test]
fn first_come_first_served() {
    let scenario = cpus(
        1,
        json!([
            {"id": 1, "arrival": 0, "duration": 4, "runs_on": ["cpu"]},
            {"id": 2, "arrival": 1, "duration": 20, "name": "long", "deadline": "1 min", "runs_on": ["cpu"]},
            {"id": "last", "arrival": 1.5, "duration": 0.5, "deadline": 10, "memory": "1 kB", "runs_on": ["cpu"]},
        ]),
    );
    golden(
        scenario,
        "
        1,    tasks, task, 0,   0,  4,    completed, local, cpu, 0, 0,    4,   4,  1,    0,    400,  0, -, -   , -
        2,    tasks, long, 1,   4,  24,   completed, local, cpu, 0, 3,    20,  23, 1.15, 0,    2000, 0, 61,   true, -
        last, tasks, task, 1.5, 24, 24.5, completed, local, cpu, 0, 22.5, 0.5, 23, 2.3,  1000, 50,   0, 11.5, false, -
        ",
    );
}

/// Four units under EASY. 1 holds two until 10. 2 needs four: reserved at 10. 3 (two units, 8 s) ends by then: it
/// starts at 2. 4 (one unit, 9 s from 3) finds nothing free until 10, where 2 takes all. Energy: 100 W a unit.
#[test]
fn easy_backfilling() {
    let mut scenario = cpus(
        4,
        json!([
            {"id": 1, "arrival": 0, "duration": 10, "units": 2, "runs_on": ["cpu"]},
            {"id": 2, "arrival": 1, "duration": 10, "units": 4, "runs_on": ["cpu"]},
            {"id": 3, "arrival": 2, "duration": 8, "units": 2, "runs_on": ["cpu"]},
            {"id": 4, "arrival": 3, "duration": 9, "units": 1, "runs_on": ["cpu"]},
        ]),
    );
    scenario["policies"] = json!({"scheduler": "easy"});
    golden(
        scenario,
        "
        1, tasks, task, 0, 0,  10, completed, local, cpu, 0;1,     0,  10, 10, 1,   0, 2000, 0, -, -, -
        3, tasks, task, 2, 2,  10, completed, local, cpu, 2;3,     0,  8,  8,  1,   0, 1600, 0, -, -, -
        2, tasks, task, 1, 10, 20, completed, local, cpu, 0;1;2;3, 9,  10, 19, 1.9, 0, 4000, 0, -, -, -
        4, tasks, task, 3, 20, 29, completed, local, cpu, 0,       17, 9,  26, 2.6, 0, 900,  0, -, -, -
        ",
    );
}

/// All four fates. One place to wait. 1 is killed at 6 of its 10 s; 2 depends on it and fails with it. 3 waits in the
/// one place from 1 on; 4 finds it taken at 2 and is turned away. At 6 the rows of 1 and 2 stand in order of arrival.
#[test]
fn killed_failed_rejected() {
    let mut scenario = cpus(
        1,
        json!([
            {"id": 1, "duration": 10, "estimate": 6, "kill_at_estimate": true, "deadline": 30, "runs_on": ["cpu"]},
            {"id": 2, "duration": 1, "after": [1], "runs_on": ["cpu"]},
            {"id": 3, "arrival": 1, "duration": 4, "runs_on": ["cpu"]},
            {"id": 4, "arrival": 2, "duration": 4, "deadline": 8, "runs_on": ["cpu"]},
        ]),
    );
    scenario["policies"] = json!({"queue_limit": 1});
    golden(
        scenario,
        "
        4, tasks, task, 2, -, 2,  rejected,  local, -, -  , -, -, -, -, 0, -,    0, 10, false, -
        1, tasks, task, 0, 0, 6,  killed,    local, cpu, 0, 0, 6, 6, 1, 0, 600, 0, 30, false, -
        2, tasks, task, 0, -, 6,  failed,    local, -, -  , -, -, -, -, 0, -,    0, -, - , -
        3, tasks, task, 1, 6, 10, completed, local, cpu, 0, 5, 4, 9, 1, 0, 400, 0, -, - , -
        ",
    );
}

/// 40 W at 2 GHz and 20 W at 1 GHz, held at 1 GHz: 4 s become 8 s, and with β = 0.5 they become
/// 4 · (0.5 · 2 + 0.5) = 6 s. Two halves of the unit run side by side; half a unit costs a task 10 W.
#[test]
fn halves_at_half_the_clock() {
    let mut scenario = json!({
        "devices": {"own": {"kind": "npu", "power": {"idle": 5, "active": 40, "pstates": [
            {"frequency": "1 GHz", "power": 20}, {"frequency": "2 GHz", "power": 40}]}}},
        "cluster": cluster("own", 1),
        "workload": [{"source": "tasks", "name": "written", "tasks": [
            {"id": "a", "duration": 4, "share": 0.5, "runs_on": ["npu"]},
            {"id": "b", "duration": 4, "share": 0.5, "beta": 0.5, "runs_on": ["npu"]},
            {"id": "c", "duration": 1, "share": 0.5, "runs_on": ["npu"]}]}],
    });
    scenario["policies"] = json!({"power": "powersave"});
    golden(
        scenario,
        "
        b, written, task, 0, 0, 6, completed, local, npu, 0, 0, 6, 6, 1, 0, 60, 0, -, -, -
        a, written, task, 0, 0, 8, completed, local, npu, 0, 0, 8, 8, 1, 0, 80, 0, -, -, -
        c, written, task, 0, 6, 8, completed, local, npu, 0, 6, 2, 8, 1, 0, 20, 0, -, -, -
        ",
    );
}

/// Two tasks of 1 s and 2 s of round trip 0.5 s, upload 1 MB at 1 MB/s; the first is home at 2.5. The third may not
/// leave. A cloud hour costs 1.8 USD: 0.0005 a second, each task charged for at least 10 s: 0.005. Task 2 has
/// two units: twice that.
#[test]
fn to_the_cloud() {
    let mut scenario = cpus(
        1,
        json!([
            {"id": 1, "duration": 1, "input": "1 MB", "runs_on": ["cpu"]},
            {"id": 2, "duration": 2, "units": 2, "input": "1 MB", "deadline": 3.5, "runs_on": ["cpu"]},
            {"id": 3, "duration": 3, "offloadable": false, "runs_on": ["cpu"]},
        ]),
    );
    scenario["policies"] = json!({"cloud": "always"});
    scenario["cloud"] = json!({"rtt": "500 ms", "uplink": "1 MB/s", "price_per_hour": 1.8, "billed_at_least": 10});
    golden(
        scenario,
        "
        1, tasks, task, 0, 1.5, 2.5, completed, cloud, -, -  ,  1.5, 1, 2.5, 1, 0, -,    0, -, -  ,     0.005
        3, tasks, task, 0, 0,   3,   completed, local, cpu, 0, 0,   3, 3,   1, 0, 300, 0, -, -, -
        2, tasks, task, 0, 1.5, 3.5, completed, cloud, -, -  ,  1.5, 2, 3.5, 1, 0, -,    0, 3.5, true, 0.01
        ",
    );
}
