//! Offered load, sources that are scaled, and load sweeps.

use serde_json::{Value, json};
use xpu_manager_rust::json::Document;
use xpu_manager_rust::policy::registry::Registry;
use xpu_manager_rust::scenario::{Loader, NoLoad, OfferedLoad, Plan};

use super::support::{Folder, Row, rows, run, xpusim};

fn exponential(mean: f64) -> Value {
    json!({"dist": "exponential", "mean": mean})
}

fn units(groups: &[(&str, u32)]) -> Value {
    let units: Vec<Value> = groups.iter().map(|(d, n)| json!({"device": format!("{d}-generic"), "count": n})).collect();
    json!({"nodes": [{"name": "n", "units": units}]})
}

/// M/M/1 at `rate`, with exponential tasks of mean 1.
fn mm1(rate: f64) -> Value {
    json!({"name": "mm1", "seed": 3, "cluster": units(&[("cpu", 1)]), "workload": [
        {"source": "synthetic", "count": 200, "arrivals": {"process": "poisson", "rate": rate},
         "tasks": [{"runs_on": ["cpu"], "duration": exponential(1.0)}]}]})
}

fn offered(mut scenario: Value) -> Result<OfferedLoad, NoLoad> {
    if scenario.get("name").is_none() {
        scenario["name"] = json!("x");
    }
    let plan = Plan::new(&Document::from_value(scenario), &Loader::default(), &Registry::builtin());
    plan.unwrap_or_else(|e| panic!("{e}")).offered_load()
}

fn load(scenario: Value) -> f64 {
    offered(scenario).unwrap().load
}

/// λ/μ to the last digit, whichever way the rate is stated: a rate of λ, gaps of 1/λ, gaps of equal length, twice as
/// fast, or tasks half as large.
#[test]
fn the_load_of_one_server_is_its_rate_over_its_speed() {
    for rate in [0.1, 0.3, 0.49, 0.7, 0.8, 0.95, 1.2] {
        assert_eq!(load(mm1(rate)), rate);
        let with = |at: &str, value: Value| {
            let mut scenario = mm1(rate);
            scenario["workload"][0][at] = value;
            load(scenario)
        };
        assert_eq!(with("arrivals", json!({"process": "deterministic", "interval": 1.0 / rate})), rate);
        assert_eq!(with("arrivals", json!({"process": "renewal", "interarrival": exponential(1.0 / rate)})), rate);
        assert_eq!(with("scale", json!({"arrivals": 2})), 2.0 * rate);
        assert_eq!(with("scale", json!({"sizes": 0.5})), rate / 2.0);
    }
}

/// By hand, 0.8 tasks a second in parts of 3 and 1: 0.6 gangs of 2 half units for 3 s, and 0.2 tasks of mean 4 s that are
/// cut at 0.75 of it: 0.6·2·0.5·3 + 0.2·4·0.75 = 1.8 + 0.6 = 2.4 of 4 units.
#[test]
fn widths_shares_weights_and_cuts_count() {
    let scenario = json!({"cluster": units(&[("gpu", 4)]), "workload": [
        {"source": "synthetic", "count": 9, "arrivals": {"process": "poisson", "rate": 0.8}, "tasks": [
            {"weight": 3, "runs_on": ["gpu"], "units": 2, "share": 0.5, "duration": 3},
            {"weight": 1, "runs_on": ["gpu"], "duration": exponential(4.0), "estimate": {"factor": 0.75},
             "kill_at_estimate": true}]}]});
    assert_eq!(load(scenario), 0.6);
}

