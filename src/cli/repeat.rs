//! What a manifest's command was given, found again.

use std::path::{Path, PathBuf};

use clap::Parser;

use crate::report::recorded::{Recorded, RecordedError};
use crate::scenario::Loader;

use super::args::{Command, Common, Options};
use super::failure::Failure;

impl From<RecordedError> for Failure {
    fn from(error: RecordedError) -> Self {
        let code = if matches!(error, RecordedError::Io { .. }) { Self::FILES } else { Self::INPUT };
        Self::new(code, error)
    }
}

/// The command of a manifest.
///
/// # Errors
/// It is not a command line of ours.
pub(super) fn command_of(recorded: &Recorded) -> Result<Command, Failure> {
    let options = Options::try_parse_from(&recorded.command).map_err(|e| {
        let why = e.to_string();
        let why = why.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned();
        Failure::new(Failure::INPUT, format_args!("the manifest's command cannot be read: {why}"))
    })?;
    Ok(options.command.unwrap_or_else(|| Command::Demo(super::args::Demo::default())))
}

/// The flags of a simulating command that can be repeated; `None` for other commands.
pub(super) fn common_of(command: &mut Command) -> Option<&mut Common> {
    match command {
        Command::Demo(a) => Some(&mut a.common),
        Command::Run(a) => Some(&mut a.common),
        Command::Compare(a) => Some(&mut a.common),
        Command::Replay(a) => Some(&mut a.common),
        Command::Tune(a) => Some(&mut a.common),
        _ => None,
    }
}

/// Where the files of a command's scenario are looked for: where the command looked, and in `further` folders.
pub(super) fn loader_of(command: &Command, further: &[PathBuf]) -> Loader {
    let folder = |path: &Path| match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    };
    let (base, beside) = match command {
        Command::Run(a) => (folder(&a.scenario), Vec::new()),
        Command::Compare(a) => (folder(&a.scenario), Vec::new()),
        Command::Tune(a) => (folder(&a.scenario), Vec::new()),
        Command::Replay(a) => {
            let base = folder(a.scenario.as_ref().unwrap_or(&a.trace));
            (base, [Some(&a.trace), a.nodes.as_ref()].into_iter().flatten().map(|p| folder(p)).collect())
        }
        _ => (PathBuf::from("."), Vec::new()),
    };
    Loader { base, allowed: beside.into_iter().chain(further.iter().cloned()).collect() }
}
