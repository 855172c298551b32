//! Charts for papers, from the CSV files of a results folder.
//!
//! ```text
//! CSV -> table -> tasks, timeline, comparison -> a chart each -> canvas -> svg, raster
//! ```
//!
//! A chart is left out when the folder has nothing to draw in it: its file is
//! absent, its columns are empty, all its values are 0. The same files give
//! the same bytes on every machine: the font is compiled in, and nothing
//! depends on the clock or the system.

mod catalogue;
mod choice;
pub(in crate::report) mod draw;
pub(in crate::report) mod read;
mod run;
mod sheet;
mod variants;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_run;

pub use choice::{PLOTS_FILE, PlotChoice};

use crate::json::Problems;
use draw::canvas::Canvas;
use draw::{raster, svg};
use read::{comparison, distributions, factors, intervals, load, tasks, timeline, values};
use sheet::Sheet;
use std::collections::BTreeSet;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use variants::curves::{self, Share};
use variants::{bars, boxes, energy_response, forest, heat_map, load_curve, tuning};

/// Whether a file of this name can be a chart of ours.
pub fn is_chart_file(name: &str) -> bool {
    let stem = [".svg", ".png"].into_iter().find_map(|ending| name.strip_suffix(ending));
    stem.is_some_and(catalogue::is_chart)
}

/// What to write beside the SVG files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PlotOptions {
    /// Also each chart as a PNG of 300 pixels per inch.
    pub png: bool,
}

/// Why charts could not be drawn.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PlotError {
    /// The results folder or a CSV file in it could not be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// What was to be read.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A CSV file does not say what it should.
    #[error("{}, line {line}: {message}", path.display())]
    Csv {
        /// The file.
        path: PathBuf,
        /// Its line, from 1.
        line: u64,
        /// What was expected and what was found.
        message: String,
    },
    /// A folder holds nothing that could be shown.
    #[error("{}: no results: neither summary.json nor comparison.csv nor tasks.csv", path.display())]
    Nothing {
        /// The folder.
        path: PathBuf,
    },
    /// A chart could not be written.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// What was to be written.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A `plots.json` does not say what it should.
    #[error("{0}")]
    Choice(Problems),
    /// A drawing surface or encoder refused.
    #[error("cannot draw: {0}")]
    Draw(String),
}

impl PlotError {
    pub(in crate::report) fn csv(path: &Path, line: u64, message: impl Into<String>) -> Self {
        Self::Csv { path: path.to_owned(), line, message: message.into() }
    }
}

/// Draws the charts of a run into `dir/plots`, from `tasks.csv` with `units.csv` and `intervals.csv` (`gantt`,
/// `wait_cdf`, `wait_ccdf`, `box`), `timeline.csv` (`utilization`, `queue`, `power`, `power_by_kind`, `temperature`,
/// `memory`), `residency.csv` and `packing.csv`. Returns the files written; absent CSV files leave out their charts.
///
/// # Errors
/// [`PlotError::Read`] when `dir` is no folder or a file in it is unreadable;
/// [`PlotError::Csv`] when a file is malformed, naming its line;
/// [`PlotError::Write`] when a chart cannot be written.
pub fn draw_run(dir: &Path, options: &PlotOptions) -> Result<Vec<PathBuf>, PlotError> {
    draw_run_as(dir, options, PlotChoice::of_folder(dir)?)
}

/// As [`draw_run`], with choices other than those of the folder's `plots.json`.
///
/// # Errors
/// As [`draw_run`].
pub fn draw_run_as(dir: &Path, options: &PlotOptions, choice: PlotChoice) -> Result<Vec<PathBuf>, PlotError> {
    let sheet = Sheet::new(choice, &[]);
    let mut output = Output::new(dir, *options, sheet.clone())?;
    if let Some(tasks) = tasks::Tasks::read(&dir.join("tasks.csv"))? {
        let units = tasks::read_units(&dir.join("units.csv"))?;
        let intervals = intervals::Intervals::read(&dir.join("intervals.csv"))?;
        output.chart("gantt", run::gantt::draw(&tasks, &intervals, units.as_deref(), &sheet)?)?;
        output.chart("wait_cdf", run::wait_cdf::draw(&tasks, &sheet)?)?;
        output.chart("wait_ccdf", run::wait_ccdf::draw(&tasks, &sheet)?)?;
        output.chart("box", run::boxes::draw(&tasks, &sheet)?)?;
    }
    if let Some(timeline) = timeline::Timeline::read(&dir.join("timeline.csv"))? {
        output.chart("utilization", run::utilization::draw(&timeline, &sheet)?)?;
        output.chart("queue", run::queue::draw(&timeline, &sheet)?)?;
        output.chart("power", run::power::draw(&timeline, &sheet)?)?;
        output.chart("power_by_kind", run::power::draw_by_kind(&timeline, &sheet)?)?;
        output.chart("temperature", run::temperature::draw(&timeline, &sheet)?)?;
        output.chart("memory", run::memory::draw(&timeline, &sheet)?)?;
    }
    output
        .chart("residency", run::residency::draw(&intervals::read_residency(&dir.join("residency.csv"))?, &sheet)?)?;
    output.chart("packing", run::packing::draw(&dir.join("packing.csv"), &sheet)?)?;
    Ok(output.written)
}

