//! `tune` as its users meet it, optima that theory knows, and windows of a log.

use std::fmt::Write as _;

use serde_json::{Value, json};
use xpu_manager_rust::scenario::Loader;
use xpu_manager_rust::theory::{NPolicy, StatePower};

use super::support::{Folder, Run, Said, cluster, rows, try_run, xpusim};

/// M/M/1 at 0.2 tasks a second on a device that sleeps until N tasks wait, and takes 5 s and 500 W to wake.
fn sleeper() -> String {
    json!({
        "name": "sleeper",
        "devices": {"sleeper": {"kind": "cpu", "power": {"idle": 0, "active": 20},
            "sleep": {"power": 1, "entry": 0, "wake": 5, "wake_power": 500}}},
        "cluster": cluster("sleeper", 1),
        "workload": [{"source": "synthetic", "count": 800, "arrivals": {"process": "poisson", "rate": 0.2},
            "tasks": [{"runs_on": ["cpu"], "duration": {"dist": "exponential", "mean": 1}}]}],
        "policies": {"sleep": {"name": "n-policy", "tasks": 9}},
    })
    .to_string()
}

/// Power times response, to which energy times response of a run of given length is proportional.
fn energy_delay(tasks: u32) -> f64 {
    let queue = NPolicy {
        arrival_rate: 0.2,
        mean_service: 1.0,
        service_second_moment: 2.0,
        tasks,
        mean_setup: 5.0,
        setup_second_moment: 25.0,
    };
    let power = StatePower { idle: 0.0, sleep: 1.0, setup: 500.0, busy: 20.0 };
    queue.mean_response().unwrap() * queue.shares().unwrap().mean_power(&power)
}

fn tune(home: &Folder, more: &[&str]) -> Said {
    xpusim(home.path(), &[&["tune", "s.json"], more].concat())
}

fn answer(home: &Folder, folder: &str) -> Value {
    serde_json::from_str(&home.read(&format!("{folder}/tuning.json"))).unwrap()
}

/// By the closed form P(N) T(N) is 1022, 976.6, 980.6, 994.5, 1010.6 … 1074 for N = 1 … 9: lowest at 2, and 3 is within
/// half a percent of that. The scenario's own 9 is 10 % worse, of which 6 replications leave no doubt.
#[test]
fn both_methods_find_the_optimum_of_theory() {
    let best = (1..=9).map(energy_delay).fold(f64::INFINITY, f64::min);
    assert!((energy_delay(2) - best).abs() < 1e-9 && (energy_delay(1) / best) > 1.04 && energy_delay(9) / best > 1.09);
    let home = Folder::new();
    home.file("s.json", &sleeper());
    let asked = ["--param", "policies.sleep.tasks=1:9:int", "--objective", "edp_js", "--final", "6"];
    for (method, budget) in [("halving", "54"), ("gp", "30")] {
        let more = ["--method", method, "--budget", budget, "--replications", "3", "--out", method];
        let said = tune(&home, &[&asked[..], &more[..]].concat()).exits(0);
        assert!(said.out.contains("better") && said.out.contains("best.json"), "{}", said.out);
        let told = answer(&home, method);
        let found = told["winner"]["values"]["policies.sleep.tasks"].as_u64().unwrap() as u32;
        assert!(energy_delay(found) / best < 1.015, "{method}: {found}");
        assert_eq!(told["final"]["difference"]["verdict"], "better");
        assert_eq!(told["direction"], "minimize");
        // The final comparison begins where the search ended.
        assert_eq!(told["final"]["replications"][0], told["search"]["replications"][1]);
        assert_eq!(told["final"]["winner"]["values"].as_array().unwrap().len(), 6);
        // Each evaluation is a row, and the best so far never gets worse.
        let table = rows(&home.read(&format!("{method}/tuning.csv")));
        assert_eq!(table.len() as u64, told["search"]["evaluations"].as_u64().unwrap());
        assert!(table.windows(2).all(|r| r[1].real("best") <= r[0].real("best")));
        let spent: u64 = if method == "gp" {
            table.iter().map(|r| r.int("replications")).sum()
        } else {
            let rungs = told["search"]["rungs"].as_array().unwrap();
            let runs = |r: &Value| r["candidates"].as_u64().unwrap() * r["replications"].as_u64().unwrap();
            rungs.iter().map(runs).sum()
        };
        assert!(spent <= budget.parse().unwrap(), "{spent} of {budget}");
        assert!(home.read(&format!("{method}/plots/tuning.svg")).starts_with("<svg"));
        // The winner runs as it stands, and what it gives in the first of the search's replications is in the table.
        let run = xpusim(home.path(), &["run", &format!("{method}/best.json"), "--json", "--no-plots", "--out", "x"]);
        let summary: Value = serde_json::from_str(&run.exits(0).out).unwrap();
        assert_eq!(summary["metrics"]["edp_js"]["values"][0], told["winner"]["in_search"]["values"][0]);
    }
    assert_eq!(rows(&home.read("gp/tuning_model.csv")).len(), 101);
}

