//! The other CSV files of a folder, each as a table: units, tuning, ties, load curves, whatever comes.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::report::plots::PlotError;
use crate::report::plots::read::table::Csv;

use super::encode::Table;
use super::escape::{self, html};

/// Files that have a place of their own in the page, or are too long for it.
const ELSEWHERE: [&str; 6] =
    ["tasks.csv", "timeline.csv", "events.csv", "intervals.csv", "comparison.csv", "values.csv"];
/// Larger files are only named.
const LARGEST: u64 = 2_000_000;
/// Rows of a file that are shown.
const ROWS: usize = 5_000;
/// Significant digits of numbers.
const DIGITS: usize = 9;

/// `[{"file", "rows", "columns"}]` of the files, and a paragraph about those that are not shown.
pub(super) fn data(dir: &Path) -> (Option<String>, String) {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.retain(|name| name.ends_with(".csv") && !name.starts_with('.') && !ELSEWHERE.contains(&name.as_str()));
    names.sort();
    let mut tables = Vec::new();
    let mut notes = String::new();
    for name in names {
        let path = dir.join(&name);
        let size = fs::metadata(&path).map_or(u64::MAX, |m| if m.is_file() { m.len() } else { u64::MAX });
        if size > LARGEST {
            let _ = writeln!(notes, "<p class=\"note\">{} is too large to be shown here.</p>", html(&name));
            continue;
        }
        match read(&path) {
            // A file of other origin may be anything; it does not keep the rest from being shown.
            Err(error) => {
                let why = without_folder(&error.to_string(), &path, &name);
                let _ = writeln!(notes, "<p class=\"note\">Not shown: {}.</p>", html(&why));
            }
            Ok(None) => {}
            Ok(Some((table, of))) => {
                tables.push(table.json(&format!("\"file\":{},\"of\":{of},", escape::string(&name))));
            }
        }
    }
    ((!tables.is_empty()).then(|| format!("[{}]", tables.join(",\n"))), notes)
}

/// Where the folder stands on the machine is no part of the page.
fn without_folder(message: &str, path: &Path, name: &str) -> String {
    message.replace(&path.display().to_string(), name)
}

/// The first rows of a file, and how many it has.
fn read(path: &Path) -> Result<Option<(Table, usize)>, PlotError> {
    let Some(mut csv) = Csv::open(path)? else { return Ok(None) };
    let header = csv.header().to_vec();
    let mut columns: Vec<Vec<String>> = vec![Vec::new(); header.len()];
    let mut rows = 0;
    while let Some(row) = csv.next()? {
        rows += 1;
        if rows > ROWS {
            continue;
        }
        for (index, column) in columns.iter_mut().enumerate() {
            column.push(row.text(Some(index))?.to_owned());
        }
    }
    let mut table = Table::new(rows.min(ROWS));
    for (name, column) in header.iter().zip(&columns) {
        match numbers(column) {
            Some(numbers) => table.reals(name, DIGITS, numbers.into_iter()),
            None => table.words(name, column.iter().map(String::as_str)),
        }
    }
    Ok(Some((table, rows)))
}

/// The numbers of a column that has nothing else but empty cells.
fn numbers(column: &[String]) -> Option<Vec<Option<f64>>> {
    let any = column.iter().any(|text| !text.is_empty());
    let number = |text: &String| match text.as_str() {
        "" => Some(None),
        text => text.parse::<f64>().ok().filter(|x| x.is_finite()).map(Some),
    };
    column.iter().map(number).collect::<Option<Vec<_>>>().filter(|_| any)
}
