//! What people get to see: JSON summaries, tables, charts.

pub mod comparison;
pub mod manifest;
pub mod plots;
pub mod selection;
pub mod summary;
pub mod tables;
pub mod ties;
pub mod welch;