/// The same bytes on one thread and on two, in every file but the manifest.
#[test]
fn threads_change_no_byte() {
    let home = Folder::new();
    home.file("s.json", &sleeper());
    for method in ["halving", "gp"] {
        let files = ["1", "2"].map(|jobs| {
            let asked = [
                "--param",
                "policies.sleep.tasks=1:9:int",
                "--param",
                "policies.power=performance,powersave",
                "--objective",
            ];
            let more = ["response_s.mean", "--budget", "24", "--replications", "2", "--final", "3", "--method", method];
            let set = ["--set", "workload.0.count=60", "--jobs", jobs, "--out", jobs, "--quiet"];
            tune(&home, &[&asked[..], &more[..], &set[..]].concat()).exits(0);
            ["tuning.csv", "tuning.json", "best.json", "plots/tuning.svg"].map(|f| home.read(&format!("{jobs}/{f}")))
        });
        assert_eq!(files[0], files[1]);
    }
}

/// A candidate whose run cannot end, one that is no scenario, and one that is worse by construction: all are survived.
#[test]
fn candidates_that_fail_are_the_worst() {
    let home = Folder::new();
    let task = |duration: f64| json!({"runs_on": ["cpu"], "duration": duration});
    let scenario = json!({"name": "s", "cluster": cluster("cpu-generic", 1),
        "workload": [{"source": "tasks", "tasks": [task(1.0), task(9.2e9), task(1e9)]}]});
    home.file("s.json", &scenario.to_string());
    // With a first task of 9e9 s the last ends beyond the clock's 18.4e9 s. Else the makespan is the sum of durations.
    let asked = ["--param", "workload.0.tasks.0.duration=9e9,7,-1,2", "--objective", "makespan_s", "--out", "o"];
    let said = tune(&home, &asked).exits(0);
    said.complains(&["2 of 4 candidates", "draws nothing at random", "did not see the same tasks"]);
    let told = answer(&home, "o");
    assert_eq!(told["winner"]["values"]["workload.0.tasks.0.duration"], 2);
    let makespan = told["final"]["winner"]["values"][0].as_f64().unwrap();
    // To the digits that a double has at that size.
    assert!((makespan - 10_200_000_002.0).abs() < 1e-5, "{makespan}");
    assert_eq!(told["final"]["difference"]["verdict"], "one run each, no interval");
    let table = rows(&home.read("o/tuning.csv"));
    let failures: Vec<bool> = table.iter().map(|r| r.has("failure")).collect();
    assert_eq!(failures, [true, false, true, false]);
    assert!(table[0].text("failure").contains("end of time"), "{:?}", table[0]);
    assert!(table[2].text("failure").contains("-1"), "{:?}", table[2]);
    // None that can be measured is no answer.
    let all = ["--param", "workload.0.tasks.0.duration=9e9,8.9e9", "--objective", "makespan_s", "--out", "n"];
    tune(&home, &all).exits(5).complains(&["no candidate", "end of time"]);
}

#[test]
fn mistakes_are_told() {
    let home = Folder::new();
    home.file("s.json", &sleeper());
    let objective = ["--objective", "wait_s.mean"];
    let tasks = ["--param", "policies.sleep.tasks=1:9:int"];
    for (more, code, words) in [
        ([&tasks[..], &["--objective", "wait_s.p98"]].concat(), 2, vec!["wait_s.p98", "did you mean `wait_s.p9"]),
        ([&tasks[..], &["--objective", "utilization.cpu"]].concat(), 2, vec!["--minimize or --maximize"]),
        ([&tasks[..], &objective, &["--holdout", "0.3"]].concat(), 2, vec!["no source", "trace"]),
        ([&tasks[..], &objective, &["--holdout", "1.5"]].concat(), 2, vec!["between 0 and 1"]),
        ([&tasks[..], &tasks, &objective].concat(), 2, vec!["given twice"]),
        ([&["--param", "policies.sleep.tasks=9"][..], &objective].concat(), 2, vec!["LO:HI"]),
        ([&["--param", "policies.sleep.task=1:9:int"][..], &objective].concat(), 3, vec!["task", "`tasks`"]),
        ([&["--param", "policies.scheduler.ageing=0:1"][..], &objective].concat(), 3, vec!["ageing"]),
    ] {
        let set = ["--set", "policies.scheduler=easy", "--set", "workload.0.count=20", "--force"];
        tune(&home, &[&more[..], &set].concat()).exits(code).complains(&words);
    }
}

