//! `reproduce`: a run repeated from its manifest, and its bytes compared.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::json::{Document, Limits};
use crate::report::bundle::{files_below, sha256_of};
use crate::report::recorded::Recorded;
use crate::scenario::{LoadError, Loader};

use super::Session;
use super::args::{Command, Reproduce};
use super::failure::Failure;
use super::output::print;
use super::repeat::{command_of, common_of, loader_of};
use super::{compare, replay, run, tune};

pub(super) fn reproduce(session: &Session, args: &Reproduce) -> Result<(), Failure> {
    let unpacked = args.dir.join("results").join("manifest.json").is_file();
    let dir = if unpacked { args.dir.join("results") } else { args.dir.clone() };
    let recorded = Recorded::read(&dir)?;
    let scratch = Scratch::new(args.out.as_deref())?;
    if !recorded.is_of_this_version() {
        super::output::tell(&format!("note: made by {}, repeated by this version", recorded.program));
    }
    let mut command = command_of(&recorded)?;
    let Some(common) = common_of(&mut command) else {
        let message = "the manifest is not of run, demo, replay, compare or tune: repeat its command by hand";
        return Err(Failure::new(Failure::INPUT, message));
    };
    let mut further = common.allow_path.clone();
    further.extend(args.allow_path.iter().cloned());
    common.out = Some(scratch.folder.clone());
    (common.force, common.quiet, common.json, common.jobs) = (true, true, false, args.jobs);
    let (loader, document) = if unpacked {
        let inputs = args.dir.join("inputs");
        Loader::open(&inputs.join("scenario.json"), &[], &[inputs])?
    } else {
        let text = recorded.given.to_string();
        let document =
            Document::parse("manifest.json", text.as_bytes(), &Limits::default()).map_err(LoadError::from)?;
        (loader_of(&command, &further), document)
    };
    check_inputs(&recorded, &loader, unpacked)?;
    let again =
        Session { registry: Arc::clone(&session.registry), said: recorded.command.clone(), stop: session.stop.clone() };
    match again.repeat(&command, document, &loader) {
        // An expectation that fails again is no difference.
        Err(failure) if failure.code != Failure::CHECK => return Err(failure),
        _ => {}
    }
    judge(&dir, &scratch.folder)
}

impl Session {
    fn repeat(&self, command: &Command, document: Document, loader: &Loader) -> Result<(), Failure> {
        match command {
            Command::Demo(a) => run::execute(self, document, loader, &a.common),
            Command::Run(a) => run::execute_until(self, document, loader, &a.precision, &a.common),
            Command::Compare(a) => compare::execute_command(self, document, loader, a),
            Command::Replay(a) => replay::execute(self, document, loader, a),
            Command::Tune(a) => tune::execute(self, document, loader, a),
            _ => Ok(()),
        }
    }
}

/// The logs must be those of the run.
fn check_inputs(recorded: &Recorded, loader: &Loader, unpacked: bool) -> Result<(), Failure> {
    // In an archive files have other names, and were checked when they were packed.
    for trace in recorded.traces.iter().filter(|_| !unpacked) {
        let found = loader
            .resolve(&trace.path)
            .map_err(|why| Failure::new(Failure::FILES, format_args!("`{}`: {why}", trace.path)))?;
        let hash = sha256_of(&found).map_err(|e| Failure::io(&found, &e))?;
        if hash != trace.sha256 {
            let message = format!("{}: SHA-256 {hash}, the run read {}: another file", found.display(), trace.sha256);
            return Err(Failure::new(Failure::INPUT, message));
        }
    }
    Ok(())
}

/// Compares every file that was made again.
fn judge(old: &Path, new: &Path) -> Result<(), Failure> {
    let made = files_below(new).map_err(|e| Failure::io(new, &e))?;
    let (mut equal, mut differing, mut absent) = (0, Vec::new(), 0);
    for file in made.iter().filter(|f| f.as_os_str() != "manifest.json") {
        let path = new.join(file);
        let bytes = fs::read(&path).map_err(|e| Failure::io(&path, &e))?;
        match fs::read(old.join(file)) {
            Ok(before) if before == bytes => equal += 1,
            Ok(before) => differing.push(format!("{}: {}", file.display(), first_difference(&before, &bytes))),
            Err(_) => absent += 1,
        }
    }
    let mut text = format!("{}: {equal} files equal to the byte", old.display());
    if absent > 0 {
        text += &format!(", {absent} made again that are not kept there");
    }
    if differing.is_empty() && equal == 0 {
        return Err(Failure::new(Failure::CHECK, format_args!("{}: none of its files was made again", old.display())));
    }
    if differing.is_empty() {
        return print(&(text + "\n"));
    }
    text += &format!(", {} differ", differing.len());
    Err(Failure::new(Failure::CHECK, format_args!("{text}:\n  {}", differing.join("\n  "))))
}

fn first_difference(before: &[u8], after: &[u8]) -> String {
    let at = before.iter().zip(after).take_while(|(a, b)| a == b).count();
    let line = before.iter().take(at).filter(|b| **b == b'\n').count() + 1;
    format!("differs from line {line} on")
}

/// Where results are made again; removed afterwards unless asked for.
struct Scratch {
    folder: PathBuf,
    kept: bool,
}

impl Scratch {
    fn new(asked: Option<&Path>) -> Result<Self, Failure> {
        let own = || std::env::temp_dir().join(format!("xpusim-reproduce-{}", std::process::id()));
        let folder = asked.map_or_else(own, Path::to_owned);
        if asked.is_none() {
            // Made here and by nobody else: what is removed later is ours.
            fs::create_dir(&folder).map_err(|e| Failure::io(&folder, &e))?;
        }
        Ok(Self { folder, kept: asked.is_some() })
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if !self.kept {
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}
