//! `export`: a run in the formats of other programs.

use crate::report::export::{write_batsim, write_perfetto};

use super::args::Export;
use super::failure::Failure;
use super::output::print;

pub(super) fn export(args: &Export) -> Result<(), Failure> {
    let target = args.out.as_ref().unwrap_or(&args.dir);
    std::fs::create_dir_all(target).map_err(|e| Failure::io(target, &e))?;
    let mut text = String::new();
    if args.perfetto {
        let path = target.join("perfetto.json");
        let slices = write_perfetto(&args.dir, &path)?;
        text += &format!("{}: {slices} slices\n", path.display());
    }
    if args.batsim {
        let folder = args.out.clone().unwrap_or_else(|| args.dir.join("batsim"));
        for path in write_batsim(&args.dir, &folder)? {
            text += &format!("{}\n", path.display());
        }
    }
    print(&text)
}
