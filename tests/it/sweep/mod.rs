//! Sweeps from outside: the same bytes whatever happens on the way, and refusals of what would mix results.

mod disturbed;
mod refused;
mod slurm;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::support::{Folder, rows, xpusim};

/// A scenario of `count` tasks.
fn scenario(name: &str, count: u32) -> String {
    format!(
        r#"{{"name": "{name}", "seed": 5,
  "cluster": {{"nodes": [{{"name": "n", "units": [{{"device": "cpu-generic", "count": 2}}]}}]}},
  "workload": [{{"source": "synthetic", "count": {count}, "arrivals": {{"process": "poisson", "rate": 1.5}},
    "tasks": [{{"runs_on": ["cpu"], "duration": {{"dist": "exponential", "mean": 1}}}}]}}]}}"#
    )
}

/// Two variants of two kinds, five replications each: 20 cells.
const GRID: &[&str] =
    &["--vary", "policies.scheduler=fifo,sjf", "--vary", "cluster.nodes.0.units.0.count=1,2", "--replications", "5"];

fn home(count: u32) -> Folder {
    let home = Folder::new();
    home.file("s.json", &scenario("grid", count));
    home
}

fn plan(home: &Folder, folder: &str) {
    xpusim(home.path(), &[&["sweep", "plan", "s.json", "--out", folder, "--quiet"], GRID].concat()).exits(0);
}

/// All files of cells with their bytes, and nothing else: a temporary file would show.
fn cells(sweep: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let Ok(folders) = fs::read_dir(sweep.join("cells")) else { return found };
    for folder in folders {
        for file in fs::read_dir(folder.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            found.insert(path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read(&path).unwrap());
        }
    }
    found
}

/// The files that `compare` writes and whose bytes are promised.
const RESULTS: &[&str] =
    &["comparison.csv", "comparison.json", "comparison.md", "comparison.tex", "variants.csv", "values.csv"];

#[track_caller]
fn same_results(a: &Path, b: &Path) {
    for file in RESULTS {
        let (left, right) = (fs::read(a.join(file)).unwrap(), fs::read(b.join(file)).unwrap());
        assert!(left.len() > 50, "{file} is empty");
        assert!(left == right, "{file} differs between {} and {}", a.display(), b.display());
    }
}

/// Shards in any order and on any number of threads bring what one process brings.
#[test]
fn collected_bytes_are_those_of_compare() {
    let home = home(60);
    let at = |name: &str| home.path().join(name);
    let compared = [&["compare", "s.json", "--out", "one", "--jobs", "1", "--quiet", "--no-plots"], GRID].concat();
    xpusim(home.path(), &compared).exits(0);
    plan(&home, "shards");
    for (shard, jobs) in [("2", "1"), ("0", "2"), ("1", "2")] {
        let arguments = ["sweep", "run", "shards", "--shard", shard, "--of", "3", "--jobs", jobs];
        let said = xpusim(home.path(), &arguments).exits(0);
        assert!(said.out.contains(&format!("of shard {shard} of 3 done")), "{}", said.out);
    }
    plan(&home, "whole");
    xpusim(home.path(), &["sweep", "run", "whole", "--jobs", "1", "--quiet"]).exits(0);
    assert_eq!(cells(&at("shards")).len(), 20);
    assert_eq!(cells(&at("shards")), cells(&at("whole")));
    let said = xpusim(home.path(), &["sweep", "collect", "shards"]).exits(0);
    assert!(said.out.contains("20 of 20 cells collected") && said.out.contains("charts"), "{}", said.out);
    same_results(&at("one"), &at("shards/collected"));
    let json = xpusim(home.path(), &["sweep", "collect", "whole", "--jobs", "2", "--no-plots", "--json"]).exits(0);
    same_results(&at("one"), &at("whole/collected"));
    assert_eq!(json.out, home.read("one/comparison.json"));
    // Every metric of every cell, as in values.csv.
    let tidy = rows(&home.read("shards/collected/cells.csv"));
    let values = rows(&home.read("one/values.csv"));
    assert_eq!(tidy.len(), values.len());
    let last = tidy.iter().find(|r| r.text("cell") == "19" && r.text("metric") == "wait_s.mean").unwrap();
    assert_eq!((last.text("variant"), last.text("replication"), last.text("scenario")), ("sjf / 2", "4", "grid"));
    let same = |r: &&super::support::Row| {
        (r.text("variant"), r.text("metric"), r.text("replication")) == ("sjf / 2", "wait_s.mean", "4")
    };
    assert_eq!(values.iter().find(same).unwrap().text("value"), last.text("value"));
}

