//! `plots.json` on the command line: kept beside the results, honoured by every command that draws, mistakes told.

use serde_json::Value;

use super::support::{Folder, rows, xpusim};

const SCENARIO: &str = r#"{
  "name": "good",
  "cluster": {"nodes": [{"name": "n", "units": [{"device": "cpu-generic", "count": 2}]}]},
  "workload": [{"source": "synthetic", "count": 60, "arrivals": {"process": "poisson", "rate": 1.5},
    "tasks": [{"runs_on": ["cpu"], "duration": {"dist": "exponential", "mean": 1}}]}]
}
"#;

fn home() -> Folder {
    let home = Folder::new();
    home.file("good.json", SCENARIO);
    home
}

fn charts(home: &Folder, folder: &str) -> Vec<String> {
    let read = std::fs::read_dir(home.path().join(folder).join("plots")).unwrap();
    let mut names: Vec<String> = read.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_choice_of_charts_is_kept_with_the_results_and_holds_for_the_next_drawing() {
    let home = home();
    let choice = home.file("paper.json", r#"{"charts": ["forest", "cdf_wait"], "columns": 2}"#);
    let plots = ["--plots", choice.to_str().unwrap()];
    let compare =
        ["compare", "good.json", "--vary", "policies.scheduler=fifo,sjf", "--replications", "3", "-q", "--out", "c"];
    xpusim(home.path(), &[&compare[..], &plots].concat()).exits(0);
    assert_eq!(charts(&home, "c"), ["cdf_wait.svg", "forest.svg"]);
    assert_eq!(home.read("c/plots.json"), home.read("paper.json"));
    let first = home.read("c/plots/forest.svg");
    assert!(first.starts_with("<svg width=\"504pt\""));
    std::fs::remove_dir_all(home.path().join("c/plots")).unwrap();
    assert_eq!(xpusim(home.path(), &["plot", "c"]).exits(0).out.lines().count(), 2);
    assert_eq!(home.read("c/plots/forest.svg"), first);
    // Another choice for once: the folder keeps its own.
    home.file("narrow.json", r#"{"charts": ["forest"], "columns": 1}"#);
    assert_eq!(xpusim(home.path(), &["plot", "c", "--plots", "narrow.json"]).exits(0).out.lines().count(), 1);
    assert!(home.read("c/plots/forest.svg").starts_with("<svg width=\"252pt\""));
    assert_eq!(home.read("c/plots.json"), home.read("paper.json"));
}

#[test]
fn mistakes_in_a_choice_are_told_before_anything_runs() {
    let home = home();
    home.file("bad.json", r#"{"charts": ["gnatt"]}"#);
    let said = xpusim(home.path(), &["run", "good.json", "--plots", "bad.json", "--out", "r"]).exits(3);
    assert!(
        said.err.contains("bad.json:1:13 (/charts/0)") && said.err.contains("did you mean `gantt`?"),
        "{}",
        said.err
    );
    assert!(!home.path().join("r").exists());
    xpusim(home.path(), &["run", "good.json", "--plots", "none.json", "--out", "r"]).exits(4);
    // What only the results can tell costs the charts, not the results.
    home.file("later.json", r#"{"variants": ["fifi"]}"#);
    let vary = ["compare", "good.json", "--vary", "policies.scheduler=fifo,sjf", "--plots", "later.json", "--out", "c"];
    let said = xpusim(home.path(), &vary).exits(0);
    assert!(said.err.contains("did you mean `fifo`?") && said.err.contains("xpusim plot"), "{}", said.err);
    assert!(home.path().join("c/comparison.csv").exists() && !home.path().join("c/plots").exists());
    xpusim(home.path(), &["plot", "c"]).exits(3);
}

#[test]
fn the_schema_of_a_choice_is_printed() {
    let home = home();
    let said = xpusim(home.path(), &["schema", "plots"]).exits(0);
    let schema: Value = serde_json::from_str(&said.out).unwrap();
    assert!(["charts", "columns", "labels", "colors", "units"].iter().all(|key| schema["properties"][key].is_object()));
}

/// The quantiles of a comparison are those of its tasks: with one replication, those of `run`'s own table.
#[test]
fn distributions_of_a_comparison_are_quantiles_of_its_tasks() {
    let home = home();
    xpusim(home.path(), &["run", "good.json", "-q", "--no-plots", "--out", "r"]).exits(0);
    let compare = ["compare", "good.json", "--vary", "policies.scheduler=fifo,sjf", "-q", "--no-plots", "--out", "c"];
    xpusim(home.path(), &compare).exits(0);
    let mut waits: Vec<f64> = rows(&home.read("r/tasks.csv")).iter().map(|row| row.real("wait_s")).collect();
    waits.sort_unstable_by(f64::total_cmp);
    let table = rows(&home.read("c/distributions.csv"));
    let of_fifo: Vec<(f64, f64)> = table
        .iter()
        .filter(|row| row.text("variant") == "fifo" && row.text("metric") == "wait_s")
        .map(|row| (row.real("q"), row.real("value")))
        .collect();
    assert_eq!(of_fifo.len(), 207);
    for (q, value) in of_fifo {
        // The smallest wait that at least a share q of the 60 tasks do not exceed.
        let rank = waits.iter().enumerate().position(|(index, _)| (index + 1) as f64 / 60.0 >= q).unwrap();
        assert_eq!(value, waits[rank], "{q}");
    }
}