/// Draws the charts of a comparison into `dir/plots`, from `comparison.csv` (`bars_METRIC`, dots of the metric's
/// name as underscores; `forest`; `energy_response`), `values.csv` (`box_METRIC`), `distributions.csv` (`cdf_wait`,
/// `ccdf_wait` and the like), `load.csv` (`load_METRIC`) and `variants.csv` (`heat_METRIC`, of two factors). Returns the files written, none when there is no comparison.
///
/// # Errors
/// As [`draw_run`].
pub fn draw_comparison(dir: &Path, options: &PlotOptions) -> Result<Vec<PathBuf>, PlotError> {
    draw_comparison_as(dir, options, PlotChoice::of_folder(dir)?)
}

/// As [`draw_comparison`], with choices other than those of the folder's `plots.json`.
///
/// # Errors
/// As [`draw_comparison`].
pub fn draw_comparison_as(dir: &Path, options: &PlotOptions, choice: PlotChoice) -> Result<Vec<PathBuf>, PlotError> {
    let found = comparison::Comparison::read(&dir.join("comparison.csv"))?;
    let mut output = Output::new(dir, *options, Sheet::default())?;
    let Some(mut comparison) = found else { return Ok(Vec::new()) };
    choice::names_known(&choice, &comparison).map_err(PlotError::Choice)?;
    choice::charts_known(&choice, &comparison).map_err(PlotError::Choice)?;
    // Looks belong to all variants, so that those of a few do not depend on which they are.
    output.sheet = Sheet::new(choice, &comparison.variants.list);
    if let Some(wanted) = &output.sheet.choice().variants {
        comparison.keep(wanted);
    }
    let loads = load::Loads::read(&dir.join("load.csv"))?.unwrap_or_default();
    output.loads(&loads, &comparison)?;
    output.heat_maps(dir, &comparison, &loads.saturated)?;
    // What has no steady state has no value to set beside others.
    let steady = |name: &&String| !loads.saturated.contains(*name);
    let kept: Vec<String> = comparison.variants.list.iter().filter(steady).cloned().collect();
    if kept.len() < comparison.variants.len() {
        comparison.keep(&kept);
    }
    let sheet = output.sheet.clone();
    for (name, chart) in bars::draw_all(&comparison, &sheet)? {
        output.chart(&name, Some(chart))?;
    }
    output.chart("forest", forest::draw(&comparison, &sheet)?)?;
    output.chart("energy_response", energy_response::draw(&comparison, &sheet)?)?;
    output.boxes(dir, &comparison)?;
    output.curves(dir, &comparison)?;
    Ok(output.written)
}

/// Draws `tuning`, the course of a search, from `tuning.csv` and `tuning_model.csv` in `dir` into `dir/plots`. Returns the
/// files written, none when there is no `tuning.csv`.
///
/// # Errors
/// As [`draw_run`].
pub fn draw_tuning(dir: &Path, options: &PlotOptions) -> Result<Vec<PathBuf>, PlotError> {
    let mut output = Output::new(dir, *options, Sheet::new(PlotChoice::of_folder(dir)?, &[]))?;
    output.chart("tuning", tuning::draw(dir)?)?;
    Ok(output.written)
}

/// Distribution functions: name, metric, whose share, which share.
const CURVES: [(&str, &str, &str, Share); 7] = [
    ("cdf_wait", "wait_s", "tasks", Share::Below),
    ("ccdf_wait", "wait_s", "tasks", Share::Above),
    ("cdf_response", "response_s", "tasks", Share::Below),
    ("ccdf_response", "response_s", "tasks", Share::Above),
    ("cdf_slowdown", "bounded_slowdown", "tasks", Share::Below),
    ("ccdf_slowdown", "bounded_slowdown", "tasks", Share::Above),
    ("fairness_cdf", "user_slowdown", "users", Share::Below),
];

/// Metrics of load curves: those with bars, and what a busy machine does.
fn metrics_by_load(comparison: &comparison::Comparison, sheet: &Sheet) -> Vec<String> {
    let mut metrics = bars::metrics(comparison, sheet, "load_");
    if sheet.choice().metrics.is_none() {
        let busy = |m: &&String| m.as_str() == "throughput_per_s" || m.starts_with("utilization.");
        metrics.extend(comparison.metrics.list.iter().filter(busy).cloned());
    }
    metrics
}

