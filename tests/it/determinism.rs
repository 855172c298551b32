//! The same input gives the same bytes.

use std::fs;
use std::path::Path;

use super::support::{Folder, xpusim};

/// Something of everything that draws at random or could depend on an order: two sources, kinds, shares, memory,
/// deadlines, estimates that are wrong, clocks, sleep, a cloud, and random placement.
const SCENARIO: &str = r#"{
  "name": "all-of-it", "seed": 7, "replications": 4, "warmup": 20,
  "cluster": {"nodes": [
    {"name": "a", "count": 2, "units": [{"device": "a100-sxm", "count": 2}, {"device": "cpu-generic", "count": 2}]},
    {"name": "b", "units": [{"device": "l4", "count": 2}]}]},
  "workload": [
    {"source": "synthetic", "count": 150, "arrivals": {"process": "poisson", "rate": 0.5},
     "tasks": [
       {"name": "wide", "runs_on": {"gpu": 1, "cpu": 0.2}, "units": 2, "memory": "5 GB", "estimate": {"factor": 1.7},
        "duration": {"dist": "lognormal", "mean": 9, "cv": 1.3}, "deadline": 60, "input": "10 MB"},
       {"name": "part", "runs_on": ["gpu"], "share": 0.5, "memory": {"dist": "uniform", "low": 1e9, "high": 9e9},
        "duration": {"dist": "gamma", "mean": 5, "cv": 0.8}, "beta": 0.5}]},
    {"source": "synthetic", "count": 40, "arrivals": {"process": "batch",
      "interarrival": {"dist": "exponential", "mean": 30}, "size": {"dist": "uniform", "low": 1, "high": 8}},
     "tasks": [{"name": "small", "runs_on": ["cpu"], "duration": {"dist": "exponential", "mean": 4}}]}],
  "policies": {"scheduler": {"order": "sjf", "backfill": "easy", "placement": "random"}, "memory": "best-fit",
    "power": "ondemand", "sleep": {"name": "timeout", "after": 8}, "cloud": {"name": "threshold", "backlog": 6},
    "adaptive": "last-two"},
  "cloud": {"rtt": {"dist": "exponential", "mean": 0.2}, "price_per_hour": 1}
}"#;

const FILES: &[&str] = &["summary.json", "tasks.csv", "units.csv", "timeline.csv", "events.csv"];

fn simulate(cwd: &Path, scenario: &Path, out: &Path, more: &[&str]) {
    let (scenario, out) = (scenario.to_str().unwrap(), out.to_str().unwrap());
    let flags = ["run", scenario, "--out", out, "--events", "--no-plots", "--quiet"];
    xpusim(cwd, &[&flags, more].concat()).exits(0);
}

#[track_caller]
fn same(a: &Path, b: &Path) {
    for file in FILES {
        let (left, right) = (fs::read(a.join(file)).unwrap(), fs::read(b.join(file)).unwrap());
        assert!(left.len() > 100, "{file} is empty");
        assert!(left == right, "{file} differs between {} and {}", a.display(), b.display());
    }
}

#[test]
fn runs_threads_and_working_folders_change_no_byte() {
    let home = Folder::new();
    let elsewhere = Folder::new();
    let scenario = home.file("s.json", SCENARIO);
    let out = |name: &str| home.path().join(name);
    simulate(home.path(), &scenario, &out("one"), &["--jobs", "1"]);
    simulate(home.path(), &scenario, &out("again"), &["--jobs", "1"]);
    simulate(home.path(), &scenario, &out("four"), &["--jobs", "4"]);
    simulate(home.path(), &scenario, &out("checked"), &["--check"]);
    // A relative path from another folder.
    let other = Path::new("..").join(home.path().file_name().unwrap());
    simulate(elsewhere.path(), &other.join("s.json"), &other.join("far"), &["--jobs", "2"]);
    for name in ["again", "four", "checked", "far"] {
        same(&out("one"), &out(name));
    }
}

/// Environment, time zone, locale: nothing of it matters.
#[test]
fn the_environment_changes_no_byte() {
    let home = Folder::new();
    let scenario = home.file("s.json", SCENARIO);
    let out = |name: &str| home.path().join(name);
    simulate(home.path(), &scenario, &out("plain"), &[]);
    let code = super::support::command(home.path(), &["run", "s.json", "--out", "odd", "--events", "--no-plots", "-q"])
        .env_clear()
        .env("TZ", "Asia/Kathmandu")
        .env("LC_ALL", "de_DE.UTF-8")
        .status()
        .unwrap();
    assert!(code.success());
    same(&out("plain"), &out("odd"));
}

/// The comparison above could pass on files that depend on nothing: another seed changes them.
#[test]
fn another_seed_changes_the_bytes() {
    let home = Folder::new();
    let scenario = home.file("s.json", SCENARIO);
    let out = |name: &str| home.path().join(name);
    simulate(home.path(), &scenario, &out("seven"), &[]);
    simulate(home.path(), &scenario, &out("eight"), &["--seed", "8"]);
    for file in FILES {
        assert_ne!(fs::read(out("seven").join(file)).unwrap(), fs::read(out("eight").join(file)).unwrap(), "{file}");
    }
}

/// `compare` too, whatever the number of threads.
#[test]
fn a_comparison_is_the_same_on_any_number_of_threads() {
    let home = Folder::new();
    home.file("s.json", SCENARIO);
    let compare = |out: &str, jobs: &str| {
        let vary = "policies.scheduler=fifo,easy,conservative";
        let flags = ["compare", "s.json", "--vary", vary, "--out", out, "--jobs", jobs, "--no-plots", "--quiet"];
        xpusim(home.path(), &flags).exits(0);
        (home.read(&format!("{out}/comparison.csv")), home.read(&format!("{out}/comparison.json")))
    };
    assert_eq!(compare("one", "1"), compare("three", "3"));
}
