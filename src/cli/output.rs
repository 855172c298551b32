//! Writing to the terminal, whatever stands at the other end.

use std::io::{self, Write};

use super::failure::Failure;

/// Writes data to stdout. A reader that has gone away is no failure.
pub(super) fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::new(Failure::FILES, format_args!("standard output: {error}")))
        }
        _ => Ok(()),
    }
}

/// Writes words to stderr; there is nobody left to tell of a failure there.
pub(super) fn tell(text: &str) {
    let mut err = io::stderr().lock();
    let _ = err.write_all(text.as_bytes()).and_then(|()| err.write_all(b"\n"));
}
