//! Bad input: the exit code, and words that say where and what.

use super::super::support::{Folder, xpusim};
use super::{GOOD, home};

/// The scenario with one part replaced.
fn with(from: &str, to: &str) -> Folder {
    assert!(GOOD.contains(from), "{from}");
    let home = Folder::new();
    home.file("s.json", &GOOD.replacen(from, to, 1));
    home
}

#[test]
fn a_misspelt_key_is_told_with_its_place_and_what_was_meant() {
    let home = with("\"arrivals\"", "\"arivals\"");
    // Line 4, where the key begins.
    let column = 1 + GOOD.lines().nth(3).unwrap().find("\"arrivals\"").unwrap();
    let place = format!("s.json:4:{column}");
    for command in ["validate", "run"] {
        let said = xpusim(home.path(), &[command, "s.json"]).exits(3);
        said.complains(&[&place, "/workload/0/arivals", "unknown key `arivals`", "did you mean `arrivals`?"]);
    }
    assert!(!home.path().join("results").exists(), "a bad scenario must leave nothing behind");
}

#[test]
fn all_mistakes_are_told_at_once() {
    let home = Folder::new();
    home.file(
        "shape.json",
        r#"{"name": "x", "sede": 1,
            "cluster": {"nodes": [{"name": "n", "units": [{"device": "cpu-generic", "count": -2}]}]},
            "workload": [{"source": "synthetic", "count": 5, "arrivals": {"process": "poison", "rate": 1},
                          "tasks": [{"runs_on": ["cpu"], "duration": "5 GiB"}]}]}"#,
    );
    let said = xpusim(home.path(), &["validate", "shape.json"]).exits(3);
    assert_eq!(said.err.matches("error: ").count(), 4, "{}", said.err);
    said.complains(&["/sede", "`seed`", "/count", "`poisson`", "/duration", "5 GiB"]);
    home.file(
        "sense.json",
        r#"{"name": "x", "replications": 0, "warmup": "1h", "stop": {"time": "10min"},
            "cluster": {"nodes": [{"name": "n", "units": [{"device": "cpu-generik"}]}]},
            "workload": [{"source": "synthetic", "arrivals": {"process": "poisson", "rate": 0},
                          "tasks": [{"runs_on": ["cpu"], "duration": 1, "share": 50}]}],
            "policies": {"scheduler": "conservativ", "sleep": {"name": "timeout", "afer": 3}, "cloud": "always"}}"#,
    );
    let said = xpusim(home.path(), &["validate", "sense.json"]).exits(3);
    said.complains(&["/replications", "/warmup", "`cpu-generic`", "/share", "percentage", "`conservative`"]);
}

#[test]
fn what_is_no_json_is_told_by_line_and_column() {
    let home = Folder::new();
    for (text, words) in [
        ("{\"name\": \"x\",", &["s.json:1:"][..]),
        ("{\"name\": \"x\",\n  \"seed\": 01}", &["s.json:2:"]),
        ("", &["s.json"]),
        ("{\"seed\": 1, \"seed\": 2}", &["s.json:1:", "seed"]),
        ("\u{1f}\u{8b}", &["s.json"]),
        (&"[".repeat(100_000), &["s.json:1:"]),
    ] {
        home.file("s.json", text);
        xpusim(home.path(), &["run", "s.json"]).exits(3).complains(words);
    }
}

#[test]
fn a_missing_file_is_a_matter_of_files() {
    let home = home();
    for arguments in [&["run", "absent.json"][..], &["validate", "absent.json"], &["replay", "absent.swf"]] {
        let said = xpusim(home.path(), arguments).exits(4);
        assert!(said.err.starts_with("error: ") && !said.err.contains("error: error"), "{}", said.err);
        said.complains(&["absent"]);
    }
    xpusim(home.path(), &["plot", "absent"]).exits(4).complains(&["absent"]);
}

#[test]
fn settings_are_checked_like_the_file() {
    let home = home();
    let set = |setting: &str| xpusim(home.path(), &["run", "good.json", "--no-plots", "--set", setting]);
    set("policies.scheduler=easyy").exits(3).complains(&["--set policies.scheduler", "easyy", "did you mean `easy`?"]);
    set("policies.schedular=easy").exits(3).complains(&["--set", "`schedular`", "did you mean `scheduler`?"]);
    set("cluster.nodes.7.count=2").exits(3).complains(&["--set", "7"]);
    set("no-equals-sign").exits(2).complains(&["no-equals-sign"]);
    set("seed=-1").exits(3).complains(&["--set seed", "-1"]);
}

#[test]
fn physics_that_cannot_be_is_refused() {
    for (from, to, pointer) in [
        ("\"rate\": 1.5", "\"rate\": -1.5", "/workload/0/arrivals/rate"),
        ("\"mean\": 1", "\"mean\": \"1 GiB\"", "/workload/0/tasks/0/duration/mean"),
        ("\"count\": 60, ", "", "/workload/0"),
        ("[\"cpu\"]", "[\"gpu\"]", "/workload/0/tasks/0/runs_on"),
        ("[\"cpu\"]", "[\"cpu\"], \"units\": 3", "/workload/0/tasks/0/units"),
        ("[\"cpu\"]", "[\"cpu\"], \"share\": 0", "/workload/0/tasks/0/share"),
        ("\"count\": 2", "\"count\": 99999999", "(/cluster/nodes/0)"),
        ("\"name\": \"good\",", "\"name\": \"good\", \"policies\": {\"cloud\": \"always\"},", "/policies/cloud"),
    ] {
        let home = with(from, to);
        xpusim(home.path(), &["validate", "s.json"]).exits(3).complains(&["s.json:", pointer]);
    }
}

/// Paths may not lead out of the scenario's folder, unless that is allowed.
#[test]
fn a_scenario_cannot_read_what_lies_elsewhere() {
    let home = Folder::new();
    std::fs::create_dir(home.path().join("inner")).unwrap();
    home.file("log.swf", "; MaxProcs: 2\n1 0 -1 5 1 -1 -1 1 5 -1 1 1 1 1 1 1 -1 -1\n");
    let trace = r#"{"source": "trace", "format": "swf", "path": "../log.swf"}"#;
    let cluster = r#"{"nodes": [{"name": "n", "units": [{"device": "cpu-generic", "count": 2}]}]}"#;
    home.file("inner/s.json", &format!(r#"{{"name": "x", "cluster": {cluster}, "workload": [{trace}]}}"#));
    let validate = ["validate", "inner/s.json"];
    xpusim(home.path(), &validate).exits(3).complains(&["/workload/0/path", "--allow-path"]);
    xpusim(home.path(), &[&validate[..], &["--allow-path", "."]].concat()).exits(0);
    // A damaged log is told by its line.
    home.file("log.swf", "; MaxProcs: 2\n1 0 -1 five 1 -1 -1 1 5 -1 1 1 1 1 1 1 -1 -1\n");
    let damaged = xpusim(home.path(), &["replay", "log.swf", "--units", "2"]);
    damaged.exits(3).complains(&["log.swf", "2", "five"]);
}
