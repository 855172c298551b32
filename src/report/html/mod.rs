//! `report.html`: a results folder as one page that needs nothing else.
//!
//! ```text
//! CSV, JSON, SVG -> columns and HTML, escaped -> one page with its own style and scripts
//! ```
//!
//! What can be read without scripts is HTML: what ran, tables, charts. What one moves about in (Gantt chart, series
//! over time, the table of tasks) is drawn by the scripts from data within the page. The page loads nothing and forbids
//! itself to. The same files give the same bytes.

mod colors;
mod comparison;
mod encode;
mod escape;
mod figures;
mod file;
mod other;
mod page;
mod ran;
mod spread;
mod summary;
mod tasks;
mod timeline;
mod units;

use std::fs;
use std::io;
use std::path::Path;

use serde_json::Value;

use crate::report::plots::{PlotChoice, PlotError};
use crate::sink::OutputFile;

use page::{Page, Section};

/// Writes the page about the results in `dir` to `out`.
///
/// The folder may be of a run, a comparison, a sweep or a search: the page tells what there is. Returns the bytes
/// written.
///
/// # Errors
/// [`PlotError::Read`] when `dir` is no folder or a file in it is unreadable; [`PlotError::Csv`] when a file is
/// malformed, or when the folder holds no results, naming file and line; [`PlotError::Write`] when the page cannot be
/// written.
pub fn write(dir: &Path, out: &Path) -> Result<u64, PlotError> {
    let text = page(dir)?;
    OutputFile::write(out, text.as_bytes()).map_err(|source| PlotError::Write { path: out.to_owned(), source })?;
    Ok(text.len() as u64)
}

/// The page's text.
///
/// # Errors
/// As [`write()`], but for writing.
pub fn page(dir: &Path) -> Result<String, PlotError> {
    let unreadable = |source| PlotError::Read { path: dir.to_owned(), source };
    if !fs::metadata(dir).map_err(unreadable)?.is_dir() {
        return Err(unreadable(io::ErrorKind::NotADirectory.into()));
    }
    let manifest = file::json(&dir.join("manifest.json"))?;
    let summary = file::json(&dir.join("summary.json"))?.map(|(_, value)| value).unwrap_or_default();
    let compared = file::json(&dir.join("comparison.json"))?.map(|(_, value)| value).unwrap_or_default();
    let name = [&summary, &compared].into_iter().find_map(|v| v["scenario"].as_str());
    let told = manifest.as_ref().map_or(&Value::Null, |(_, value)| value);
    let ran = ran::ran(told, name, dir.join("comparison.csv").is_file());

    let mut page = Page::new(&ran.title, &ran.description);
    page.section(Section::new("ran", "What ran", ran.facts));
    page.section(Section::new("results", "Results", summary::tables(&summary)));
    let found = [comparison(dir, &mut page)?, tasks_and_time(dir, &mut page)?].contains(&true);
    let tables = other_tables(dir, &mut page);
    if !(found || tables || summary.is_object() || manifest.is_some()) {
        return Err(PlotError::Nothing { path: dir.to_owned() });
    }
    if let Some((text, _)) = manifest {
        page.section(Section::new("manifest-section", "Manifest", ran::manifest(&text)));
    }
    Ok(page.text())
}

/// The sections of a comparison; whether there is one.
fn comparison(dir: &Path, page: &mut Page) -> Result<bool, PlotError> {
    let Some(comparison) = comparison::Comparison::read(&dir.join("comparison.csv"))? else { return Ok(false) };
    page.data("comparison", &comparison.data());
    let chosen = PlotChoice::of_folder(dir)?.rgb();
    page.data("variants", &colors::variants(comparison.variants(), &chosen));
    if let Some(values) = comparison::values(&dir.join("values.csv"))? {
        page.data("values", &values);
    }
    page.section(Section::new("comparison", "Comparison", comparison.sentence() + &comparison.tables()));
    page.section(Section::new("metric", "Metric by metric", page::METRIC.to_owned()));
    Ok(true)
}

/// The sections of a run that are drawn from its CSV files, and the charts; whether there is any.
fn tasks_and_time(dir: &Path, page: &mut Page) -> Result<bool, PlotError> {
    let tasks = tasks::Tasks::read(&dir.join("tasks.csv"))?.filter(|tasks| !tasks.rows.is_empty());
    let series = timeline::data(&dir.join("timeline.csv"))?;
    let mut notes = String::new();
    let mut covered: Vec<&str> = Vec::new();
    let mut note = |text: &str| notes += &format!("<p class=\"note\">{}</p>\n", escape::html(text));
    let (column, groups) = tasks.as_ref().map_or(("class", Vec::new()), tasks::Tasks::groups);
    page.data("colors", &colors::data(column, &groups));
    if let Some(units) = units::units(&dir.join("units.csv"))? {
        page.data("units", &units);
    }
    if let Some(tasks) = &tasks {
        covered.extend(["gantt", "wait_cdf"]);
        let (data, thinned) = tasks.data(tasks::ROOM);
        page.data("tasks", &data);
        thinned.iter().for_each(|text| note(text));
        if let Some(curves) = spread::data(tasks, column == "source") {
            page.data("spread", &curves);
        }
        if let Some((data, thinned)) = units::intervals(&dir.join("intervals.csv"))? {
            page.data("intervals", &data);
            thinned.iter().for_each(|text| note(text));
        }
    }
    if let Some((data, means)) = &series {
        covered.extend(["queue", "utilization", "power", "memory"]);
        page.data("series", data);
        if let Some(seconds) = means {
            note(&format!("Series are means over {seconds:.4} s each: timeline.csv has more rows than can be seen."));
        }
    }
    let (has_tasks, has_series) = (tasks.is_some(), series.is_some());
    if has_tasks || has_series {
        let parts = [(has_tasks, page::GANTT), (has_series, page::SERIES)];
        let parts: String = parts.into_iter().filter_map(|(there, html)| there.then_some(html)).collect();
        page.section(Section::new("time", "Over time", format!("{}{parts}{notes}", page::TIME)));
    }
    if has_tasks {
        page.section(Section::new("spread", "Distributions", page::SPREAD.to_owned()));
    }
    let figures = figures::figures(dir, &covered);
    let has_figures = !figures.is_empty();
    page.section(Section::new("figures", "Charts", figures));
    if has_tasks {
        page.section(Section::new("tasks", "Tasks", page::TASKS.to_owned()));
    }
    Ok(has_tasks || has_series || has_figures)
}

/// The section of other CSV files; whether there is any.
fn other_tables(dir: &Path, page: &mut Page) -> bool {
    let (tables, notes) = other::data(dir);
    let there = tables.is_some();
    if let Some(tables) = tables {
        page.data("others", &tables);
    }
    let holder = if there { page::OTHERS } else { "" };
    page.section(Section::new("others", "Further tables", format!("{holder}{notes}")));
    there
}
