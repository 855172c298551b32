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

pub(in crate::report) mod draw;
pub(in crate::report) mod read;
mod run;
mod variants;

#[cfg(test)]
mod tests;

use draw::canvas::Canvas;
use draw::{raster, svg};
use read::{comparison, tasks, timeline};
use run::{gantt, memory, packing, power, queue, utilization, wait_cdf};
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use variants::{bars, energy_response};

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
    /// A drawing surface or encoder refused.
    #[error("cannot draw: {0}")]
    Draw(String),
}

impl PlotError {
    pub(in crate::report) fn csv(path: &Path, line: u64, message: impl Into<String>) -> Self {
        Self::Csv { path: path.to_owned(), line, message: message.into() }
    }
}

/// Draws the charts of a run from `tasks.csv`, `units.csv`, `timeline.csv` and
/// `packing.csv` in `dir` into `dir/plots`: `gantt`, `wait_cdf`,
/// `utilization`, `queue`, `power`, `memory`, `packing`. Returns the files written; absent CSV files leave out
/// their charts.
///
/// # Errors
/// [`PlotError::Read`] when `dir` is no folder or a file in it is unreadable;
/// [`PlotError::Csv`] when a file is malformed, naming its line;
/// [`PlotError::Write`] when a chart cannot be written.
pub fn draw_run(dir: &Path, options: &PlotOptions) -> Result<Vec<PathBuf>, PlotError> {
    let mut output = Output::new(dir, *options)?;
    if let Some(tasks) = tasks::Tasks::read(&dir.join("tasks.csv"))? {
        let units = tasks::read_units(&dir.join("units.csv"))?;
        output.chart("gantt", gantt::draw(&tasks, units.as_deref())?)?;
        output.chart("wait_cdf", wait_cdf::draw(&tasks)?)?;
    }
    if let Some(timeline) = timeline::Timeline::read(&dir.join("timeline.csv"))? {
        output.chart("utilization", utilization::draw(&timeline)?)?;
        output.chart("queue", queue::draw(&timeline)?)?;
        output.chart("power", power::draw(&timeline)?)?;
        output.chart("memory", memory::draw(&timeline)?)?;
    }
    output.chart("packing", packing::draw(&dir.join("packing.csv"))?)?;
    Ok(output.written)
}

/// Draws the charts of a comparison from `comparison.csv` in `dir` into
/// `dir/plots`: `bars_METRIC` (dots of the metric's name as underscores) and
/// `energy_response`. Returns the files written, none when there is no such
/// file.
///
/// # Errors
/// As [`draw_run`].
pub fn draw_comparison(dir: &Path, options: &PlotOptions) -> Result<Vec<PathBuf>, PlotError> {
    let mut output = Output::new(dir, *options)?;
    if let Some(comparison) = comparison::Comparison::read(&dir.join("comparison.csv"))? {
        for (name, chart) in bars::draw_all(&comparison)? {
            output.chart(&name, Some(chart))?;
        }
        output.chart("energy_response", energy_response::draw(&comparison)?)?;
    }
    Ok(output.written)
}

/// Where charts go, and which are there.
struct Output {
    folder: PathBuf,
    options: PlotOptions,
    written: Vec<PathBuf>,
}

impl Output {
    fn new(dir: &Path, options: PlotOptions) -> Result<Self, PlotError> {
        let unreadable = |source| PlotError::Read { path: dir.to_owned(), source };
        if !fs::metadata(dir).map_err(unreadable)?.is_dir() {
            return Err(unreadable(io::ErrorKind::NotADirectory.into()));
        }
        Ok(Self { folder: dir.join("plots"), options, written: Vec::new() })
    }

    fn chart(&mut self, name: &str, chart: Option<Canvas>) -> Result<(), PlotError> {
        let Some(mut chart) = chart else { return Ok(()) };
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
