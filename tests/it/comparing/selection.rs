//! The best of many, with as few replications as may be.

use serde_json::Value;

use super::home;
use crate::support::{rows, xpusim};

/// One to four CPUs: with more of them none waits longer, and with few much longer.
const COUNTS: &str = "cluster.nodes.0.units.0.count=1,2,4,3";

fn select(flags: &[&str]) -> (Value, String, String) {
    let home = home();
    let all = [&["compare", "random.json", "--no-plots", "--json", "--out", "o", "--vary"], flags].concat();
    let said = xpusim(home.path(), &all).exits(0);
    (serde_json::from_str(&said.out).unwrap(), home.read("o/selection.csv"), home.read("o/values.csv"))
}

/// The three that wait more leave, the last of them with the last replication of the best, and each has as many as
/// when it left.
#[test]
fn the_best_is_left_alone() {
    let (json, table, values) = select(&[COUNTS, "--select", "wait_s.mean", "--indifference", "0.05"]);
    assert_eq!((&json["procedure"], &json["chosen"]), (&"KN".into(), &"4".into()));
    let table = rows(&table);
    let outcomes: Vec<&str> = table.iter().map(|r| r.text("outcome")).collect();
    assert_eq!(outcomes, ["dropped", "dropped", "chosen", "dropped"]);
    let left = table.iter().filter(|r| r.has("dropped_at")).map(|r| r.int("dropped_at"));
    assert_eq!(left.max(), Some(table[2].int("replications")));
    for row in table.iter().filter(|r| r.has("dropped_at")) {
        assert_eq!(row.int("dropped_at"), row.int("replications"));
        let of =
            |r: &&crate::support::Row| r.text("variant") == row.text("variant") && r.text("metric") == "wait_s.mean";
        assert_eq!(rows(&values).iter().filter(of).count() as u64, row.int("replications"));
    }
}

/// How far replications run ahead on more threads changes nothing.
#[test]
fn a_selection_is_the_same_on_any_number_of_threads() {
    let on = |jobs| select(&[COUNTS, "--select", "wait_s.mean", "--indifference", "0.05", "--jobs", jobs]);
    assert_eq!(on("1"), on("5"));
}

/// The whole budget is used, no variant gets less than the first stage, and the worst one not much more.
#[test]
fn a_budget_goes_where_it_helps() {
    let (json, table, _) = select(&[COUNTS, "--select", "wait_s.mean", "--budget", "100", "--first-stage", "5"]);
    assert_eq!((&json["procedure"], &json["chosen"]), (&"OCBA".into(), &"4".into()));
    let counts: Vec<u64> = rows(&table).iter().map(|r| r.int("replications")).collect();
    assert_eq!(counts.iter().sum::<u64>(), 100);
    assert!(counts.iter().all(|n| *n >= 5), "{counts:?}");
    // What is nearest to the best (three CPUs) is worth more than what is far from it (one).
    assert!(counts[3] > counts[0], "{counts:?}");
    assert!(json["probability"].as_f64().unwrap() > 0.5);
}

#[test]
fn slips_are_told() {
    let home = home();
    let compare = |flags: &[&str]| {
        xpusim(home.path(), &[&["compare", "random.json", "--no-plots", "--vary", COUNTS], flags].concat())
    };
    compare(&["--select", "utilization.cpu"]).exits(2).complains(&["max:utilization.cpu"]);
    compare(&["--select", "wait_s.maen"]).exits(2).complains(&["wait_s.maen", "did you mean `wait_s.mean`"]);
    compare(&["--select", "wait_s.mean", "--budget", "39"]).exits(2).complains(&["39", "at least 40"]);
    compare(&["--select", "wait_s.mean", "--indifference", "0"]).exits(2).complains(&["above 0"]);
    compare(&["--select", "wait_s.mean", "--budget", "50", "--indifference", "1%"]).exits(2);
    compare(&["--budget", "50"]).exits(2).complains(&["--select"]);
    // Equal in all but the name, and no end: it says so.
    let same = ["compare", "random.json", "--no-plots", "--vary", "policies.scheduler=fifo,sjf", "--select"];
    let more = ["wait_s.mean", "--indifference", "1e-9", "--max-replications", "12"];
    let said = xpusim(home.path(), &[&same[..], &more].concat()).exits(1).complains(&["no decision"]);
    assert!(said.out.contains("Undecided after 12"), "{}", said.out);
}
