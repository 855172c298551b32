//! `sweep`: a grid of cells, planned, run in shards, gathered.

mod collect;
mod plan;
mod run;
mod status;
mod submit;

use std::path::Path;

use crate::sweep::{Store, SweepError, SweepPlan};

use super::Session;
use super::args::{Sweep, SweepCommand};
use super::failure::Failure;

pub(super) fn sweep(session: &Session, args: &Sweep) -> Result<(), Failure> {
    match &args.command {
        SweepCommand::Plan(a) => plan::plan(session, a),
        SweepCommand::Run(a) => run::run(session, a),
        SweepCommand::Status(a) => status::status(a),
        SweepCommand::Collect(a) => collect::collect(session, a),
        SweepCommand::Submit(a) => submit::submit(a),
    }
}

/// The plan in a folder.
fn open(folder: &Path) -> Result<(Store, SweepPlan), Failure> {
    let store = Store::new(folder);
    let plan = store.read_plan()?;
    Ok((store, plan))
}

/// `1 cell`, `2 cells`.
fn count(n: u64, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}

/// The folder as an argument of a shell.
fn shown(folder: &Path) -> String {
    let text = folder.display().to_string();
    let plain = |c: char| c.is_alphanumeric() || "-_./".contains(c);
    if text.chars().all(plain) { text } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

impl From<SweepError> for Failure {
    fn from(error: SweepError) -> Self {
        match error {
            SweepError::Io { path, error } => Self::io(&path, &error),
            SweepError::Input(_) => Self::new(Self::INPUT, error),
            SweepError::Variant(error) => error.into(),
        }
    }
}
