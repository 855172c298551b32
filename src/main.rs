//! The `xpusim` command.
#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    xpu_manager_rust::cli::main_with(xpu_manager_rust::policy::registry::Registry::builtin())
}
