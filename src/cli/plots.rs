//! `plots.json` on the command line, and the `plot` command.

use std::fs;
use std::path::PathBuf;

use crate::report::plots::{
    PLOTS_FILE, PlotChoice, PlotError, PlotOptions, draw_comparison, draw_comparison_as, draw_run, draw_run_as,
};

use super::args::{Common, Plot};
use super::failure::Failure;
use super::folder::Folder;
use super::output::{print, tell};

/// What `--plots` gave: checked, and to be kept beside the results.
pub(super) struct Chosen(Option<Vec<u8>>);

impl Chosen {
    /// Reads the file of `--plots`, before anything runs.
    ///
    /// # Errors
    /// It cannot be read, or holds mistakes.
    pub(super) fn read(common: &Common) -> Result<Self, Failure> {
        let Some(path) = &common.plots else { return Ok(Self(None)) };
        PlotChoice::read(path)?;
        Ok(Self(Some(fs::read(path).map_err(|e| Failure::io(path, &e))?)))
    }

    /// Keeps it in the folder, in place of the one that may be there, and makes sure that charts can be drawn
    /// with what is there then.
    ///
    /// # Errors
    /// The file cannot be written, or the one that is there holds mistakes.
    pub(super) fn keep(&self, folder: &Folder, common: &Common) -> Result<(), Failure> {
        if let Some(bytes) = &self.0 {
            folder.write(PLOTS_FILE, bytes)?;
        }
        if !wants_charts(common) {
            return Ok(());
        }
        PlotChoice::of_folder(&folder.0)?;
        Ok(())
    }
}

/// Which charts a folder gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Charts {
    OfRun,
    OfComparison,
}

/// Draws the charts of results that have just been written. Names in `plots.json` that these results do not have
/// cost the charts, not the results.
///
/// # Errors
/// A file cannot be read or written.
pub(super) fn draw(folder: &Folder, charts: Charts, common: &Common) -> Result<Vec<PathBuf>, Failure> {
    if !wants_charts(common) {
        return Ok(Vec::new());
    }
    let options = PlotOptions { png: common.png };
    let drawn = match charts {
        Charts::OfRun => draw_run(&folder.0, &options),
        Charts::OfComparison => draw_comparison(&folder.0, &options),
    };
    match drawn {
        Err(PlotError::Choice(problems)) => {
            tell(&format!("{problems}\nwarning: no charts; mend the file and run `xpusim plot {}`", folder.shown()));
            Ok(Vec::new())
        }
        other => Ok(other?),
    }
}

const fn wants_charts(common: &Common) -> bool {
    !(common.no_plots || common.summary_only)
}

pub(super) fn plot(args: &Plot) -> Result<(), Failure> {
    if !args.dir.is_dir() {
        return Err(Failure::new(Failure::FILES, format_args!("{}: not a results folder", args.dir.display())));
    }
    let options = PlotOptions { png: args.png };
    let choice = match &args.plots {
        Some(path) => PlotChoice::read(path)?,
        None => PlotChoice::of_folder(&args.dir)?,
    };
    let chooses = choice.charts.is_some() || !choice.exclude.is_empty();
    let mut drawn = draw_comparison_as(&args.dir, &options, choice.clone())?;
    drawn.extend(draw_run_as(&args.dir, &options, choice)?);
    if drawn.is_empty() {
        let what = if chooses { "nothing to draw the chosen charts from" } else { "no CSV files to draw from" };
        return Err(Failure::new(Failure::INPUT, format_args!("{}: {what}", args.dir.display())));
    }
    print(&drawn.iter().map(|p| format!("{}\n", p.display())).collect::<String>())
}
