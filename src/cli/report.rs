//! `report`: a results folder as one page.

use std::path::Path;

use crate::report::html;

use super::args::{Common, Report};
use super::failure::Failure;
use super::folder::{Folder, PAGE};
use super::output::{print, tell};

pub(super) fn report(args: &Report) -> Result<(), Failure> {
    if !args.dir.is_dir() {
        return Err(Failure::new(Failure::FILES, format_args!("{}: not a results folder", args.dir.display())));
    }
    let path = args.out.clone().unwrap_or_else(|| args.dir.join(PAGE));
    let bytes = html::write(&args.dir, &path)?;
    if args.quiet {
        return Ok(());
    }
    tell(&format!("{:.1} MB, complete in itself: open it in a browser", bytes as f64 / 1e6));
    print(&format!("{}\n", path.display()))
}

/// Writes the page of a folder whose other files are complete, where the flags ask for it.
pub(super) fn with_results(folder: &Folder, common: &Common) -> Result<(), Failure> {
    if common.report {
        let folder: &Path = &folder.0;
        html::write(folder, &folder.join(PAGE))?;
    }
    Ok(())
}