/// Eight jobs, one a row: id, arrival, duration.
fn log() -> String {
    let jobs = [(1, 5, 4), (2, 7, 4), (3, 7, 9), (4, 20, 1), (5, 21, 8), (6, 30, 8), (7, 31, 2), (8, 31, 1)];
    let mut text = "job_id,arrival_s,service_sec,gpu_count\n".to_owned();
    for (id, arrival, duration) in jobs {
        writeln!(text, "{id},{arrival},{duration},1").unwrap();
    }
    text
}

fn replay(home: &Folder, more: &Value) -> Result<Run, String> {
    let mut trace = json!({"source": "trace", "format": "helios", "path": "log.csv"});
    trace.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
    let scenario = json!({"cluster": cluster("gpu-generic", 1), "workload": [trace]});
    try_run(scenario, &Loader { base: home.path().to_owned(), allowed: Vec::new() })
}

/// By hand: without the first three of the log above and no more than three, 4, 5 and 6 arrive at 0, 1 and 10.
#[test]
fn a_window_holds_exactly_its_jobs() {
    let home = Folder::new();
    home.file("log.csv", &log());
    let window = |more: Value| {
        let run = replay(&home, &more).unwrap();
        let mut jobs: Vec<(u64, u64)> =
            run.tasks.iter().map(|t| (t.int("task"), t.nanos("arrival_s") / 1_000_000_000)).collect();
        jobs.sort_unstable();
        jobs
    };
    assert_eq!(window(json!({"skip": 3, "limit": 3})), [(4, 0), (5, 1), (6, 10)]);
    assert_eq!(window(json!({"skip": 6})), [(7, 0), (8, 0)]);
    assert_eq!(window(json!({"skip": 0, "limit": 2})), window(json!({"limit": 2})));
    // The two parts of a split are the whole log, each job once.
    let ids = |more| window(more).into_iter().map(|(id, _)| id).collect::<Vec<_>>();
    assert_eq!([ids(json!({"limit": 5})), ids(json!({"skip": 5, "limit": 3}))].concat(), (1..=8).collect::<Vec<_>>());
    // New arrivals are those of what is left.
    assert_eq!(window(json!({"skip": 6, "retime": {"every": 4, "batch": 1}})), [(7, 0), (8, 4)]);
    let error = replay(&home, &json!({"skip": 8})).err().unwrap();
    assert!(error.contains("/workload/0/skip") && error.contains("8 usable jobs"), "{error}");
}

/// Of 8 jobs the search sees ⌊8 × 0.7⌋ = 5, the answer the other 3: 6, 7 and 8 at 0, 1 and 1 s, for 8, 2 and 1 s on one
/// unit. In order of arrival they wait 0, 7 and 9 s, shortest first 0, 8 and 7 s.
#[test]
fn the_answer_comes_from_jobs_that_the_search_has_not_seen() {
    let home = Folder::new();
    std::fs::create_dir(home.path().join("in")).unwrap();
    home.file("in/log.csv", &log());
    let scenario = json!({"name": "log", "cluster": cluster("gpu-generic", 1),
        "workload": [{"source": "trace", "format": "helios", "path": "log.csv"}]});
    home.file("in/s.json", &scenario.to_string());
    let asked = ["--param", "policies.scheduler=sjf,ljf", "--objective", "wait_s.mean", "--holdout", "0.3", "--quiet"];
    xpusim(home.path(), &[&["tune", "in/s.json"], &asked[..]].concat()).exits(0);
    let told = answer(&home, "results/log-tuned");
    assert_eq!(told["holdout"]["sources"], json!([{"source": 0, "jobs_searched": 5, "jobs_held_out": 3}]));
    assert_eq!(told["winner"]["values"]["policies.scheduler"], "sjf");
    assert_eq!(told["final"]["baseline"]["values"], json!([16.0 / 3.0]));
    assert_eq!(told["final"]["winner"]["values"], json!([5.0]));
    assert_eq!(told["final"]["difference"]["verdict"], "one run each, no interval");
    // The winning scenario is the whole log, found from its new place.
    let best: Value = serde_json::from_str(&home.read("results/log-tuned/best.json")).unwrap();
    assert_eq!(best["workload"], json!([{"source": "trace", "format": "helios", "path": "../../in/log.csv"}]));
    let run = ["run", "results/log-tuned/best.json", "--allow-path", "in", "--quiet", "--no-plots", "--out", "x"];
    xpusim(home.path(), &run).exits(0);
    assert_eq!(rows(&home.read("x/tasks.csv")).len(), 8);
}
