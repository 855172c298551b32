//! What the other rooms share: running scenarios, reading their tables, folders, the command.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use serde_json::{Value, json};
use xpu_manager_rust::experiment::{Outputs, Replication, RunOptions, replicate};
use xpu_manager_rust::json::Document;
use xpu_manager_rust::policy::registry::Registry;
use xpu_manager_rust::scenario::{Loader, Plan};

/// A folder of its own under the build folder, gone when it goes out of scope.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("it-{}-{number}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Writes a file and returns its path.
    pub fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, text).unwrap();
        path
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.0.join(name)).unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// One row of a CSV file, by column.
#[derive(Clone, Debug, PartialEq)]
pub struct Row(BTreeMap<String, String>);

impl Row {
    pub fn text(&self, column: &str) -> &str {
        self.0.get(column).unwrap_or_else(|| panic!("no column {column}"))
    }

    pub fn has(&self, column: &str) -> bool {
        !self.text(column).is_empty()
    }

    pub fn real(&self, column: &str) -> f64 {
        self.text(column).parse().unwrap_or_else(|_| panic!("{column}: `{}`", self.text(column)))
    }

    pub fn int(&self, column: &str) -> u64 {
        self.text(column).parse().unwrap_or_else(|_| panic!("{column}: `{}`", self.text(column)))
    }

    /// Seconds as nanoseconds, exactly.
    pub fn nanos(&self, column: &str) -> u64 {
        nanos(self.text(column))
    }

    /// `3;4;5` as numbers.
    pub fn list(&self, column: &str) -> Vec<usize> {
        self.text(column).split(';').filter(|n| !n.is_empty()).map(|n| n.parse().unwrap()).collect()
    }
}

/// Decimal seconds as nanoseconds, without floating point.
pub fn nanos(text: &str) -> u64 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let whole: u64 = whole.parse().unwrap_or_else(|_| panic!("not a time: `{text}`"));
    let fraction: u64 = format!("{fraction:0<9}").parse().unwrap();
    whole * 1_000_000_000 + fraction
}

/// Rows of a CSV text.
pub fn rows(text: &str) -> Vec<Row> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().unwrap().clone();
    let row = |r: csv::StringRecord| Row(header.iter().zip(&r).map(|(k, v)| (k.to_owned(), v.to_owned())).collect());
    reader.records().map(|r| row(r.unwrap())).collect()
}

/// What a scenario brought.
pub struct Run {
    pub replications: Vec<Replication>,
    pub tasks: Vec<Row>,
    pub units: Vec<Row>,
    /// The tables of replication 0 as they were written.
    pub folder: Folder,
}

impl Run {
    /// A metric of replication 0.
    pub fn metric(&self, name: &str) -> f64 {
        let found = self.replications[0].metrics.get(name);
        *found.unwrap_or_else(|| panic!("no metric {name}: {:?}", self.replications[0].metrics.keys()))
    }

    /// The row of the task called `name`.
    pub fn task(&self, name: &str) -> &Row {
        self.tasks.iter().find(|t| t.text("task") == name).unwrap_or_else(|| panic!("no task {name}"))
    }

    /// Start of each task in seconds, in the order of `names`.
    pub fn starts<const N: usize>(&self, names: [u32; N]) -> [f64; N] {
        names.map(|n| self.task(&n.to_string()).real("start_s"))
    }

    /// Asserts that a metric has a value to twelve digits.
    #[track_caller]
    pub fn expect(&self, name: &str, value: f64) {
        let found = self.metric(name);
        assert!((found - value).abs() <= 1e-12 * value.abs(), "{name}: found {found}, expected {value}");
    }
}

/// Runs a scenario with its invariants checked at every instant.
pub fn run(scenario: Value) -> Run {
    try_run(scenario, &Loader::default()).unwrap_or_else(|e| panic!("{e}"))
}

/// As [`run`], with files read from where `loader` says; the error in words.
pub fn try_run(mut scenario: Value, loader: &Loader) -> Result<Run, String> {
    let told = scenario.to_string();
    if scenario.get("name").is_none() {
        scenario["name"] = json!("test");
    }
    let registry = Arc::new(Registry::builtin());
    let plan = Plan::new(&Document::from_value(scenario), loader, &registry).map_err(|e| format!("{e}\n{told}"))?;
    let folder = Folder::new();
    let outputs = Outputs { folder: Some(folder.path().to_owned()), events: false, ..Outputs::default() };
    let stop = Arc::new(AtomicBool::new(false));
    let options = RunOptions { check: true, max_events: 10_000_000, stop, progress: &() };
    let replications = replicate(&plan, &registry, &outputs, &options).map_err(|e| format!("{e}\n{told}"))?;
    let (tasks, units) = (rows(&folder.read("tasks.csv")), rows(&folder.read("units.csv")));
    Ok(Run { replications, tasks, units, folder })
}

/// A cluster of `count` units of `device` in one node.
pub fn cluster(device: &str, count: u32) -> Value {
    json!({"nodes": [{"name": "n", "units": [{"device": device, "count": count}]}]})
}

/// A scenario of written tasks on `count` neutral CPUs.
pub fn cpus(count: u32, tasks: Value) -> Value {
    json!({"cluster": cluster("cpu-generic", count), "workload": [{"source": "tasks", "tasks": tasks}]})
}

/// The scenario under another scheduler.
pub fn under(mut scenario: Value, scheduler: Value) -> Value {
    scenario["policies"]["scheduler"] = scheduler;
    scenario
}

/// Real data: a file that an environment variable names, or its folder, or below `../shared` beside the package.
/// Where it is absent the caller says so and passes: the data is no part of the package.
pub fn data(variable: &str, inside_variable: &str, inside_shared: &str) -> Option<PathBuf> {
    // Joining nothing would add a slash, and a file with a slash is none.
    let below = |v| if inside_variable.is_empty() { PathBuf::from(v) } else { Path::new(&v).join(inside_variable) };
    let named = std::env::var_os(variable).map(below);
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared").join(inside_shared);
    let found = named.into_iter().chain([shared]).find(|p| p.is_file());
    if found.is_none() {
        println!("ignored: no {inside_shared} (set {variable})");
    }
    found
}

/// How the command ended.
#[derive(Debug)]
pub struct Said {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Said {
    /// Asserts the exit code.
    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:#?}");
        self
    }

    /// Asserts that stderr has all of `words`.
    #[track_caller]
    pub fn complains(self, words: &[&str]) -> Self {
        for word in words {
            assert!(self.err.contains(word), "`{word}` is not in:\n{}", self.err);
        }
        self
    }
}

/// The command, to be run in `folder`.
pub fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xpusim"));
    command.current_dir(folder).args(arguments).stdin(Stdio::null());
    command
}

/// Runs the command in `folder`.
pub fn xpusim(folder: &Path, arguments: &[&str]) -> Said {
    let output = command(folder, arguments).output().unwrap();
    Said {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}
