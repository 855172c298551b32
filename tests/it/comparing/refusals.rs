//! What may be compared, and with what.

use serde_json::Value;

use super::home;
use crate::support::xpusim;

const COUNT: &str = "cluster.nodes.0.units.0.count=1,2";

#[test]
fn variants_that_saw_different_tasks_are_refused() {
    let home = home();
    let seeds = ["compare", "random.json", "--vary", "seed=1,2", "--replications", "3", "--no-plots"];
    let said = xpusim(home.path(), &seeds).exits(3);
    let said = said.complains(&["`2`", "`1`", "replication 0", "hash", "--different-work"]);
    // Both hashes are told, and differ.
    let words: Vec<&str> = said.err.split("workload hash ").skip(1).collect();
    assert_eq!(words.len(), 2, "{}", said.err);
    assert_ne!(words[0][..16], words[1][..16]);
    assert!(home.read("results/random/manifest.json").contains("incomplete"));
    assert!(!home.path().join("results/random/comparison.json").exists());
}

/// Which difference is told does not depend on threads: the first replication, then the first variant.
#[test]
fn the_same_difference_is_told_on_any_number_of_threads() {
    let home = home();
    let told = |jobs: &str| {
        let vary = "workload.0.arrivals.rate=1.5,2,3,4";
        let flags = ["compare", "random.json", "--vary", vary, "--replications", "9", "--jobs", jobs];
        xpusim(home.path(), &flags).exits(3).err
    };
    assert_eq!(told("1"), told("4"));
    assert!(told("1").contains("`2` and `1.5`"));
}

/// Clients of a closed source come when they have been served, so two machines see different tasks.
#[test]
fn a_closed_source_is_compared_only_when_asked() {
    let home = home();
    let flags = ["compare", "closed.json", "--vary", COUNT, "--no-plots", "--json"];
    xpusim(home.path(), &flags).exits(3).complains(&["closed", "--different-work"]);
    let said = xpusim(home.path(), &[&flags[..], &["--different-work"]].concat()).exits(0);
    let json: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!((&json["paired"], &json["same_workload"]), (&false.into(), &false.into()));
    let shown = xpusim(home.path(), &[&flags[..5], &["--different-work"]].concat()).exits(0);
    assert!(shown.out.contains("not paired") && shown.out.contains("Welch"), "{}", shown.out);
}

/// Where work is the same, leave to differ changes nothing.
#[test]
fn leave_to_differ_is_not_used_where_nothing_differs() {
    let home = home();
    let json = |more: &[&str]| {
        let flags = ["compare", "random.json", "--vary", COUNT, "--replications", "3", "--no-plots", "--json"];
        xpusim(home.path(), &[&flags[..], more].concat()).exits(0).out
    };
    assert_eq!(json(&[]), json(&["--different-work"]));
}

#[test]
fn any_variant_can_be_the_baseline() {
    let home = home();
    let compare = |label: &str| {
        let vary = "policies.scheduler=fifo,sjf,easy";
        let flags = ["compare", "random.json", "--vary", vary, "--replications", "2", "--no-plots", "--json"];
        xpusim(home.path(), &[&flags[..], &["--baseline", label]].concat())
    };
    let json: Value = serde_json::from_str(&compare("sjf").exits(0).out).unwrap();
    assert_eq!(json["baseline"], "sjf");
    let wait = |variant: usize| &json["variants"][variant]["metrics"]["wait_s.mean"];
    assert!(wait(1).get("difference").is_none());
    let difference = wait(0)["mean"].as_f64().unwrap() - wait(1)["mean"].as_f64().unwrap();
    assert!((wait(0)["difference"]["mean"].as_f64().unwrap() - difference).abs() < 1e-9);
    compare("sfj").exits(2).complains(&["`sfj`", "`fifo`", "did you mean `sjf`"]);
}

/// Rates change the tasks, so only what has the same rate is compared.
#[test]
fn groups_have_their_own_baselines() {
    let home = home();
    let rate = "workload.0.arrivals.rate";
    let compare = |within: &str, baseline: &str| {
        let (rates, policies) = (format!("{rate}=1,2"), "policies.scheduler=fifo,sjf");
        let flags = ["compare", "random.json", "--vary", &rates, "--vary", policies, "--replications", "2"];
        xpusim(
            home.path(),
            &[&flags[..], &["--no-plots", "--json", "--within", within, "--baseline", baseline]].concat(),
        )
    };
    let json: Value = serde_json::from_str(&compare(rate, "sjf").exits(0).out).unwrap();
    let baselines: Vec<&str> =
        json["variants"].as_array().unwrap().iter().map(|v| v["baseline"].as_str().unwrap()).collect();
    assert_eq!(baselines, ["1 / sjf", "1 / sjf", "2 / sjf", "2 / sjf"]);
    assert_eq!(json["paired"], true);
    compare("policies.scheduler", "1").exits(3);
    compare("policies.scheduler", "sjf").exits(2).complains(&["--baseline", "`2 / sjf`"]);
    compare("workload.0.arrivals.rat", "sjf").exits(2).complains(&["--within", rate]);
}

/// A variant that cannot run is told by name, whatever else runs beside it.
#[test]
fn a_variant_that_fails_is_named() {
    let home = home();
    let vary = "cluster.nodes.0.units.0.count=2,1";
    let flags = ["compare", "random.json", "--vary", vary, "--replications", "4", "--max-events", "5", "--jobs", "3"];
    xpusim(home.path(), &flags).exits(5).complains(&["variant `2`", "replication 0"]);
}

/// Without randomness ten replications are enough, the first look; and the warm-up is the same for all variants.
#[test]
fn variants_are_replicated_until_they_are_known() {
    let home = home();
    let compare = |scenario: &str, flags: &[&str]| {
        let all = [&["compare", scenario, "--vary", COUNT, "--no-plots", "--json"], flags].concat();
        let said = xpusim(home.path(), &all).exits(0);
        let json: Value = serde_json::from_str(&said.out).unwrap();
        let count =
            |variant: usize| json["variants"][variant]["metrics"]["wait_s.mean"]["values"].as_array().unwrap().len();
        assert_eq!(count(0), count(1));
        (count(0), said.err)
    };
    assert_eq!(compare("written.json", &["--precision", "0.02"]).0, 10);
    let (count, said) = compare("random.json", &["--precision", "0.01", "--max-replications", "20"]);
    assert_eq!(count, 20);
    assert!(said.contains("--max-replications"), "{said}");
}
