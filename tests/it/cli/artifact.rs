//! Results that travel: bundles, runs repeated from their manifest, files for other programs.

use super::super::support::{Folder, xpusim};
use super::{GOOD, files, home};

/// A log of three jobs, named by a path that stays within the folder.
fn with_log() -> Folder {
    let home = home();
    home.file("logs/small.csv", "task,arrival_s,run_s,units\na,0,5,1\nb,1,2,1\nc,1,3,1\n");
    let log =
        r#"[{"source": "trace", "name": "log", "format": "tasks-csv", "path": "logs/small.csv", "runs_on": ["cpu"]}]"#;
    let start = GOOD.find("\"workload\"").unwrap();
    home.file("log.json", &format!("{}\"workload\": {log}}}\n", &GOOD[..start]));
    home
}

/// Equal results are told as equal; one changed digit is found, with its file and line.
#[test]
fn a_run_is_repeated_from_its_manifest() {
    let home = home();
    xpusim(home.path(), &["run", "good.json", "--set", "cluster.nodes.0.units.0.count=3", "--events", "-q"]).exits(0);
    let said = xpusim(home.path(), &["reproduce", "results/good"]).exits(0);
    assert!(said.out.contains("equal to the byte") && !said.out.contains("not kept"), "{}", said.out);
    let tasks = home.read("results/good/tasks.csv");
    let line = tasks.lines().count();
    home.file("results/good/tasks.csv", &format!("{}9\n", tasks.trim_end()));
    let said = xpusim(home.path(), &["reproduce", "results/good", "--jobs", "1"]).exits(1);
    assert!(said.err.contains(&format!("tasks.csv: differs from line {line} on")), "{}", said.err);
}

#[test]
fn a_comparison_and_the_demo_are_repeated_too() {
    let home = home();
    let vary = "policies.scheduler=fifo,sjf";
    let compare = ["compare", "good.json", "--vary", vary, "--replications", "2", "-q"];
    xpusim(home.path(), &compare).exits(0);
    xpusim(home.path(), &["reproduce", "results/good"]).exits(0);
    let tune = ["tune", "good.json", "--param", "policies.scheduler=fifo,sjf", "--objective", "wait_s.mean", "-q"];
    xpusim(home.path(), &[&tune[..], &["--budget", "16", "--final", "4"]].concat()).exits(0);
    xpusim(home.path(), &["reproduce", "results/good-tuned"]).exits(0);
    xpusim(home.path(), &["demo", "--no-plots", "-q"]).exits(0);
    xpusim(home.path(), &["reproduce", "results/demo"]).exits(0);
}

/// The archive holds the log; unpacked elsewhere it needs nothing else.
#[test]
fn a_bundle_repeats_its_run_far_from_home() {
    let home = with_log();
    xpusim(home.path(), &["run", "log.json", "-q", "--no-plots", "--out", "out"]).exits(0);
    xpusim(home.path(), &["bundle", "out"]).exits(0);
    xpusim(home.path(), &["bundle", "out"]).exits(4);
    let first = std::fs::read(home.path().join("out.tar.gz")).unwrap();
    xpusim(home.path(), &["bundle", "out", "--force"]).exits(0);
    assert_eq!(first, std::fs::read(home.path().join("out.tar.gz")).unwrap());
    let far = Folder::new();
    let archive = std::fs::File::open(home.path().join("out.tar.gz")).unwrap();
    tar::Archive::new(flate2::read::MultiGzDecoder::new(archive)).unpack(far.path()).unwrap();
    assert_eq!(files(&far, "out/inputs/logs"), ["small.csv"]);
    drop(home);
    xpusim(far.path(), &["reproduce", "out"]).exits(0);
}

/// A log given by an absolute path is called otherwise in the archive.
#[test]
fn a_bundle_of_a_replay_holds_its_log() {
    let home = with_log();
    let log = home.path().join("logs/small.csv");
    let replay = ["replay", log.to_str().unwrap(), "--units", "2", "-q", "--no-plots", "--out", "out"];
    xpusim(home.path(), &replay).exits(0);
    xpusim(home.path(), &["reproduce", "out"]).exits(0);
    xpusim(home.path(), &["bundle", "out"]).exits(0);
    let far = Folder::new();
    let archive = std::fs::File::open(home.path().join("out.tar.gz")).unwrap();
    tar::Archive::new(flate2::read::MultiGzDecoder::new(archive)).unpack(far.path()).unwrap();
    // Another log under the old name is another run.
    home.file("logs/small.csv", "task,arrival_s,run_s,units\na,0,5,1\n");
    let said = xpusim(home.path(), &["reproduce", "out"]).exits(3);
    assert!(said.err.contains("another file"), "{}", said.err);
    xpusim(home.path(), &["bundle", "out", "--force"]).exits(3);
    drop(home);
    xpusim(far.path(), &["reproduce", "out"]).exits(0);
}

#[test]
fn what_cannot_be_repeated_says_why() {
    let home = home();
    xpusim(home.path(), &["reproduce", "nowhere"]).exits(4);
    home.file("old/manifest.json", "{\"program\": \"xpusim 0.0.1\", \"command\": [\"xpusim\"]}");
    let said = xpusim(home.path(), &["reproduce", "old"]).exits(3);
    assert!(said.err.contains("xpusim 0.0.1"), "{}", said.err);
    home.file("half/manifest.json", "{\"program\": \"xpusim\", \"status\": \"running\"}");
    xpusim(home.path(), &["bundle", "half"]).exits(3);
}

#[test]
fn a_run_is_exported_for_other_programs() {
    let home = home();
    xpusim(home.path(), &["run", "good.json", "-q", "--no-plots"]).exits(0);
    xpusim(home.path(), &["export", "results/good"]).exits(2);
    let said = xpusim(home.path(), &["export", "--perfetto", "--batsim", "results/good"]).exits(0);
    assert!(said.out.contains("60 slices"), "{}", said.out);
    assert_eq!(files(&home, "results/good/batsim"), ["jobs.csv", "machine_states.csv", "schedule.csv"]);
    // Every row of machine states has both units.
    for row in home.read("results/good/batsim/machine_states.csv").lines().skip(1) {
        let counts: u32 = row.split(',').skip(1).map(|n| n.parse::<u32>().unwrap()).sum();
        assert_eq!(counts, 2, "{row}");
    }
    xpusim(home.path(), &["export", "--batsim", "nowhere"]).exits(4);
}
