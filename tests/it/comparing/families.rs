//! Verdicts over the whole table.

use serde_json::Value;

use super::home;
use crate::support::{Row, rows, xpusim};

fn tidy(scenario: &str, flags: &[&str]) -> Vec<Row> {
    let home = home();
    xpusim(home.path(), &[&["compare", scenario, "--no-plots", "--quiet", "--out", "o"], flags].concat()).exits(0);
    rows(&home.read("o/comparison.csv"))
}

fn find<'a>(rows: &'a [Row], variant: &str, metric: &str) -> &'a Row {
    rows.iter().find(|r| r.text("variant") == variant && r.text("metric") == metric).unwrap()
}

/// Waits of 5 and 0 s in every replication: no spread, so p is 0 and the verdict is certain. Two CPUs are busy for
/// half as long, which is neither good nor bad; they work through it in 10 s instead of 20.
#[test]
fn a_difference_without_spread_is_certain() {
    let found = tidy("written.json", &["--vary", "cluster.nodes.0.units.0.count=1,2"]);
    let wait = find(&found, "2", "wait_s.mean");
    assert_eq!((wait.real("difference"), wait.real("p_value"), wait.real("p_holm")), (-5.0, 0.0, 0.0));
    assert_eq!((wait.real("difference_ci95_low"), wait.real("difference_ci95_high")), (-5.0, -5.0));
    assert_eq!(wait.text("verdict"), "better");
    let span = find(&found, "2", "makespan_s");
    assert_eq!((span.real("difference"), span.text("verdict")), (-10.0, "better"));
    // One of two CPUs' shares is the same whole: both are busy to the end.
    assert_eq!(find(&found, "2", "utilization.cpu").text("verdict"), "no difference shown");
    let back = tidy("written.json", &["--vary", "cluster.nodes.0.units.0.count=1,2", "--baseline", "2"]);
    assert_eq!(find(&back, "1", "wait_s.mean").text("verdict"), "worse");
    assert!(!find(&back, "2", "wait_s.mean").has("difference"));
}

/// Under first come first served alone, tasks of one width meet the same fate with backfilling and without.
#[test]
fn equal_policies_show_no_difference() {
    let found = tidy("random.json", &["--vary", "policies.scheduler=fifo,easy", "--replications", "5"]);
    let judged: Vec<&Row> = found.iter().filter(|r| r.has("verdict")).collect();
    assert!(judged.len() > 5);
    for row in judged {
        assert_eq!((row.real("p_value"), row.real("p_holm")), (1.0, 1.0));
        assert_eq!(row.text("verdict"), "no difference shown");
    }
}

/// Holm's rule worked again from the p-values of the file: sorted, the i-th of m is times `m - i`, and none falls.
/// Verdicts follow the adjusted values alone.
#[test]
fn verdicts_are_those_of_the_family() {
    let flags = ["--vary", "policies.scheduler=fifo,sjf,ljf", "--vary", "cluster.nodes.0.units.0.count=2,3"];
    let home = home();
    let all = [&["compare", "random.json", "--no-plots", "--json", "--out", "o", "--replications", "6"], &flags[..]];
    let json: Value = serde_json::from_str(&xpusim(home.path(), &all.concat()).exits(0).out).unwrap();
    let found = rows(&home.read("o/comparison.csv"));
    let mut family: Vec<&Row> = found.iter().filter(|r| r.has("p_holm")).collect();
    assert_eq!(json["holm"]["family"], family.len());
    // Nine metrics are shown of each of five variants beside the baseline.
    assert_eq!(family.len(), 45);
    family.sort_by(|a, b| a.real("p_value").total_cmp(&b.real("p_value")));
    let mut least = 0.0f64;
    let mut alone = 0;
    for (i, row) in family.iter().enumerate() {
        least = least.max((row.real("p_value") * (family.len() - i) as f64).min(1.0));
        assert!((row.real("p_holm") - least).abs() < 1e-12, "{row:?}");
        let is_shown = row.text("verdict") != "no difference shown";
        assert_eq!(is_shown, least < 0.05, "{row:?}");
        alone += u32::from(row.real("p_value") < 0.05 && !is_shown);
    }
    // The adjustment is not idle here: some differences would pass alone.
    assert!(alone > 0);
    assert!(found.iter().any(|r| r.has("p_value") && !r.has("verdict")), "metrics outside the family");
}
