//! The results folder.

use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::report::plots::is_chart_file;
use crate::sink::OutputFile;

use super::args::Common;
use super::failure::Failure;

/// A folder that can be written, and in which only our own files are replaced.
pub(super) struct Folder(pub(super) PathBuf);

/// Longest name of a folder made from a scenario's name, in bytes; file systems take 255.
const LONGEST: usize = 100;

/// The page that `report` makes of a folder.
pub(super) const PAGE: &str = "report.html";

/// Tables and summaries. Those of an earlier run go before the next one starts, so that a folder never holds
/// a mixture.
const OURS: &[&str] = &[
    "summary.json",
    "tasks.csv",
    "units.csv",
    "timeline.csv",
    "packing.csv",
    "warmup.csv",
    "events.csv",
    "intervals.csv",
    "residency.csv",
    "comparison.json",
    "comparison.csv",
    "distributions.csv",
    "tuning.json",
    "tuning.csv",
    "tuning_model.csv",
    "best.json",
    "cells.csv",
    "comparison.md",
    "comparison.tex",
    "variants.csv",
    "values.csv",
    "selection.csv",
    "selection.json",
    PAGE,
];

impl Folder {
    /// Makes the folder that the flags ask for, before anything runs.
    ///
    /// # Errors
    /// It cannot be made or written, or it holds files but no results of ours.
    pub(super) fn prepare(common: &Common, name: &str) -> Result<Self, Failure> {
        let path = common.out.clone().unwrap_or_else(|| Path::new("results").join(slug(name)));
        fs::create_dir_all(&path).map_err(|e| Failure::io(&path, &e))?;
        let holds_anything = fs::read_dir(&path).map_err(|e| Failure::io(&path, &e))?.next().is_some();
        let is_ours = holds_results(&path);
        if holds_anything && !is_ours && !common.force {
            let message = format!(
                "{}: the folder is not empty and holds no results; choose another with --out, or write into it with --force",
                path.display()
            );
            return Err(Failure::new(Failure::FILES, message));
        }
        let folder = Self(path);
        folder.mark(&json!({"program": program(), "status": "running"}))?;
        for name in OURS.iter().filter(|_| is_ours) {
            let old = folder.0.join(name);
            match fs::remove_file(&old) {
                Err(e) if e.kind() != ErrorKind::NotFound => return Err(Failure::io(&old, &e)),
                _ => {}
            }
        }
        if is_ours {
            folder.drop_charts()?;
        }
        Ok(folder)
    }

    /// Removes the charts of an earlier run; what others put beside them stays.
    fn drop_charts(&self) -> Result<(), Failure> {
        let folder = self.0.join("plots");
        let Ok(entries) = fs::read_dir(&folder) else { return Ok(()) };
        for entry in entries.flatten() {
            if is_chart_file(&entry.file_name().to_string_lossy()) {
                fs::remove_file(entry.path()).map_err(|e| Failure::io(&entry.path(), &e))?;
            }
        }
        Ok(())
    }

    /// Runs `work`; where it fails, the manifest says so, because nothing else in the folder would.
    pub(super) fn while_running<T>(&self, work: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
        let outcome = work();
        if let Err(failure) = &outcome
            && failure.code != Failure::CHECK
        {
            // The failure itself is what will be reported.
            let _ = self.mark(&json!({"program": program(), "status": "incomplete", "error": failure.message}));
        }
        outcome
    }

    fn mark(&self, state: &serde_json::Value) -> Result<(), Failure> {
        self.write("manifest.json", format!("{state:#}\n").as_bytes())
    }

    /// Writes a whole file.
    pub(super) fn write(&self, name: &str, bytes: &[u8]) -> Result<(), Failure> {
        let path = self.0.join(name);
        OutputFile::write(&path, bytes).map_err(|e| Failure::io(&path, &e))
    }

    /// The folder as people should see it.
    pub(super) fn shown(&self) -> String {
        self.0.display().to_string()
    }
}

fn program() -> String {
    format!("xpusim {}", env!("CARGO_PKG_VERSION"))
}

/// Whether a folder holds results of ours: a manifest that names the program near its beginning or, where
/// results were published without it, a summary as we write them.
fn holds_results(folder: &Path) -> bool {
    head(&folder.join("manifest.json")).contains("\"program\": \"xpusim ")
        || head(&folder.join("summary.json")).starts_with("{\n  \"scenario\": ")
}

/// The first bytes of a regular file as text, empty where there is none.
fn head(path: &Path) -> String {
    let mut bytes = Vec::new();
    let read = |file: File| file.take(1 << 16).read_to_end(&mut bytes);
    let is_read = path.is_file() && File::open(path).and_then(read).is_ok();
    if is_read { String::from_utf8_lossy(&bytes).into_owned() } else { String::new() }
}

/// A name fit for a folder.
fn slug(name: &str) -> String {
    let fit = |c: char| if c.is_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '-' };
    let mut text: String = name.chars().map(fit).collect();
    text.truncate(text.floor_char_boundary(LONGEST));
    let text = text.trim_matches(['.', '-']).to_owned();
    if text.is_empty() { "scenario".into() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_fit_into_a_file_name() {
        assert_eq!(slug(&"\u{1d4b3}".repeat(100)).len(), LONGEST);
        assert_eq!(slug(&"\u{6f22}".repeat(100)), "\u{6f22}".repeat(33));
    }

    /// Files of an earlier run go, files of others stay, and a foreign manifest opens no door.
    #[test]
    fn a_folder_never_mixes_runs() {
        let root = std::env::temp_dir().join(format!("xpusim-folder-{}", std::process::id()));
        let common = Common { out: Some(root.clone()), ..Common::default() };
        assert!(Folder::prepare(&common, "x").is_ok());
        fs::create_dir(root.join("plots")).unwrap();
        for name in ["events.csv", "notes.txt", "plots/forest.svg", "plots/bars_wait_s_mean.png", "plots/mine.svg"] {
            fs::write(root.join(name), "old").unwrap();
        }
        let folder = Folder::prepare(&common, "x").unwrap();
        assert!(!root.join("events.csv").exists() && root.join("notes.txt").exists());
        let charts: Vec<_> = fs::read_dir(root.join("plots")).unwrap().map(|e| e.unwrap().file_name()).collect();
        assert_eq!(charts, ["mine.svg"]);
        let failed = folder.while_running(|| Err::<(), _>(Failure::new(Failure::STUCK, "no progress")));
        assert!(failed.is_err());
        let manifest = fs::read_to_string(root.join("manifest.json")).unwrap();
        assert!(manifest.contains("incomplete") && manifest.contains("no progress"), "{manifest}");
        fs::write(root.join("manifest.json"), "{\"name\": \"a web app\"}").unwrap();
        assert_eq!(Folder::prepare(&common, "x").err().map(|f| f.code), Some(Failure::FILES));
        // Results published without their manifest, as a repository does, are results.
        fs::remove_file(root.join("manifest.json")).unwrap();
        let summary = crate::report::summary::Summary::new("x", &[]);
        fs::write(root.join("summary.json"), summary.to_json()).unwrap();
        assert!(Folder::prepare(&common, "x").is_ok());
        fs::remove_dir_all(root).unwrap();
    }

    #[test]
    fn a_name_cannot_leave_the_folder() {
        for (name, expected) in
            [("../../etc/x", "etc-x"), ("a b/c", "a-b-c"), ("..", "scenario"), ("KTH-2.1", "KTH-2.1")]
        {
            assert_eq!(slug(name), expected);
        }
    }
}
