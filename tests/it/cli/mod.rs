//! The command as its users meet it: exit codes, where words and data go, what is left behind.

mod artifact;
mod input;
mod words;

use std::process::Stdio;

use serde_json::Value;

use super::support::{Folder, command, rows, xpusim};

/// A small scenario that runs.
const GOOD: &str = r#"{
  "name": "good",
  "cluster": {"nodes": [{"name": "n", "units": [{"device": "cpu-generic", "count": 2}]}]},
  "workload": [{"source": "synthetic", "count": 60, "arrivals": {"process": "poisson", "rate": 1.5},
    "tasks": [{"runs_on": ["cpu"], "duration": {"dist": "exponential", "mean": 1}}]}]
}
"#;

fn home() -> Folder {
    let home = Folder::new();
    home.file("good.json", GOOD);
    home
}

fn files(home: &Folder, folder: &str) -> Vec<String> {
    let read = std::fs::read_dir(home.path().join(folder)).unwrap();
    let mut names: Vec<String> = read.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// A table on stdout; the tables, the charts and nothing half-written in the folder.
#[test]
fn a_run_leaves_its_results() {
    let home = home();
    let said = xpusim(home.path(), &["run", "good.json"]).exits(0);
    assert!(said.out.contains("wait_s") && said.out.contains("results/good"), "{}", said.out);
    assert_eq!(said.err, "");
    let expected = ["manifest.json", "plots", "summary.json", "tasks.csv", "timeline.csv", "units.csv"];
    assert_eq!(files(&home, "results/good"), expected);
    let charts = files(&home, "results/good/plots");
    assert!(charts.len() >= 4 && charts.iter().all(|c| c.ends_with(".svg")), "{charts:?}");
    assert_eq!(rows(&home.read("results/good/tasks.csv")).len(), 60);
    let manifest: Value = serde_json::from_str(&home.read("results/good/manifest.json")).unwrap();
    assert_ne!(manifest["status"], "running");
    // Once more into the same folder, and charts from the files alone.
    xpusim(home.path(), &["run", "good.json", "--quiet", "--no-plots"]).exits(0);
    std::fs::remove_dir_all(home.path().join("results/good/plots")).unwrap();
    let redrawn = xpusim(home.path(), &["plot", "results/good"]).exits(0);
    assert_eq!(files(&home, "results/good/plots").iter().filter(|n| n.ends_with(".svg")).count(), charts.len());
    assert_eq!(redrawn.out.lines().count(), files(&home, "results/good/plots").len());
}

#[test]
fn flags_choose_what_is_written() {
    let home = home();
    xpusim(home.path(), &["run", "good.json", "--summary-only", "--out", "a/b/c", "-q"]).exits(0);
    assert_eq!(files(&home, "a/b/c"), ["manifest.json", "summary.json"]);
    xpusim(home.path(), &["run", "good.json", "--events", "--no-plots", "--out", "e", "-q"]).exits(0);
    assert!(files(&home, "e").contains(&"events.csv".to_owned()));
    assert_eq!(rows(&home.read("e/events.csv")).iter().filter(|r| r.text("event") == "submitted").count(), 60);
}

/// With `--json` stdout is one JSON document, the bytes of `summary.json`; with `--quiet` nothing is said.
#[test]
fn stdout_is_for_data() {
    let home = home();
    let said = xpusim(home.path(), &["run", "good.json", "--json", "--no-plots", "--replications", "3"]).exits(0);
    assert_eq!(said.out, home.read("results/good/summary.json"));
    let summary: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!((&summary["scenario"], &summary["replications"]), (&"good".into(), &3.into()));
    let wait = &summary["metrics"]["wait_s.mean"];
    let values: Vec<f64> = wait["values"].as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect();
    assert_eq!(values.len(), 3);
    let mean = values.iter().sum::<f64>() / 3.0;
    assert!((wait["mean"].as_f64().unwrap() - mean).abs() < 1e-12 * mean);
    // Student's t with 2 degrees of freedom at 97.5 %: 4.302653.
    let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / 2.0;
    let half = 4.302_652_729_9 * (variance / 3.0).sqrt();
    let ends = wait["ci95"].as_array().unwrap();
    assert!((ends[0].as_f64().unwrap() - (mean - half)).abs() < 1e-9, "{wait}");
    assert!((ends[1].as_f64().unwrap() - (mean + half)).abs() < 1e-9, "{wait}");
    let quiet = xpusim(home.path(), &["run", "good.json", "--quiet", "--no-plots"]).exits(0);
    assert_eq!((quiet.out.as_str(), quiet.err.as_str()), ("", ""));
}

/// Flags go before the file, `--set` reaches everything.
#[test]
fn flags_and_settings_change_the_scenario() {
    let home = home();
    let summary = |more: &[&str]| {
        let said = xpusim(home.path(), &[&["run", "good.json", "--json", "--no-plots"], more].concat()).exits(0);
        serde_json::from_str::<Value>(&said.out).unwrap()["metrics"].clone()
    };
    let plain = summary(&[]);
    assert_eq!(summary(&["--set", "seed=1"]), plain);
    assert_ne!(summary(&["--seed", "2"]), plain);
    assert_eq!(summary(&["--seed", "2"]), summary(&["--set", "seed=2"]));
    assert_eq!(summary(&["--set", "workload.0.count=7"])["tasks.submitted"]["mean"], 7.0);
    let alone = summary(&["--set", "cluster.nodes.0.units.0.count=1"]);
    assert!(alone["wait_s.mean"]["mean"].as_f64() > plain["wait_s.mean"]["mean"].as_f64());
}

/// A folder of somebody else's files is not written into, unless it is forced; a file is no folder.
#[test]
fn other_peoples_files_are_left_alone() {
    let home = home();
    std::fs::create_dir(home.path().join("thesis")).unwrap();
    home.file("thesis/summary.json", "mine");
    xpusim(home.path(), &["run", "good.json", "--out", "thesis"]).exits(4).complains(&["thesis", "--force"]);
    assert_eq!(home.read("thesis/summary.json"), "mine");
    xpusim(home.path(), &["run", "good.json", "--out", "thesis", "--force", "--no-plots"]).exits(0);
    xpusim(home.path(), &["run", "good.json", "--out", "good.json"]).exits(4).complains(&["good.json"]);
    xpusim(home.path(), &["run", "good.json", "--out", "good.json/below"]).exits(4).complains(&["good.json/below"]);
}

#[test]
fn a_limit_stops_without_progress() {
    let home = home();
    let stopped = xpusim(home.path(), &["run", "good.json", "--max-events", "5"]).exits(5);
    stopped.complains(&["5 events"]);
    assert!(files(&home, "results/good").iter().all(|f| !f.ends_with(".tmp")), "{:?}", files(&home, "results/good"));
}

/// Relations on the metrics of a comparison; two units wait less than one.
#[test]
fn a_comparison_can_be_held_to_what_is_expected() {
    let home = home();
    let compare = |expect: &str| {
        let vary = "cluster.nodes.0.units.0.count=1,2";
        xpusim(home.path(), &["compare", "good.json", "--vary", vary, "--expect", expect, "--no-plots"])
    };
    compare("2.wait_s.mean < 1.wait_s.mean").exits(0);
    compare("2.wait_s.mean >= 1.wait_s.mean").exits(1).complains(&["does not hold"]);
    compare("3.wait_s.mean > 0").exits(2).complains(&["3.wait_s.mean"]);
    compare("nonsense").exits(2);
    let tidy = rows(&home.read("results/good/comparison.csv"));
    assert!(tidy.iter().any(|r| r.text("variant") == "2" && r.text("metric") == "wait_s.mean"));
}

/// A reader that goes away early (`xpusim … | head -1`) is no failure.
#[test]
fn a_closed_pipe_is_no_panic() {
    let home = home();
    for arguments in [&["list"][..], &["schema"], &["run", "good.json", "--no-plots", "--json"]] {
        let mut child = command(home.path(), arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let ended = child.wait_with_output().unwrap();
        assert!(ended.status.success(), "{arguments:?}: {ended:?}");
        assert_eq!(String::from_utf8_lossy(&ended.stderr), "", "{arguments:?}");
    }
}

/// An interrupted run says so by its exit code and leaves no half-written file.
#[cfg(unix)]
#[test]
fn signals_stop_a_run() {
    for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
        let home = home();
        let endless = ["run", "good.json", "--set", "workload.0.count=1000000000", "--out", "o", "--no-plots"];
        let mut child = command(home.path(), &endless).stderr(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
        // The folder's manifest is written once the signals are listened to.
        while !home.path().join("o/manifest.json").is_file() {
            assert!(child.try_wait().unwrap().is_none(), "it ended by itself");
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        std::process::Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(code), "{signal}");
        assert_eq!(files(&home, "o"), ["manifest.json"], "{signal}");
    }
}