/// What is finished is not run again: a limit of 7, then the other 13, then nothing.
#[test]
fn a_run_goes_on_where_the_last_one_ended() {
    let home = home(20);
    plan(&home, "g");
    let says = |arguments: &[&str], words: &str| {
        let said = xpusim(home.path(), arguments).exits(0);
        assert!(said.out.contains(words), "`{words}` is not in:\n{}", said.out);
    };
    says(&["sweep", "run", "g", "--limit", "7"], "7 of 20 cells done, 7 of them now");
    // Cells 0 to 6 are there: of 5 shards, each has 4 cells and some are missing in all; of 20, 7 to 19.
    says(&["sweep", "status", "g", "--of", "20"], "not finished: 7,8,9,10,11,12,13,14,15,16,17,18,19");
    says(&["sweep", "status", "g"], "7 of 20 cells done, 13 missing");
    says(&["sweep", "run", "g"], "20 of 20 cells done, 13 of them now");
    says(&["sweep", "run", "g"], "20 of 20 cells done, 0 of them now");
    says(&["sweep", "status", "g", "--of", "4"], "all 4 shards are finished");
    // Planning the same again changes nothing.
    let before = home.read("g/sweep.json");
    plan(&home, "g");
    assert_eq!(home.read("g/sweep.json"), before);
    let status = xpusim(home.path(), &["sweep", "status", "g", "--json"]).exits(0);
    let status: serde_json::Value = serde_json::from_str(&status.out).unwrap();
    assert_eq!((&status["cells"]["done"], &status["variants"][3]["done"]), (&20.into(), &5.into()));
}

/// Each scenario has its own results, under its own name.
#[test]
fn several_scenarios_share_a_plan() {
    let home = Folder::new();
    home.file("a.json", &scenario("a", 20));
    home.file("b.json", &scenario("../b", 30));
    let two = ["--vary", "policies.scheduler=fifo,sjf", "--replications", "2"];
    xpusim(home.path(), &[&["sweep", "plan", "a.json", "b.json", "--out", "g"][..], &two].concat()).exits(0);
    xpusim(home.path(), &["sweep", "run", "g"]).exits(0);
    xpusim(home.path(), &["sweep", "collect", "g", "--no-plots", "--quiet"]).exits(0);
    for (file, folder) in [("a.json", "a"), ("b.json", "b-1")] {
        let compared = [&["compare", file, "--out", folder, "--no-plots", "--quiet"][..], &two].concat();
        xpusim(home.path(), &compared).exits(0);
        same_results(&home.path().join(folder), &home.path().join("g/collected").join(folder));
    }
    home.file("c.json", &scenario("a", 30));
    xpusim(home.path(), &["sweep", "plan", "a.json", "c.json", "--out", "h"]).exits(3).complains(&["`a`"]);
}

/// The folder of the sweep moves together with that of the scenario and its log.
#[test]
fn a_plan_finds_its_files_where_they_moved() {
    let home = Folder::new();
    for folder in ["here", "here/logs", "here/sweeps"] {
        fs::create_dir(home.path().join(folder)).unwrap();
    }
    let log = "task,arrival_s,run_s,units\n1,0,5,1\n2,1,3,1\n3,1,4,1\n";
    home.file("here/logs/log.csv", log);
    home.file(
        "here/s.json",
        r#"{"name": "log", "cluster": {"nodes": [{"name": "n", "units": [{"device": "cpu-generic", "count": 1}]}]},
            "workload": [{"source": "trace", "format": "tasks-csv", "path": "logs/log.csv", "runs_on": ["cpu"]}]}"#,
    );
    let plan = ["sweep", "plan", "here/s.json", "--vary", "policies.scheduler=fifo,sjf", "--out", "here/sweeps/g"];
    xpusim(home.path(), &plan).exits(0);
    fs::rename(home.path().join("here"), home.path().join("there")).unwrap();
    xpusim(home.path(), &["sweep", "run", "there/sweeps/g", "--limit", "1"]).exits(0);
    // Another log under the same name is another experiment.
    home.file("there/logs/log.csv", &log.replace("2,1,3,1", "2,1,9,1"));
    let refused = xpusim(home.path(), &["sweep", "run", "there/sweeps/g"]).exits(3);
    refused.complains(&["logs/log.csv", "has changed"]);
    fs::remove_file(home.path().join("there/logs/log.csv")).unwrap();
    xpusim(home.path(), &["sweep", "run", "there/sweeps/g"]).exits(3).complains(&["logs/log.csv"]);
    home.file("there/logs/log.csv", log);
    xpusim(home.path(), &["sweep", "run", "there/sweeps/g"]).exits(0);
    // Waits 0, 4 (from 1 to 5) and 7 (from 1 to 8): mean 11/3.
    xpusim(home.path(), &["sweep", "collect", "there/sweeps/g", "--no-plots", "-q"]).exits(0);
    let tidy = rows(&home.read("there/sweeps/g/collected/comparison.csv"));
    let wait = tidy.iter().find(|r| r.text("metric") == "wait_s.mean").unwrap();
    assert!((wait.real("mean") - 11.0 / 3.0).abs() < 1e-12);
}