/// Work that only GPUs do, and work that CPUs do at a quarter of the speed: 0.3 a second of 2 s on 1 GPU is 0.6; 0.4 a
/// second of 1 s is 0.4 there or 1.6 on 2 CPUs. With the part x on the GPU: 0.6 + 0.4 x = 1.6 (1 − x) / 2, so x = 1/6 and
/// the load is 2/3. FPGAs have a load of their own: 0.1 of one unit.
#[test]
fn work_is_divided_among_kinds_in_the_best_way() {
    let source = |rate: f64, runs_on: Value, duration: f64| {
        json!({"source": "synthetic", "count": 9, "arrivals": {"process": "poisson", "rate": rate},
            "tasks": [{"runs_on": runs_on, "duration": exponential(duration)}]})
    };
    let scenario = json!({"cluster": units(&[("gpu", 1), ("cpu", 2), ("fpga", 1)]), "workload": [
        source(0.3, json!(["gpu"]), 2.0), source(0.4, json!({"gpu": 1, "cpu": 0.25}), 1.0),
        source(0.1, json!(["fpga"]), 1.0)]});
    let found = offered(scenario).unwrap();
    assert!((found.load - 2.0 / 3.0).abs() < 1e-11, "{found:?}");
    assert_eq!(found.pools[1].load, 0.1);
    assert_eq!(found.to_string(), "0.667 (gpu-generic + cpu-generic 0.667, fpga-generic 0.1)");
}

/// By hand: tasks of 3 s at 0, 2, 4 and 6 s: 9 s of work come in the 6 s before the last one; on 2 units 0.75, and
/// 1.5 at twice the pace. The last task does not count, however long it is.
#[test]
fn a_list_has_its_work_over_its_span() {
    let scenario = |scale: f64| {
        let tasks: Vec<Value> = [(0, 3), (2, 3), (4, 3), (6, 100)]
            .map(|(at, d)| json!({"arrival": at, "duration": d, "runs_on": ["cpu"]}))
            .to_vec();
        json!({"cluster": units(&[("cpu", 2)]),
            "workload": [{"source": "tasks", "tasks": tasks, "scale": {"arrivals": scale}}]})
    };
    assert_eq!((load(scenario(1.0)), load(scenario(2.0))), (0.75, 1.5));
}

/// Random operations and bytes that overlap have no closed mean: of E[max(X, Y)] with exponentials of mean 1, which is
/// 1.5, 10,000 draws give within 4 · 1.12/100 = 0.045.
#[test]
fn a_mean_without_a_closed_form_is_drawn() {
    let scenario = json!({
        "devices": {"flat": {"kind": "gpu", "memory": "1 GB", "power": {"idle": 1, "active": 2}, "memory_bandwidth": 1e9,
            "peak": {"fp16": 1e12}}},
        "cluster": {"nodes": [{"name": "n", "units": [{"device": "flat", "count": 1}]}]},
        "workload": [{"source": "synthetic", "count": 9, "arrivals": {"process": "deterministic", "interval": 10},
            "tasks": [{"runs_on": ["gpu"], "flops": exponential(1e12), "bytes": exponential(1e9)}]}]});
    let found = load(scenario);
    assert!((found - 0.15).abs() < 0.0045, "{found}");
}

#[test]
fn what_has_no_load_says_why() {
    let with = |at: &str, value: Value| {
        let mut scenario = mm1(0.5);
        scenario["workload"][0][at] = value;
        offered(scenario).unwrap_err()
    };
    assert!(matches!(with("arrivals", json!({"process": "closed", "clients": 3, "think_time": 1})), NoLoad::Closed(_)));
    assert!(matches!(with("arrivals", json!({"process": "at-once"})), NoLoad::Instant(_)));
    let heavy = json!([{"runs_on": ["cpu"], "duration": {"dist": "pareto", "shape": 0.9, "scale": 1}}]);
    assert!(matches!(with("tasks", heavy), NoLoad::NoMean(_)));
    let hosts = json!([{"units": 0, "host_cpus": 1, "duration": 1}]);
    assert_eq!(with("tasks", hosts), NoLoad::NoUnits);
}