/// Where charts go, and which are there.
struct Output {
    folder: PathBuf,
    options: PlotOptions,
    sheet: Sheet,
    written: Vec<PathBuf>,
}

impl Output {
    fn new(dir: &Path, options: PlotOptions, sheet: Sheet) -> Result<Self, PlotError> {
        let unreadable = |source| PlotError::Read { path: dir.to_owned(), source };
        if !fs::metadata(dir).map_err(unreadable)?.is_dir() {
            return Err(unreadable(io::ErrorKind::NotADirectory.into()));
        }
        Ok(Self { folder: dir.join("plots"), options, sheet, written: Vec::new() })
    }

    fn chart(&mut self, name: &str, chart: Option<Canvas>) -> Result<(), PlotError> {
        let Some(mut chart) = chart.filter(|_| self.sheet.wants(name)) else { return Ok(()) };
        if let Some(heading) = self.sheet.heading(name) {
            chart.heading(&heading);
        }
        if self.sheet.scale() != 1.0 {
            chart.scale(self.sheet.scale());
        }
        // Whole points: a viewer's page then ends where the white does.
        chart.height = chart.height.ceil();
        let svg = svg::document(&chart)?;
        self.write(&format!("{name}.svg"), svg.as_bytes())?;
        if self.options.png {
            let png = raster::document(&chart)?;
            self.write(&format!("{name}.png"), &png)?;
        }
        Ok(())
    }

    /// Box plots of the metrics that have bars.
    fn boxes(&mut self, dir: &Path, comparison: &comparison::Comparison) -> Result<(), PlotError> {
        let metrics = bars::metrics(comparison, &self.sheet, "box_");
        let wanted = metrics.iter().map(String::as_str).collect();
        let Some(values) = values::Values::read(&dir.join("values.csv"), &wanted)? else { return Ok(()) };
        for metric in &metrics {
            let chart = boxes::draw(&values, &comparison.variants.list, metric, &self.sheet)?;
            self.chart(&format!("box_{}", catalogue::in_file_name(metric)), chart)?;
        }
        Ok(())
    }

    /// Load curves of a load sweep.
    fn loads(&mut self, loads: &load::Loads, comparison: &comparison::Comparison) -> Result<(), PlotError> {
        // Looks are those of the variants without their loads.
        let sheet = Sheet::new(self.sheet.choice().clone(), &loads.curves.list);
        for metric in metrics_by_load(comparison, &self.sheet) {
            let chart = load_curve::draw(loads, &metric, &sheet)?;
            self.chart(&format!("load_{}", catalogue::in_file_name(&metric)), chart)?;
        }
        Ok(())
    }

    /// Heat maps of a comparison of two factors.
    fn heat_maps(
        &mut self,
        dir: &Path,
        comparison: &comparison::Comparison,
        saturated: &BTreeSet<String>,
    ) -> Result<(), PlotError> {
        let factors = factors::Factors::read(&dir.join("variants.csv"))?;
        let Some(grid) = factors.and_then(|f| f.grid(&comparison.variants.list)) else { return Ok(()) };
        for metric in bars::metrics(comparison, &self.sheet, "heat_") {
            let chart = heat_map::draw(comparison, &grid, &metric, saturated, &self.sheet)?;
            self.chart(&format!("heat_{}", catalogue::in_file_name(&metric)), chart)?;
        }
        Ok(())
    }

    /// Distribution functions.
    fn curves(&mut self, dir: &Path, comparison: &comparison::Comparison) -> Result<(), PlotError> {
        let path = dir.join("distributions.csv");
        let Some(distributions) = distributions::Distributions::read(&path)? else { return Ok(()) };
        let (variants, runs) = (&comparison.variants.list, comparison.replications);
        for (name, metric, whom, share) in CURVES {
            self.chart(name, curves::draw(&distributions, variants, (metric, whom, share), runs, &self.sheet)?)?;
        }
        Ok(())
    }

    /// Under another name first: a final name never holds half a file.
    fn write(&mut self, name: &str, bytes: &[u8]) -> Result<(), PlotError> {
        let path = self.folder.join(name);
        let temporary = self.folder.join(format!("{name}.{}.tmp", std::process::id()));
        let done = fs::create_dir_all(&self.folder)
            .and_then(|()| write_new(&temporary, bytes))
            .and_then(|()| fs::rename(&temporary, &path));
        if let Err(source) = done {
            // What is left of it is ours; a failure to remove it changes nothing.
            let _ = fs::remove_file(&temporary);
            return Err(PlotError::Write { path, source });
        }
        self.written.push(path);
        Ok(())
    }
}

fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // Left by a run that was killed; a link is removed, never followed.
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}
