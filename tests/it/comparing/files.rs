//! The files of a comparison.

use serde_json::Value;

use super::home;
use crate::support::{rows, xpusim};

const CROSS: [&str; 4] = ["--vary", "policies.scheduler=fifo,sjf", "--vary", "cluster.nodes.0.units.0.count=2,3"];

/// `variants.csv` tells the factors, `values.csv` every value; means and differences are theirs.
#[test]
fn values_are_those_that_the_means_are_of() {
    let home = home();
    let flags = ["compare", "random.json", "--no-plots", "-q", "--out", "o", "--replications", "4"];
    xpusim(home.path(), &[&flags[..], &CROSS].concat()).exits(0);
    let factors: Vec<String> = rows(&home.read("o/variants.csv"))
        .iter()
        .map(|r| ["variant", "factor", "value"].map(|c| r.text(c)).join("|"))
        .collect();
    assert_eq!(factors.len(), 8);
    assert_eq!(factors[2], "fifo / 3|policies.scheduler|fifo");
    assert_eq!(factors[7], "sjf / 3|cluster.nodes.0.units.0.count|3");
    let values = rows(&home.read("o/values.csv"));
    let of = |variant: &str| -> Vec<f64> {
        let wanted = values.iter().filter(|r| r.text("variant") == variant && r.text("metric") == "wait_s.mean");
        let found: Vec<_> = wanted.map(|r| (r.int("replication"), r.real("value"))).collect();
        assert_eq!(found.iter().map(|f| f.0).collect::<Vec<_>>(), [0, 1, 2, 3]);
        found.into_iter().map(|f| f.1).collect()
    };
    let differences: Vec<f64> = of("sjf / 2").iter().zip(of("fifo / 2")).map(|(a, b)| a - b).collect();
    let mean = differences.iter().sum::<f64>() / 4.0;
    let variance = differences.iter().map(|d| (d - mean).powi(2)).sum::<f64>() / 3.0;
    // Student's t with three degrees of freedom at 97.5 %: 3.182446.
    let half = 3.182_446_305 * (variance / 4.0).sqrt();
    let tidy = rows(&home.read("o/comparison.csv"));
    let row = tidy.iter().find(|r| r.text("variant") == "sjf / 2" && r.text("metric") == "wait_s.mean").unwrap();
    assert!((row.real("difference") - mean).abs() < 1e-9);
    assert!((row.real("difference_ci95_low") - (mean - half)).abs() < 1e-8);
    assert!((row.real("difference_ci95_high") - (mean + half)).abs() < 1e-8);
}

/// Each run of the manifest has its variant, its number within it and the hash of its tasks: equal across variants.
#[test]
fn the_manifest_names_variants() {
    let home = home();
    let flags = ["compare", "random.json", "--no-plots", "-q", "--out", "o", "--replications", "2"];
    xpusim(home.path(), &[&flags[..], &CROSS].concat()).exits(0);
    let manifest: Value = serde_json::from_str(&home.read("o/manifest.json")).unwrap();
    let runs = manifest["replications"].as_array().unwrap();
    let names: Vec<(&str, u64)> =
        runs.iter().map(|r| (r["variant"].as_str().unwrap(), r["replication"].as_u64().unwrap())).collect();
    let labels = ["fifo / 2", "fifo / 3", "sjf / 2", "sjf / 3"];
    assert_eq!(names, labels.map(|l| [(l, 0), (l, 1)]).concat());
    assert!(runs.chunks(2).all(|pair| pair[0]["workload_hash"] == runs[0]["workload_hash"]));
    assert_ne!(runs[0]["workload_hash"], runs[1]["workload_hash"]);
    let last = &manifest["variants"][3];
    assert_eq!((&last["variant"], &last["baseline"]), (&"sjf / 3".into(), &"fifo / 2".into()));
    assert_eq!(last["settings"]["cluster.nodes.0.units.0.count"], 3);
    assert_eq!(manifest["variants"][0]["baseline"], Value::Null);
    // A run names no variants.
    xpusim(home.path(), &["run", "random.json", "--no-plots", "-q", "--out", "r"]).exits(0);
    assert!(!home.read("r/manifest.json").contains("variant"));
}

/// The tables for papers: one row per metric, one column per variant, every special sign escaped.
#[test]
fn papers_get_tables() {
    let home = home();
    let flags = ["compare", "written.json", "--set", "name=50 % & more_", "--no-plots", "-q", "--out", "o"];
    xpusim(home.path(), &[&flags[..], &["--vary", "cluster.nodes.0.units.0.count=1,2"]].concat()).exits(0);
    let markdown = home.read("o/comparison.md");
    assert!(markdown.contains("| mean wait (s) | 5 ± 0 | 0 ± 0 ⁺ |"), "{markdown}");
    assert!(markdown.contains("3 replications of seed 1") && markdown.contains("than 1, by paired t"), "{markdown}");
    let latex = home.read("o/comparison.tex");
    assert!(latex.contains(r"mean wait (s) & $5 \pm 0$ & $0 \pm 0^{+}$ \\"), "{latex}");
    assert!(latex.contains(r"50 \% \& more\_") && latex.contains(r"\toprule"), "{latex}");
    // Braces and environments are closed.
    let count = |what: &str| latex.matches(what).count();
    assert_eq!(count("{"), count("}"));
    assert_eq!(count(r"\begin{"), count(r"\end{"));
}

/// Only the summary: no tables.
#[test]
fn summaries_alone_when_asked() {
    let home = home();
    let flags = ["compare", "written.json", "--summary-only", "-q", "--out", "o"];
    xpusim(home.path(), &[&flags[..], &["--vary", "cluster.nodes.0.units.0.count=1,2"]].concat()).exits(0);
    let mut names: Vec<_> = std::fs::read_dir(home.path().join("o")).unwrap().map(|e| e.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["comparison.json", "manifest.json"]);
}
