//! A results folder in the formats of other programs: Chrome trace events, Batsim's tables.

mod batsim;
mod folder;
mod perfetto;
mod seconds;

pub use batsim::write_batsim;
pub use perfetto::write_perfetto;