fn by_task(rows: &[Row], column: &str) -> Vec<f64> {
    let mut tasks: Vec<(u64, f64)> = rows.iter().map(|r| (r.int("task"), r.real(column))).collect();
    tasks.sort_by_key(|(task, _)| *task);
    tasks.into_iter().map(|(_, x)| x).collect()
}

/// Twice as fast from the same seed: each arrival at half its time, each task as long as it was; three times as large:
/// the same arrivals, each task three times as long. Gaps are rounded to nanoseconds, which adds up.
#[test]
fn scaling_stretches_the_same_draws() {
    let of = |scale: Value| {
        let mut scenario = mm1(0.5);
        scenario["workload"][0]["scale"] = scale;
        let run = run(scenario);
        (by_task(&run.tasks, "arrival_s"), by_task(&run.tasks, "run_s"))
    };
    let (plain, fast, large) = (of(json!({})), of(json!({"arrivals": 2})), of(json!({"sizes": 3})));
    assert_eq!(plain.0.len(), 200);
    let near = |a: &[f64], b: &[f64], by: f64| a.iter().zip(b).all(|(a, b)| (a - b * by).abs() < 1e-6);
    assert!(near(&fast.0, &plain.0, 0.5) && fast.1 == plain.1);
    assert!(large.0 == plain.0 && near(&large.1, &plain.1, 3.0));
}

#[test]
fn wrong_scales_are_told_with_their_place() {
    let home = Folder::new();
    let file = |name: &str, arrivals: Value, scale: Value| {
        let mut scenario = mm1(0.5);
        scenario["workload"][0]["arrivals"] = arrivals;
        scenario["workload"][0]["scale"] = scale;
        home.file(name, &scenario.to_string());
        xpusim(home.path(), &["validate", name]).exits(3)
    };
    let poisson = || json!({"process": "poisson", "rate": 1});
    file("a.json", poisson(), json!({"sizes": -1})).complains(&["/workload/0/scale/sizes", "1e-6 to 1e6"]);
    file("b.json", poisson(), json!({"size": 1})).complains(&["size", "sizes"]);
    let closed = json!({"process": "closed", "clients": 3, "think_time": 1});
    file("c.json", closed, json!({"arrivals": 2})).complains(&["/workload/0/scale/arrivals", "clients"]);
}

/// The rows of `load.csv` for a metric: (variant, load, offered, mean, low, high, saturated).
fn points(home: &Folder, metric: &str) -> Vec<(String, f64, f64, f64, [f64; 2], bool)> {
    let all = rows(&home.read("results/mm1/load.csv"));
    let of = |r: &Row| {
        let ends = ["ci95_low", "ci95_high"].map(|c| if r.has(c) { r.real(c) } else { f64::NAN });
        (
            r.text("variant").to_owned(),
            r.real("load"),
            r.real("offered"),
            r.real("mean"),
            ends,
            r.text("saturated") == "true",
        )
    };
    all.iter().filter(|r| r.text("metric") == metric).map(of).collect()
}

/// M/M/1 has ρ/(1 − ρ) tasks on average: each point is within 3 standard errors (a miss by chance: 3 % of a point with
/// 6 replications by t(5), so 6 % of seeds; this one does not). Half of the 95 % interval is t(5) = 2.571 errors. At
/// 1.2 there is no such number, and the chart has none.
#[test]
fn a_load_curve_follows_theory_up_to_saturation() {
    let home = Folder::new();
    let mut scenario = mm1(0.4);
    scenario["workload"][0].as_object_mut().unwrap().remove("count");
    (scenario["stop"], scenario["warmup"]) = (json!({"time": 5000}), json!(500));
    home.file("mm1.json", &scenario.to_string());
    let sweep = ["compare", "mm1.json", "--load", "0.5,0.8,1.2", "--replications", "6"];
    let said = xpusim(home.path(), &sweep).exits(0);
    assert!(said.out.contains("saturated"), "{}", said.out);
    let found = points(&home, "in_system.mean");
    assert_eq!(
        found.iter().map(|p| (p.1, p.2, p.5)).collect::<Vec<_>>(),
        [(0.5, 0.5, false), (0.8, 0.8, false), (1.2, 1.2, true)]
    );
    for (_, rho, _, mean, [low, high], _) in found.into_iter().take(2) {
        let error = (high - low) / 2.0 / 2.571;
        assert!((mean - rho / (1.0 - rho)).abs() < 3.0 * error, "{rho}: {mean} ± {error}");
    }
    let chart = home.read("results/mm1/plots/load_wait_s_mean.svg");
    assert!(chart.contains(">saturated</text>") && chart.contains(">Offered load</text>"), "{chart}");
    let told: Value = serde_json::from_str(&home.read("results/mm1/comparison.json")).unwrap();
    assert_eq!(
        told["loads"][2],
        json!({"variant": "load 1.2", "curve": "as documented", "load": 1.2, "offered": 1.2, "saturated": true})
    );
}

