//! The real thing: a sweep on a Slurm cluster of two nodes, one of which dies.
//!
//! `scripts/slurm-test-cluster.sh` brings the cluster up on this machine. Where Slurm is absent the test is ignored.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use super::super::support::{command, xpusim};
use super::{cells, home, same_results};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/slurm-test-cluster.sh");

/// Longer than this nothing waits.
const PATIENCE: Duration = Duration::from_secs(180);

/// A cluster that goes down with the test. Its folder has a short path: names of sockets are limited.
struct Cluster(PathBuf);

impl Cluster {
    /// `None`, with a word on stderr, where it cannot be brought up.
    fn start() -> Option<Self> {
        let folder = std::env::temp_dir().join(format!("xpusim-slurm-{}", std::process::id()));
        let cluster = Self(folder);
        let started = cluster.script(&["start"], &[&std::process::id().to_string()]);
        if started.status.success() {
            return Some(cluster);
        }
        let why = String::from_utf8_lossy(&started.stderr).into_owned();
        // Daemons want to be root; whoever is and has Slurm must see it work.
        assert!(!is_root(), "the cluster did not come up: {why}");
        eprintln!("ignored: Slurm is here and does not start without root: {}", why.lines().last().unwrap_or_default());
        None
    }

    fn script(&self, before: &[&str], after: &[&str]) -> Output {
        let mut command = Command::new("bash");
        command.arg(SCRIPT).args(before).arg(&self.0).args(after).stdin(std::process::Stdio::null());
        command.output().unwrap()
    }

    fn conf(&self) -> PathBuf {
        self.0.join("slurm.conf")
    }

    /// Array tasks that are not over, a line each.
    fn queue(&self) -> String {
        let mut squeue = Command::new("squeue");
        let output =
            squeue.args(["--noheader", "--array", "--format=%K %T %N"]).env("SLURM_CONF", self.conf()).output();
        String::from_utf8(output.unwrap().stdout).unwrap()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.script(&["stop"], &[]);
        if std::thread::panicking() {
            for log in ["controller.log", "node-a.log", "node-b.log"] {
                let text = fs::read_to_string(self.0.join(log)).unwrap_or_default();
                let lines: Vec<&str> = text.lines().collect();
                eprintln!("{log}:\n{}", lines[lines.len().saturating_sub(20)..].join("\n"));
            }
        }
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|o| o.stdout == b"0\n")
}

/// Waits until `done` holds, and fails with `what` after a while.
fn wait_for(what: &str, mut done: impl FnMut() -> bool) {
    let started = Instant::now();
    while !done() {
        assert!(started.elapsed() < PATIENCE, "{what}: not after {} s", PATIENCE.as_secs());
        std::thread::sleep(Duration::from_millis(200));
    }
}

fn finished(sweep: &Path) -> usize {
    cells(sweep).keys().filter(|name| name.ends_with(".json") && !name.starts_with('.')).count()
}

#[test]
#[cfg_attr(not(slurm), ignore = "no Slurm: apt-get install slurmctld slurmd slurm-client munge")]
fn slurm_brings_the_same_bytes_although_a_node_dies() {
    // Twice 20 cells of about half a second: a shard runs long enough to be hit, on a fast machine too.
    let home = home(24_000);
    let grid = ["--vary", "policies.scheduler=fifo,sjf", "--replications", "20", "-q"];
    for folder in ["local", "cluster"] {
        xpusim(home.path(), &[&["sweep", "plan", "s.json", "--out", folder], &grid[..]].concat()).exits(0);
    }
    let Some(cluster) = Cluster::start() else { return };
    let sweep = home.path().join("cluster");
    let submit = || {
        let arguments = ["sweep", "submit", "cluster", "--slurm", "--shards", "8"];
        let output = command(home.path(), &arguments).env("SLURM_CONF", cluster.conf()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(said.starts_with("job ") && said.contains("8 shards, 40 cells"), "{said}");
    };
    submit();
    wait_for("the first cells", || finished(&sweep) >= 2);
    let crashed = cluster.script(&["crash"], &["a"]);
    assert!(crashed.status.success(), "{}", String::from_utf8_lossy(&crashed.stderr));
    let left = finished(&sweep);
    assert!(left < 40, "all cells were finished before the node died");
    // The other node goes on; Slurm notices, and queues what was lost again.
    wait_for("the end of the array", || cluster.queue().trim().is_empty());
    if finished(&sweep) < 40 {
        // A shard whose end Slurm took for its own: one submits again, and finished cells are skipped.
        submit();
        wait_for("the end of the second array", || cluster.queue().trim().is_empty());
    }
    drop(cluster);
    xpusim(home.path(), &["sweep", "run", "local", "-q"]).exits(0);
    let mut found = cells(&sweep);
    found.retain(|name, _| !name.ends_with(".tmp"));
    assert!(found == cells(&home.path().join("local")), "the cells differ");
    for folder in ["local", "cluster"] {
        xpusim(home.path(), &["sweep", "collect", folder, "--no-plots", "-q"]).exits(0);
    }
    same_results(&home.path().join("local/collected"), &home.path().join("cluster/collected"));
}
