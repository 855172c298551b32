//! The `xpusim` command.
fn main() {}