/// With 20,000 tasks each a load of 0.95 is told from saturation: simulated apart, a run in 200 is mistaken, and of three
/// at least two would have to be.
#[test]
fn a_heavy_load_is_not_saturation() {
    let home = Folder::new();
    let mut scenario = mm1(0.5);
    scenario["workload"][0]["count"] = json!(20_000);
    home.file("mm1.json", &scenario.to_string());
    xpusim(home.path(), &["compare", "mm1.json", "--load", "0.95", "--replications", "3", "--no-plots", "-q"]).exits(0);
    assert!(!points(&home, "wait_s.mean")[0].5);
}

/// Gangs of 3 on 4 units leave one idle: they saturate at 3/4. At 0.9 the load is below 1, and only the growing queue
/// tells. With room for 20 in the queue the rest is turned away, and even 1.2 has a steady state.
#[test]
fn saturation_is_seen_where_the_load_does_not_tell() {
    let home = Folder::new();
    let mut scenario = mm1(0.5);
    scenario["cluster"] = units(&[("cpu", 4)]);
    scenario["workload"][0]["count"] = json!(3000);
    scenario["workload"][0]["tasks"][0]["units"] = json!(3);
    home.file("mm1.json", &scenario.to_string());
    let sweep = |load: &str, more: &[&str]| {
        let base = ["compare", "mm1.json", "--load", load, "--replications", "3", "--no-plots", "-q"];
        xpusim(home.path(), &[&base[..], more].concat()).exits(0);
        points(&home, "wait_s.mean").iter().map(|p| p.5).collect::<Vec<_>>()
    };
    assert_eq!(sweep("0.5,0.9", &[]), [false, true]);
    assert_eq!(sweep("1.2", &["--set", "policies.queue_limit=20"]), [false]);
}

/// Every load with every variant, compared within the load; the same bytes on one thread and on two; a heat map of both.
#[test]
fn loads_cross_with_what_else_varies() {
    let home = Folder::new();
    home.file("mm1.json", &mm1(0.5).to_string());
    let sweep = |jobs: &str, by: &str| {
        let vary = "policies.scheduler=fifo,sjf";
        let sweep = ["compare", "mm1.json", "--load", "0.5:0.7:0.1", "--load-by", by, "--vary", vary];
        let more = ["--replications", "3", "--jobs", jobs, "--baseline", "sjf", "-q"];
        xpusim(home.path(), &[&sweep[..], &more].concat()).exits(0);
        ["load.csv", "comparison.csv", "comparison.json", "plots/load_wait_s_mean.svg", "plots/heat_wait_s_mean.svg"]
            .map(|f| home.read(&format!("results/mm1/{f}")))
    };
    let once = sweep("1", "arrivals");
    assert_eq!(sweep("2", "arrivals"), once);
    let named: Vec<(String, f64)> = points(&home, "wait_s.mean").into_iter().map(|p| (p.0, p.1)).collect();
    let expected = [("fifo", 0.5), ("sjf", 0.5), ("fifo", 0.6), ("sjf", 0.6), ("fifo", 0.7), ("sjf", 0.7)];
    assert_eq!(named, expected.map(|(v, l)| (v.to_owned(), l)));
    let of: Vec<Row> = rows(&once[1]).into_iter().filter(|r| r.text("metric") == "wait_s.mean").collect();
    for pair in of.chunks(2) {
        let difference = pair[0].real("mean") - pair[1].real("mean");
        assert!((pair[0].real("difference") - difference).abs() < 1e-12 * pair[0].real("mean"));
        assert!(!pair[1].has("difference"));
    }
    // Larger tasks instead of more: other waits at the same loads.
    let sized = sweep("1", "sizes");
    assert_ne!(sized[0], once[0]);
    assert_eq!(points(&home, "wait_s.mean").iter().map(|p| p.2).collect::<Vec<_>>(), [0.5, 0.5, 0.6, 0.6, 0.7, 0.7]);
}

