//! Killed, stopped, damaged, run twice at once: the cells are the same in the end.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::super::support::{Folder, command, xpusim};
use super::{cells, home, plan};

/// Tasks of a cell: some hundredths of a second.
const SLOW: u32 = 1500;

/// Cells that nobody disturbed.
fn undisturbed(home: &Folder) -> std::collections::BTreeMap<String, Vec<u8>> {
    plan(home, "quiet");
    xpusim(home.path(), &["sweep", "run", "quiet", "--quiet"]).exits(0);
    cells(&home.path().join("quiet"))
}

/// A run on one thread that has finished at least `some` of its cells.
fn in_motion(home: &Folder, arguments: &[&str], some: usize) -> Child {
    let mut command = command(home.path(), arguments);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let started = Instant::now();
    while whole(&home.path().join("g")) < some {
        assert!(started.elapsed() < Duration::from_secs(60), "no cells after a minute");
        std::thread::sleep(Duration::from_millis(2));
    }
    child
}

fn whole(sweep: &Path) -> usize {
    cells(sweep).keys().filter(|name| name.ends_with(".json") && !name.starts_with('.')).count()
}

#[test]
fn a_killed_run_that_goes_on_brings_the_same_bytes() {
    let home = home(SLOW);
    let expected = undisturbed(&home);
    plan(&home, "g");
    let sweep = home.path().join("g");
    let mut child = in_motion(&home, &["sweep", "run", "g", "--jobs", "1"], 3);
    child.kill().unwrap();
    child.wait().unwrap();
    let left = whole(&sweep);
    assert!((3..20).contains(&left), "{left} cells were finished: nothing was killed");
    // What a torn disk may leave: half a cell, a cell of zeros, an empty one.
    let file = |cell: u32| sweep.join(format!("cells/00000/{cell:08}.json"));
    let half = fs::read(file(0)).unwrap();
    fs::write(file(0), &half[..half.len() / 2]).unwrap();
    fs::write(file(1), vec![0; half.len()]).unwrap();
    fs::write(file(2), "").unwrap();
    let status = xpusim(home.path(), &["sweep", "status", "g"]).exits(0);
    assert!(status.out.contains("3 damaged"), "{}", status.out);
    xpusim(home.path(), &["sweep", "run", "g", "--jobs", "2", "--quiet"]).exits(0);
    let mut found = cells(&sweep);
    // A temporary file may have been cut off: it has no name of a cell, and nobody reads it.
    found.retain(|name, _| !name.ends_with(".tmp"));
    assert_eq!(found, expected);
}

#[cfg(unix)]
#[test]
fn who_is_told_to_stop_leaves_whole_cells_and_says_how_to_go_on() {
    for (signal, shard, code, words) in [
        ("TERM", &["--shard", "0", "--of", "1"][..], 75, "sweep run g --shard 0 --of 1"),
        ("TERM", &[], 143, "sweep run g"),
        ("INT", &["--shard", "0", "--of", "1"], 130, "resume with"),
    ] {
        let home = home(SLOW);
        plan(&home, "g");
        let child = in_motion(&home, &[&["sweep", "run", "g", "--jobs", "1"], shard].concat(), 1);
        let asked = Command::new("kill").args([&format!("-{signal}"), &child.id().to_string()]).status().unwrap();
        assert!(asked.success());
        let ended = child.wait_with_output().unwrap();
        let err = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(ended.status.code(), Some(code), "{signal}: {err}");
        assert!(err.contains("stopped") && err.contains(words), "{err}");
        let left = cells(&home.path().join("g"));
        assert!(left.len() < 20 && left.keys().all(|name| name.ends_with(".json")), "{:?}", left.keys());
        let status = xpusim(home.path(), &["sweep", "status", "g"]).exits(0);
        assert!(status.out.contains(&format!("{} of 20 cells done, {} missing", left.len(), 20 - left.len())));
    }
}

#[test]
fn two_runs_in_one_folder_do_no_harm() {
    let home = home(300);
    let expected = undisturbed(&home);
    plan(&home, "g");
    let start = || command(home.path(), &["sweep", "run", "g", "--jobs", "1", "-q"]).spawn().unwrap();
    let both = [start(), start()];
    for mut child in both {
        assert!(child.wait().unwrap().success());
    }
    assert_eq!(cells(&home.path().join("g")), expected);
}

/// 40 tasks take 80 events or more, and 5 take 10: a limit of 50 lets one variant through.
#[test]
fn a_cell_that_fails_does_not_end_the_others() {
    let home = home(5);
    let vary = ["--vary", "workload.0.count=40,5", "--different-work", "--replications", "3"];
    xpusim(home.path(), &[&["sweep", "plan", "s.json", "--out", "g", "-q"][..], &vary].concat()).exits(0);
    let failed = xpusim(home.path(), &["sweep", "run", "g", "--max-events", "50"]).exits(5);
    let failed = failed.complains(&["3 of 6 cells done", "3 cells failed", "cell 0 (variant `40`, replication 0)"]);
    assert!(!failed.err.contains("cell 3"), "{}", failed.err);
    let names: Vec<String> = cells(&home.path().join("g")).into_keys().collect();
    let expected =
        ["00000000.failed", "00000001.failed", "00000002.failed", "00000003.json", "00000004.json", "00000005.json"];
    assert_eq!(names, expected);
    let status = xpusim(home.path(), &["sweep", "status", "g"]).exits(0);
    assert!(status.out.contains("3 of 6 cells done, 3 failed\n"), "{}", status.out);
    xpusim(home.path(), &["sweep", "run", "g"]).exits(0);
    assert!(cells(&home.path().join("g")).keys().all(|name| name.ends_with(".json")));
}
