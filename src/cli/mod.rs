//! The command line: words in, exit code out.
//!
//! Data goes to stdout, words about it to stderr. Exit codes: 0 done, 1 a check failed, 2 command line,
//! 3 bad input, 4 files, 5 no progress, 6 a bug of ours, 75 a shard of a sweep to be run again, 130 and 143
//! stopped by a signal.

mod args;
mod bundle;
mod calibrate;
mod compare;
mod devices;
mod expect;
mod export;
mod failure;
mod folder;
mod format;
mod import;
mod info;
mod load;
mod output;
mod plots;
mod progress;
mod repeat;
mod replay;
mod report;
mod reproduce;
mod run;
mod select;
mod signals;
mod statistics;
mod sweep;
mod tune;
mod variants;
mod verify;

use std::ffi::OsString;
use std::io::ErrorKind;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;

use crate::experiment::{Progress, RunOptions};
use crate::policy::registry::Registry;
use args::{Command, Common, Demo, Options};
use failure::Failure;

/// Runs the command that the process was started with.
///
/// A program of one's own calls this with a registry to which it has added policies.
pub fn main_with(registry: Registry) -> ExitCode {
    run_with(registry, std::env::args_os())
}

/// As [`main_with`], with arguments given.
pub fn run_with(registry: Registry, arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let said = arguments.iter().map(|a| a.to_string_lossy().into_owned()).collect();
    let options = match Options::try_parse_from(&arguments) {
        Ok(options) => options,
        Err(error) => {
            // Help and version are asked for: they go to stdout and are no failure.
            let code = match error.print() {
                _ if error.use_stderr() => Failure::USAGE,
                Err(e) if e.kind() != ErrorKind::BrokenPipe => Failure::FILES,
                _ => 0,
            };
            return ExitCode::from(code);
        }
    };
    let session = Session { registry: Arc::new(registry), said, stop: signals::Stop::listen() };
    let command = options.command.unwrap_or_else(|| Command::Demo(Demo::default()));
    // Whatever happens, the exit code tells the truth: a panic is a bug of ours.
    let result = catch_unwind(AssertUnwindSafe(|| dispatch(&session, command)));
    match result.unwrap_or_else(|panic| Err(Failure::panicked(panic.as_ref()))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure { code, message }) => {
            if !message.is_empty() {
                output::tell(&message);
            }
            // Who asks to be brought back has heard the signal.
            let stopped = session.stop.code().filter(|_| code != Failure::AGAIN);
            ExitCode::from(stopped.unwrap_or(code))
        }
    }
}

fn dispatch(session: &Session, command: Command) -> Result<(), Failure> {
    match command {
        Command::Demo(a) => run::demo(session, &a),
        Command::Run(a) => run::run(session, &a),
        Command::Compare(a) => compare::compare_command(session, &a),
        Command::Tune(a) => tune::tune_command(session, &a),
        Command::Sweep(a) => sweep::sweep(session, &a),
        Command::Replay(a) => replay::replay(session, &a),
        Command::Import(a) => import::import(&a),
        Command::Validate(a) => run::validate(session, &a),
        Command::Plot(a) => plots::plot(&a),
        Command::Report(a) => report::report(&a),
        Command::Export(a) => export::export(&a),
        Command::Bundle(a) => bundle::bundle(&a),
        Command::Reproduce(a) => reproduce::reproduce(session, &a),
        Command::Devices(a) => devices::devices(&a),
        Command::Calibrate(a) => calibrate::calibrate(&a),
        Command::List(a) => info::list(session, &a),
        Command::Init(a) => info::init(&a),
        Command::Schema(a) => info::schema(session, &a),
        Command::Completions(a) => info::completions(&a),
        Command::Verify(a) => verify::verify(session, &a),
    }
}

/// What every command needs.
struct Session {
    registry: Arc<Registry>,
    /// The arguments as typed.
    said: Vec<String>,
    stop: signals::Stop,
}

impl Session {
    /// How the flags want simulations to run, watched by `progress`.
    fn options<'a>(&self, common: &Common, progress: &'a dyn Progress) -> RunOptions<'a> {
        RunOptions {
            check: common.check,
            max_events: common.max_events.unwrap_or(u64::MAX),
            stop: self.stop.flag(),
            progress,
        }
    }
}