/// Of 10 units at load 0.4: 5 at 0.8, and 4.44, that is 4, at 0.9, which makes it 1.
#[test]
fn a_smaller_machine_tells_which_load_it_reached() {
    let home = Folder::new();
    let mut scenario = mm1(4.0);
    scenario["cluster"] = units(&[("cpu", 10)]);
    home.file("mm1.json", &scenario.to_string());
    let sweep = ["compare", "mm1.json", "--load", "0.8,0.9", "--load-by", "machine", "--no-plots"];
    let said = xpusim(home.path(), &sweep).exits(0);
    assert!(
        said.out.contains("Load 0.9 of as documented is really 1.0000") && !said.out.contains("Load 0.8 of"),
        "{}",
        said.out
    );
    let found = points(&home, "wait_s.mean");
    assert_eq!(found.iter().map(|p| (p.1, p.2, p.5)).collect::<Vec<_>>(), [(0.8, 0.8, false), (0.9, 1.0, true)]);
}

#[test]
fn a_sweep_that_cannot_be_says_why() {
    let home = Folder::new();
    home.file("mm1.json", &mm1(0.5).to_string());
    let compare = |more: &[&str]| xpusim(home.path(), &[&["compare", "mm1.json"], more].concat());
    compare(&["--load", "0.5:0.9"]).exits(2).complains(&["FROM:TO:STEP"]);
    compare(&["--load", "0.5:0.93:0.1"]).exits(2).complains(&["0.9 or 1"]);
    compare(&["--load", "0.5", "--load-by", "tasks"]).exits(2).complains(&["arrivals", "machine"]);
    compare(&["--load-by", "sizes", "--vary", "seed=1"]).exits(2).complains(&["--load"]);
    let closed = r#"workload.0.arrivals={"process":"closed","clients":3,"think_time":1}"#;
    compare(&["--load", "0.5", "--set", closed]).exits(3).complains(&["--load", "closed", "synthetic"]);
    let at_once = r#"workload.0.arrivals={"process":"at-once"}"#;
    compare(&["--load", "0.5", "--set", at_once]).exits(3).complains(&["--load", "one instant"]);
}

/// Two units for tasks of 1 s every second are a load of 0.5; a log at 1.5 times that pace is 0.75.
#[test]
fn logs_are_swept_too() {
    let home = Folder::new();
    let log: String = (0..40).map(|i| format!("{} {i} -1 1 1 -1 -1 1 1 -1 1 1 1 -1 1 -1 -1 -1\n", i + 1)).collect();
    home.file("log.swf", &log);
    let sweep = ["replay", "log.swf", "--units", "2", "--load", "0.5,0.75", "--no-plots", "-q", "--out", "results/mm1"];
    xpusim(home.path(), &sweep).exits(0);
    assert_eq!(points(&home, "makespan_s").iter().map(|p| (p.2, p.3)).collect::<Vec<_>>(), [(0.5, 40.0), (0.75, 27.0)]);
}
