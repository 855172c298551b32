//! Results that are shipped are what their commands give. The commands stand in `results/commands.txt`; those that are fast
//! in a debug build run here, all of them under `scripts/results.sh --check`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::support::{Folder, xpusim};

/// Folders whose commands take a second or so.
const FAST: &[&str] = &["demo", "thermal-day"];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Folder and arguments of each command. `None` where the package came without its results.
fn commands() -> Option<Vec<(String, Vec<String>)>> {
    let text = fs::read_to_string(root().join("results/commands.txt")).ok()?;
    let lines = text.lines().filter(|l| !l.starts_with('#') && !l.trim().is_empty());
    let words = lines.map(|l| l.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
    Some(words.map(|w| (w[0].clone(), w[1..].to_vec())).collect())
}

/// What git keeps of a results folder: summaries and charts.
fn kept(folder: &Path) -> BTreeSet<String> {
    let names = |below: &str| {
        let read = fs::read_dir(folder.join(below)).into_iter().flatten();
        read.map(|e| e.unwrap().file_name().into_string().unwrap()).collect::<Vec<_>>()
    };
    let tables = names("").into_iter().filter(|n| n == "summary.json" || n == "comparison.json");
    let charts = names("plots").into_iter().filter(|n| !n.ends_with(".tmp")).map(|n| format!("plots/{n}"));
    tables.chain(charts).collect()
}

/// The first file that differs between two folders.
fn first_difference(shipped: &Path, made: &Path) -> Option<String> {
    let files: BTreeSet<String> = kept(shipped).union(&kept(made)).cloned().collect();
    files.into_iter().find(|f| fs::read(shipped.join(f)).ok() != fs::read(made.join(f)).ok())
}

#[test]
fn a_shipped_result_is_what_its_command_gives() {
    let Some(commands) = commands() else {
        println!("ignored: the package came without results/commands.txt");
        return;
    };
    let scratch = Folder::new();
    for (folder, arguments) in commands.iter().filter(|(folder, _)| FAST.contains(&folder.as_str())) {
        let shipped = root().join("results").join(folder);
        assert!(!kept(&shipped).is_empty(), "results/{folder} is not there");
        let out = scratch.path().join(folder);
        let mut words: Vec<&str> = arguments.iter().map(String::as_str).collect();
        words.extend(["--quiet", "--out", out.to_str().unwrap()]);
        xpusim(&root(), &words).exits(0);
        if let Some(file) = first_difference(&shipped, &out) {
            let command = arguments.join(" ");
            panic!("results/{folder}/{file} is not what `xpusim {command}` gives: scripts/results.sh makes it anew");
        }
    }
}

/// Every folder that is shipped has a command, and every command a folder.
#[test]
fn every_shipped_folder_has_its_command() {
    let Some(commands) = commands() else {
        println!("ignored: the package came without results/commands.txt");
        return;
    };
    let named: BTreeSet<&str> = commands.iter().map(|(folder, _)| folder.as_str()).collect();
    assert_eq!(named.len(), commands.len(), "a folder is made twice");
    assert!(FAST.iter().all(|f| named.contains(f)));
    let ignore = fs::read_to_string(root().join(".gitignore")).unwrap();
    let shipped = ignore.lines().filter_map(|l| l.strip_prefix("!/results/")).filter(|l| !l.contains(['/', '.']));
    assert_eq!(shipped.collect::<BTreeSet<&str>>(), named);
}

/// The check finds a changed byte, a file too few and a file too many.
#[test]
fn the_comparison_of_folders_finds_what_differs() {
    let (a, b) = (Folder::new(), Folder::new());
    for folder in [&a, &b] {
        fs::create_dir(folder.path().join("plots")).unwrap();
        folder.file("summary.json", "{}");
        folder.file("plots/x.svg", "<svg/>");
    }
    a.file("manifest.json", "wall time 1");
    assert_eq!(first_difference(a.path(), b.path()), None);
    b.file("plots/y.svg", "<svg/>");
    assert_eq!(first_difference(a.path(), b.path()).as_deref(), Some("plots/y.svg"));
    assert_eq!(first_difference(b.path(), a.path()).as_deref(), Some("plots/y.svg"));
    b.file("plots/x.svg", "<svg />");
    assert_eq!(first_difference(a.path(), b.path()).as_deref(), Some("plots/x.svg"));
}
