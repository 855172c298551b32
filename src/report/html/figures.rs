//! The charts of the folder, as images within the page.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use super::escape::{html, svg_address};

/// Bytes of SVG that the page takes up.
const ROOM: u64 = 3_000_000;

/// The figures of `plots/*.svg` in order of their names, without those called `covered`: the page draws them from
/// data. Charts that do not fit or cannot be read are named.
pub(super) fn figures(dir: &Path, covered: &[&str]) -> String {
    let mut out = String::new();
    let mut left = ROOM;
    let mut missing = Vec::new();
    for path in charts(&dir.join("plots")) {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if covered.contains(&name.as_str()) {
            continue;
        }
        let size = fs::metadata(&path).map_or(u64::MAX, |m| if m.is_file() { m.len() } else { u64::MAX });
        let bytes = if size <= left { fs::read(&path).ok() } else { None };
        let Some(bytes) = bytes else {
            missing.push(name);
            continue;
        };
        left -= size;
        // Bars are called by their metric.
        let words = html(&name.strip_prefix("bars_").unwrap_or(&name).replace('_', " "));
        let wide = if is_wide(&bytes) { " class=\"wide\"" } else { "" };
        let _ = writeln!(
            out,
            "<figure{wide}><img alt=\"Chart: {words}\" src=\"{}\"><figcaption>{words}</figcaption></figure>",
            svg_address(&bytes)
        );
    }
    if !out.is_empty() {
        out = format!("<div class=\"figures\">\n{out}</div>\n");
    }
    if !missing.is_empty() {
        let names: Vec<String> = missing.iter().map(|name| html(&format!("plots/{name}.svg"))).collect();
        let _ = writeln!(out, "<p class=\"note\">Too large for this page or unreadable: {}.</p>", names.join(", "));
    }
    out
}

fn charts(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut paths: Vec<PathBuf> = entries.filter(|path| path.extension().is_some_and(|e| e == "svg")).collect();
    paths.sort();
    paths
}

/// Whether a chart is wider than one column of a paper (252 points).
fn is_wide(bytes: &[u8]) -> bool {
    let head = String::from_utf8_lossy(bytes.get(..200).unwrap_or(bytes)).into_owned();
    let width = head.split("width=\"").nth(1).and_then(|rest| rest.split("pt\"").next()?.parse::<f64>().ok());
    width.is_some_and(|points| points > 300.0)
}
